/**
 * What one client holds of a template: what the server confirmed, on top of that the batch in flight as the server
 * will make it, and on top of that what waits for the next batch. Pure; `incoming.ts` beside this file tells what
 * commits make of it.
 */
import type { Document } from "../document/document.js";
import { unbounded, type DomainLimits } from "../limits.js";
import { applyOperation, settleOperation } from "../operations/registry.js";
import type { OperationContent, OperationResult, SentOperation } from "../operations/operation.js";
import { success } from "../result.js";
import type { Confirmed, AppliedCommit } from "./applyCommits.js";
import { LeftOut } from "../merge/leftOut.js";
import { isNoOp } from "../operations/noOp.js";

export interface LocalState {
  readonly confirmed: Confirmed;
  readonly inFlight: InFlight | undefined;
  /** Operations that wait, oldest first, as they apply one by one to what the batch in flight leaves. */
  readonly pending: readonly LocalOperation[];
  /** What the person sees: all of it. */
  readonly document: Document;
  /** The newest version over whose commits what waits is to stay, since the person insists on it; 0 for none. */
  readonly insistedVersion: number;
}

/** An own operation that waits, with the document right after it. */
export interface LocalOperation extends SentOperation {
  readonly after: Document;
}

/** A batch on its way: kept as it was sent, and merged anew, by the server's own rules, whenever others commit. */
export interface InFlight {
  readonly baseVersion: number;
  readonly operations: readonly SentOperation[];
  /** As with what waits. */
  readonly insistedVersion: number;
  /** What others committed since the base version, oldest first. */
  readonly history: readonly AppliedCommit[];
  /** What the server will log of the batch, if it is next. */
  readonly rows: readonly Row[];
  /** The confirmed document with the rows. */
  readonly document: Document;
}

/** What the log will hold of an operation. */
export type Row = OperationContent & Pick<SentOperation, "id">;

/** A client's state at a version, with nothing of its own. */
export function localState(version: number, document: Document): LocalState {
  const confirmed = { version, document };
  return { confirmed, inFlight: undefined, pending: [], document, insistedVersion: 0 };
}

/** The state with one more operation of the client's own, or why it cannot apply. */
export function edited(
  local: LocalState,
  operation: SentOperation,
  limits: DomainLimits = unbounded,
): OperationResult<LocalState> {
  // It may leave on a later state, and is to mean what it means on this one.
  const content = settleOperation(local.document, operation);
  const applied = applyOperation(local.document, content, limits);
  if (!applied.ok) return applied;
  const { id, timestamp } = operation;
  const after = applied.value;
  const pending = [...local.pending, { id, timestamp, ...content, after }];
  return success({ ...local, pending, document: after });
}

/** The state with so many operations, at least one, in flight; there must be none yet. */
export function sent(local: LocalState, count: number): LocalState & { inFlight: InFlight } {
  const leaving = local.pending.slice(0, count);
  const last = leaving.at(-1);
  if (local.inFlight !== undefined || last === undefined) throw new Error("nothing may leave");
  const operations = leaving.map(({ id, timestamp, type, target, payload }) => {
    return { id, timestamp, type, target, payload };
  });
  const { version: baseVersion } = local.confirmed;
  const batch = { baseVersion, operations, insistedVersion: 0, history: [] };
  const inFlight = { ...batch, rows: operations, document: last.after };
  return { ...local, inFlight, pending: local.pending.slice(count) };
}

/**
 * The state without the operations and without what was built on them, and the ids of all that went. Where the batch in
 * flight held one of them, which the server must not have applied, the others of it wait again.
 */
export function givenUp(local: LocalState, operationIds: readonly string[]) {
  const unwanted = new Set(operationIds);
  const { confirmed, pending } = local;
  const isRecalled = local.inFlight?.operations.some(({ id }) => unwanted.has(id)) ?? false;
  const inFlight = isRecalled ? undefined : local.inFlight;
  const recalled = isRecalled ? waiting(local.inFlight!, confirmed.version) : [];
  const own = [...recalled, ...pending];
  const start = inFlight?.document ?? confirmed.document;
  const leftOut = new LeftOut(start, own, unwanted);
  const kept = own.filter((operation) => !leftOut.takes(operation));
  const replayed = replay(start, kept);
  const gone = new Set([...replayed.gone, ...leftOut.idsAmong(own), ...unwanted]);
  const asked = [...(local.inFlight?.operations ?? []), ...pending].map(({ id }) => id);
  const { operations, document } = replayed;
  return {
    local: { ...local, inFlight, pending: operations, document },
    gone: asked.filter((id) => gone.has(id)),
  };
}

/** The rows of the batch as operations of the client's own again. */
function waiting({ operations, rows }: InFlight, version: number): SentOperation[] {
  return asOperations(rows, operations, version);
}

/**
 * What a merge made of operations as operations to be sent. Those without effect are none any more; what restores
 * something gets an id that no later merge of the same operation makes.
 */
export function asOperations(
  rows: readonly Row[],
  operations: readonly SentOperation[],
  version: number,
): SentOperation[] {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  return rows.flatMap(({ id, type, target, payload }) => {
    const content = { type, target, payload };
    const operation = byId.get(id);
    if (operation !== undefined) {
      return isNoOp(content) ? [] : [{ id, timestamp: operation.timestamp, ...content }];
    }
    const end = id.lastIndexOf("~");
    const owner = byId.get(id.slice(0, end));
    if (owner === undefined) return [];
    const own = `${owner.id}~${version}${id.slice(end)}`;
    return [{ id: own, timestamp: owner.timestamp, ...content }];
  });
}

/** The operations one after the other as far as they apply, and the ids of those that do not. */
export function replay(start: Document, operations: readonly SentOperation[]) {
  const replayed: LocalOperation[] = [];
  const gone: string[] = [];
  let document = start;
  for (const operation of operations) {
    const applied = applyOperation(document, operation, unbounded);
    if (!applied.ok) {
      gone.push(operation.id);
      continue;
    }
    document = applied.value;
    replayed.push({ ...operation, after: document });
  }
  return { operations: replayed, gone, document };
}
