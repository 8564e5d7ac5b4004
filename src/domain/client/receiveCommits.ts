/**
 * Takes commits into a client's state (SPEC.md, CLIENT). A batch in flight is merged from its base over all that was
 * committed since, as the server will; what waits is merged onto each commit as if it were sent then. Where one of the
 * two collides the client stands still before that commit, until it is known what becomes of the own operations.
 */
import { acknowledge } from "./acknowledge.js";
import { applyCommits, type CommittedOperation } from "./applyCommits.js";
import type { ClientRules } from "./predict.js";
import { replay, type InFlight, type LocalState } from "./localState.js";
import { inFlightOver, pendingOver, type Obstacle, type OthersStep } from "./rebase.js";

export interface ReceivedCommits {
  readonly local: LocalState;
  /** How many of the commits were taken. The others are to be given again once there is more, or less in the way. */
  readonly taken: number;
  /** Why the client stands still; undefined where it does not. */
  readonly obstacle: Obstacle | undefined;
  /** Ids of own operations that are gone, since they no longer apply or have an effect. */
  readonly gone: readonly string[];
}

/** The state after commits, which must follow the confirmed version without a gap. */
export function receiveCommits(
  local: LocalState,
  commits: readonly CommittedOperation[],
  rules: ClientRules,
): ReceivedCommits {
  let state = local;
  let taken = 0;
  const gone: string[] = [];
  while (taken < commits.length) {
    const rest = commits.slice(taken);
    const answer = answerIn(rest, state.inFlight);
    if (answer?.start === 0) {
      // What of the batch is not there yet comes with what follows.
      if (!answer.isWhole && answer.end === rest.length) break;
      const step = acknowledge(state, rest.slice(0, answer.end));
      state = step.local;
      gone.push(...step.gone);
      taken += answer.end;
      continue;
    }
    const run = rest.slice(0, answer?.start);
    const step = longestStep(state, run, answer !== undefined, rules);
    if (step.kind === "stopped") return { local: state, taken, obstacle: step.obstacle, gone };
    state = step.local;
    gone.push(...step.gone);
    taken += step.count;
  }
  return { local: state, taken, obstacle: undefined, gone };
}

/** The state where what waits is to stay over all that is committed up to the version. */
export function insisting(local: LocalState, version: number): LocalState {
  return { ...local, insistedVersion: version };
}

/**
 * As `insisting`, for the batch in flight and what waits behind it; what the batch lost by the rules comes back. With
 * the ids of what waits and no longer applies.
 */
export function insistingInFlight(local: LocalState, version: number, rules: ClientRules) {
  if (local.inFlight === undefined) return { local, gone: [] };
  const batch = { ...local.inFlight, insistedVersion: version };
  const insisted = { ...insisting(local, version), inFlight: batch };
  const { confirmed } = local;
  const step: OthersStep = { local: insisted, history: [], confirmed, isAnswered: false, rules };
  const inFlight = inFlightOver(step);
  if (inFlight === undefined || "collisions" in inFlight) return { local: insisted, gone: [] };
  const { operations: pending, document, gone } = replay(inFlight.document, local.pending);
  return { local: { ...insisted, inFlight, pending, document }, gone };
}

/** Where the rows of the batch in flight stand among the commits. */
function answerIn(commits: readonly CommittedOperation[], inFlight: InFlight | undefined) {
  if (inFlight === undefined) return undefined;
  const ids = new Set(inFlight.operations.map(({ id }) => id));
  const isRow = ({ id }: CommittedOperation) =>
    ids.has(id) || ids.has(id.slice(0, Math.max(0, id.lastIndexOf("~"))));
  const start = commits.findIndex(isRow);
  if (start < 0) return undefined;
  let end = start;
  let rows = 0;
  for (let row = commits[end]; row !== undefined && isRow(row); row = commits[(end += 1)]) {
    if (ids.has(row.id)) rows += 1;
  }
  return { start, end, isWhole: rows === ids.size };
}

type Step =
  | {
      readonly kind: "taken";
      readonly local: LocalState;
      readonly count: number;
      readonly gone: readonly string[];
    }
  | { readonly kind: "stopped"; readonly obstacle: Obstacle };

/** Takes commits of others up to the first that collides. */
function longestStep(
  local: LocalState,
  commits: readonly CommittedOperation[],
  isAnswered: boolean,
  rules: ClientRules,
): Step {
  const step = takeOthers(local, commits, isAnswered, rules);
  if (step.kind === "taken") return step;
  const ids = new Set(step.obstacle.collisions.map(({ serverOperation }) => serverOperation));
  const count = commits.findIndex(({ id }) => ids.has(id));
  if (count > 0) return longestStep(local, commits.slice(0, count), isAnswered, rules);
  return step;
}

/** Takes commits of others, unless they collide. `isAnswered`: the server took the batch in flight right after them. */
function takeOthers(
  local: LocalState,
  commits: readonly CommittedOperation[],
  isAnswered: boolean,
  rules: ClientRules,
): Step {
  const { history, confirmed } = applyCommits(local.confirmed, commits);
  const step: OthersStep = { local, history, confirmed, isAnswered, rules };
  const inFlight = inFlightOver(step);
  if (inFlight !== undefined && "collisions" in inFlight) {
    return { kind: "stopped", obstacle: inFlight };
  }
  const pending = pendingOver(step);
  if ("collisions" in pending) return { kind: "stopped", obstacle: pending };
  const { operations, document, gone } = replay(
    inFlight?.document ?? confirmed.document,
    pending.operations,
  );
  return {
    kind: "taken",
    local: { ...local, confirmed, inFlight, pending: operations, document },
    count: commits.length,
    gone: [...pending.gone, ...gone],
  };
}
