/**
 * The client's side of a commit. A client shows what the server confirmed with its own pending operations on top; what
 * others commit goes below them, and they are merged onto it by the same rules as on the server. So it shows what the
 * server will have once it has them, and everyone ends with the same document.
 *
 * What was sent keeps its content until it is answered: a retry sends it as the first time. `pending` holds it as it
 * looks at the confirmed version.
 */
import type { Document } from "../document/document.js";
import type { Authorship, DocumentState, IncomingOperation } from "../history/append.js";
import { operationsBetween } from "../history/diff.js";
import { unbounded } from "../limits.js";
import {
  applyOperation,
  footprintOf,
  invertOperation,
  settleOperation,
} from "../operations/registry.js";
import type {
  LoggedOperation,
  OperationContent,
  OperationResult,
} from "../operations/operation.js";
import { success } from "../result.js";
import { sameJson } from "../text/richText.js";
import type { Collision } from "./collide.js";
import { reportCollisions, type HistoryEntry } from "./verdict.js";
import { mergeWhatFits } from "./whatFits.js";

/** What one client holds of a template. */
export interface LocalState {
  readonly confirmed: { readonly version: number; readonly document: Document };
  /** Own operations that are not in the log yet, oldest first, as they apply to the confirmed document one by one. */
  readonly pending: readonly IncomingOperation[];
  /** The confirmed document with the pending operations: what the person sees. */
  readonly document: Document;
}

/** An operation as commits bring it. */
export type CommittedOperation = OperationContent &
  Pick<LoggedOperation, "id" | "resultingVersion">;

export interface Incoming {
  readonly local: LocalState;
  /** What leads from the document before to the new one, for views that show it. */
  readonly changes: readonly OperationContent[];
  /** Ids of pending operations that could not stay. */
  readonly dropped: readonly string[];
  /** What the dropped ones collide with; those without a collision no longer apply. */
  readonly collisions: readonly Collision[];
}

/** A client's state at a version, with nothing pending. */
export function localState(version: number, document: Document): LocalState {
  return { confirmed: { version, document }, pending: [], document };
}

/** The state with one more operation of the client's own, or why it cannot apply. */
export function edited(
  local: LocalState,
  operation: IncomingOperation,
): OperationResult<LocalState> {
  const settled = { ...operation, ...settleOperation(local.document, operation) };
  const applied = applyOperation(local.document, settled, unbounded);
  if (!applied.ok) return applied;
  return success({ ...local, pending: [...local.pending, settled], document: applied.value });
}

/**
 * The state after commits, which follow the confirmed version without a gap; own operations among them are confirmed.
 * The cost follows what is committed and pending, and the pages that differ.
 */
export function incoming(local: LocalState, committed: readonly CommittedOperation[]): Incoming {
  const own = new Set(local.pending.map(({ id }) => id));
  const dropped: string[] = [];
  const collisions: Collision[] = [];
  let state = local;
  for (const run of runsOf(committed, own)) {
    if (own.has(run[0]!.id)) {
      state = confirmOwn(state, run);
      continue;
    }
    const entries = new Followed(state.confirmed, run);
    const rebased = rebase(state.pending, entries);
    dropped.push(...rebased.dropped);
    collisions.push(...rebased.collisions);
    state = rebased.local;
  }
  const changes =
    local.pending.length === 0 ? committed : operationsBetween(local.document, state.document);
  return { local: state, changes, dropped, collisions };
}

/** The operations in stretches of the client's own and of others. */
function runsOf(
  committed: readonly CommittedOperation[],
  own: ReadonlySet<string>,
): CommittedOperation[][] {
  const runs: CommittedOperation[][] = [];
  for (const operation of committed) {
    const last = runs.at(-1);
    if (last !== undefined && own.has(last[0]!.id) === own.has(operation.id)) last.push(operation);
    else runs.push([operation]);
  }
  return runs;
}

/** Own operations reached the log: mostly as they were expected to, and then nothing is to be seen. */
function confirmOwn(local: LocalState, run: readonly CommittedOperation[]): LocalState {
  const ids = new Set(run.map(({ id }) => id));
  const followed = new Followed(local.confirmed, run);
  const pending = local.pending.filter(({ id }) => !ids.has(id));
  const asExpected = run.every((operation, index) => sameContent(operation, local.pending[index]));
  if (asExpected) return { confirmed: followed.confirmed, pending, document: local.document };
  return rebase(pending, new Followed(followed.confirmed, [])).local;
}

function sameContent(a: OperationContent, b: OperationContent | undefined): boolean {
  return (
    b !== undefined &&
    a.type === b.type &&
    sameJson({ ...a.target }, { ...b.target }) &&
    sameJson(a.payload, b.payload)
  );
}

/** Puts the pending operations on top of what others committed. */
function rebase(
  pending: readonly IncomingOperation[],
  followed: Followed,
): Omit<Incoming, "changes"> {
  const { confirmed } = followed;
  if (pending.length === 0) {
    const local = { confirmed, pending, document: confirmed.document };
    return { local, dropped: [], collisions: [] };
  }
  const state: DocumentState = { ...confirmed, versionHash: "" };
  const outcome = mergeWhatFits({
    state,
    operations: pending,
    history: followed.history,
    judge: reportCollisions,
    whole: (id) => followed.whole(id),
    settings: { authorship: nobody, sha256: () => "", limits: unbounded },
    clockSkewMsMax: 0,
  });
  if (outcome.kind === "needs") throw new Error(`commits do not hold ${outcome.operationIds[0]}`);
  const contents = new Map(outcome.appended.operations.map((row) => [row.id, row]));
  const kept = pending.flatMap((operation) => {
    const row = contents.get(operation.id);
    if (row === undefined) return [];
    const { type, target, payload } = row;
    return [{ ...operation, type, target, payload }];
  });
  const local = { confirmed, pending: kept, document: outcome.appended.next.document };
  return { local, dropped: outcome.discarded, collisions: outcome.collisions };
}

/** Here nothing is logged, so it does not matter who. */
const nobody: Authorship = {
  baseVersion: 0,
  batchId: "",
  userId: null,
  clientId: null,
  sessionSequence: null,
  serverTimestamp: 0,
};

/** Commits applied to the confirmed document, as history for a merge: commits carry no footprints. */
class Followed {
  readonly history: readonly HistoryEntry[];
  readonly confirmed: LocalState["confirmed"];
  private readonly made = new Map<string, { before: Document; operation: CommittedOperation }>();

  constructor(from: LocalState["confirmed"], committed: readonly CommittedOperation[]) {
    let { version, document } = from;
    const history: HistoryEntry[] = [];
    for (const operation of committed) {
      const { id, resultingVersion } = operation;
      if (resultingVersion !== version + 1) {
        throw new Error(`commits lead from version ${version} to ${resultingVersion}`);
      }
      const applied = applyOperation(document, operation, unbounded);
      if (!applied.ok) throw new Error(`version ${resultingVersion}: ${applied.error.message}`);
      this.made.set(id, { before: document, operation });
      const footprint = footprintOf(document, operation);
      history.push({ id, footprint, clientId: null, clientTimestamp: null, serverTimestamp: 0 });
      document = applied.value;
      version = resultingVersion;
    }
    this.history = history;
    this.confirmed = { version, document };
  }

  whole(id: string): Pick<LoggedOperation, "id" | "payload" | "inverse"> | undefined {
    const made = this.made.get(id);
    if (made === undefined) return undefined;
    const { before, operation } = made;
    return { id, payload: operation.payload, inverse: invertOperation(before, operation) };
  }
}
