/** What may go wrong, how likely it is in a run, and whether it still may. */
import type { Random } from "./random.js";

/** The likelihood of each fault when it is part of a run, per occasion or per run. */
const likelihoods = {
  /** Bus messages that other nodes never get, get twice, or get late and so out of order. */
  busLoss: 0.25,
  busDouble: 0.2,
  busDelay: 0.3,
  /** Messages too large to carry their operations. */
  busBare: 0.3,
  /** Hints that access changed, for no reason. */
  busHint: 0.05,
  /** The bus carries nothing for a while, with and without anybody noticing. */
  busAway: 1,
  requestLoss: 0.12,
  answerLoss: 0.12,
  /** One request sent to both nodes at once. */
  twice: 0.15,
  /** Streams of changes that break, and readers that are slow. */
  streamLoss: 0.05,
  slowReaders: 1,
  /** Clients that are away for long, editing what they have. */
  offline: 0.06,
  /** Commits that fail, took effect and yet fail, fail and take effect later. */
  commitFailsBefore: 0.08,
  commitFailsAfter: 0.08,
  commitFailsEarly: 0.06,
  /** Any other call to the store. */
  storeFails: 0.03,
  storeAway: 1,
  copyFails: 0.4,
  /** Nodes that are gone right after a commit took effect, at any time, or stop in an orderly way. */
  crashAfterCommit: 0.04,
  crash: 1,
  restart: 1,
  /** Templates and history that leave memory early. */
  smallMemory: 1,
  /** The log is cut behind slow clients. */
  prune: 1,
  /** Clocks that differ. */
  clockSkew: 1,
  /** Wall clocks of nodes that are set ahead or back, by up to an hour, and not set right again. */
  clockJump: 1,
} as const;

export type FaultKind = keyof typeof likelihoods;

export const faultKinds = Object.keys(likelihoods) as readonly FaultKind[];

/** The faults of one run: a part of them, so that what one hides another run shows. */
export function faultsOf(random: Random, without: ReadonlySet<FaultKind>): Faults {
  const share = random.pick([0, 0.2, 0.5, 0.5, 0.8]);
  // Drawn whether or not it is left out, so that leaving one out keeps the others.
  const chosen = faultKinds.filter((kind) => random.chance(share) && !without.has(kind));
  return new Faults(new Set(chosen));
}

export class Faults {
  /** Nothing goes wrong any more. */
  healed = false;

  constructor(readonly kinds: ReadonlySet<FaultKind>) {}

  /** Whether the kind is part of this run at all. */
  has(kind: FaultKind): boolean {
    return this.kinds.has(kind);
  }

  /** Whether it happens on this occasion. */
  strikes(kind: FaultKind, random: Random): boolean {
    return this.kinds.has(kind) && !this.healed && random.chance(likelihoods[kind]);
  }
}
