/**
 * What commits of others make of a client's own operations: a batch in flight is merged from its base over all that was
 * committed since, with the server's own merge, never onto what an earlier step made of it; so it comes out as the
 * server will have it. What waits was made on top of that, and is merged behind it onto the commits that are new.
 */
import type { SentOperation } from "../operations/operation.js";
import type { Collision } from "../merge/collide.js";
import type { Confirmed, AppliedCommit } from "./applyCommits.js";
import { predict, predictNonConflicting, type ClientRules } from "./predict.js";
import { asOperations } from "./localState.js";
import type { InFlight, LocalState, Row } from "./localState.js";
import { isNoOp } from "../operations/noOp.js";
import type { Judge } from "../merge/judging/verdict.js";

/** Why a client stands still. */
export interface Obstacle {
  /** The server tells what becomes of a batch in flight; what becomes of pending operations is for the person to say. */
  readonly of: "inFlight" | "pending";
  /** With the version that comes next, and perhaps later ones; empty where the server will refuse the batch for another reason. */
  readonly collisions: readonly Collision[];
}

/** Commits of others on their way into a client's state. */
export interface OthersStep {
  readonly local: LocalState;
  readonly history: readonly AppliedCommit[];
  readonly confirmed: Confirmed;
  readonly isAnswered: boolean;
  readonly rules: ClientRules;
}

/** The batch in flight merged from its base; an obstacle where the server will refuse it. */
export function inFlightOver(step: OthersStep): InFlight | Obstacle | undefined {
  const { local, confirmed, rules, isAnswered } = step;
  if (local.inFlight === undefined) return undefined;
  const { operations } = local.inFlight;
  const history = [...local.inFlight.history, ...step.history];
  const judge = judgeOf(step);
  const outcome = predict(confirmed, operations, history, { ...rules, judge });
  if (outcome.kind === "merged") {
    const { rows, document } = outcome;
    return { ...local.inFlight, history, rows, document };
  }
  if (!isAnswered) {
    return { of: "inFlight", collisions: outcome.kind === "collides" ? outcome.collisions : [] };
  }
  const { rows, document } = predictNonConflicting(confirmed, operations, history, {
    ...rules,
    judge,
  });
  return { ...local.inFlight, history, rows, document };
}

/** What waits, merged behind the batch in flight onto the commits; an obstacle where it collides. */
export function pendingOver(
  step: OthersStep,
): { readonly operations: readonly SentOperation[]; readonly gone: readonly string[] } | Obstacle {
  const { local, history, confirmed } = step;
  const { pending } = local;
  if (pending.length === 0) return { operations: [], gone: [] };
  const rules = { ...step.rules, judge: judgeOf(step) };
  const own = [...(local.inFlight === undefined ? [] : flown(local.inFlight)), ...pending];
  const outcome = predict(confirmed, own, history, rules);
  if (outcome.kind === "merged") {
    const { rows } = outcome;
    const operations = asOperations(rows, pending, confirmed.version);
    return { operations, gone: withoutEffect(rows, pending) };
  }
  if (outcome.kind === "collides") {
    const ids = new Set(pending.map(({ id }) => id));
    const settled = new Set(
      history.flatMap(({ id, version }) => (version <= local.insistedVersion ? id : [])),
    );
    const collisions = outcome.collisions.filter(
      ({ clientOperation, serverOperation }) =>
        ids.has(clientOperation) && !settled.has(serverOperation),
    );
    if (collisions.length > 0) return { of: "pending", collisions };
  }
  const { rows, discarded } = predictNonConflicting(confirmed, own, history, rules);
  const left = new Set([...discarded, ...withoutEffect(rows, pending)]);
  const gone = pending.map(({ id }) => id).filter((id) => left.has(id));
  return { operations: asOperations(rows, pending, confirmed.version), gone };
}

/** Ids of those of the operations that others' commits left nothing to do, or that lost to a later writer. */
function withoutEffect(rows: readonly Row[], operations: readonly SentOperation[]): string[] {
  const ids = new Set(rows.filter(isNoOp).map(({ id }) => id));
  return operations.map(({ id }) => id).filter((id) => ids.has(id));
}

/** The batch as it applies to the confirmed document; what restores something is as late as what needs it. */
function flown({ operations, rows }: InFlight): SentOperation[] {
  const timestamps = new Map(operations.map(({ id, timestamp }) => [id, timestamp]));
  return rows.map(({ id, type, target, payload }) => {
    const owner = timestamps.has(id) ? id : id.slice(0, id.lastIndexOf("~"));
    return { id, type, target, payload, timestamp: timestamps.get(owner) ?? null };
  });
}

/** The server's judge, but for what the person insists on and for a batch that the server did take. */
function judgeOf({ local, history, isAnswered, rules }: OthersStep): Judge {
  const { inFlight, insistedVersion } = local;
  const flying = new Set(inFlight?.operations.map(({ id }) => id));
  const commits = [...(inFlight?.history ?? []), ...history];
  const versions = new Map(commits.map(({ id, version }) => [id, version]));
  const insistedFor = (id: string) =>
    flying.has(id) ? inFlight!.insistedVersion : insistedVersion;
  const judge: Judge = (collision, property, incoming, committed, typeOf) => {
    const { clientOperation } = collision;
    const isTaken = flying.has(clientOperation) && isAnswered;
    if (isTaken || versions.get(committed.id)! <= insistedFor(clientOperation)) return "client";
    return rules.judge(collision, property, incoming, committed, typeOf);
  };
  const { ordersReplacements = false } = rules.judge;
  const oldest = Math.min(...versions.values());
  // Who insists keeps everything, as the server's CLIENT_WINS does.
  const decidesDeletions = (id: string) =>
    oldest <= insistedFor(id) || (rules.judge.decidesDeletions?.(id) ?? false);
  return Object.assign(judge, { ordersReplacements, decidesDeletions });
}
