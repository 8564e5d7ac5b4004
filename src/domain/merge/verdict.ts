/** Who wins where two operations collide: each conflict policy is one function from a collision to a verdict. */
import type { LoggedOperation } from "../operations/operation.js";
import type { Collision } from "./collide.js";
import type { Footprint } from "./footprint.js";

/**
 * - `conflict`: a person has to choose
 * - `client`: the incoming operation stays, over what the committed one did
 * - `server`: the committed operation stays; the incoming one loses what collides
 */
export type Verdict = "conflict" | "client" | "server";

/** A committed operation as merging sees it: payload and inverse are read only where they are needed. */
export type HistoryEntry = Pick<
  LoggedOperation,
  "id" | "footprint" | "clientId" | "clientTimestamp" | "serverTimestamp"
>;

/** When and by whom an operation was made, for the order of writes. */
export interface Stamp {
  /** Milliseconds since the epoch, by the client's clock where it told. */
  readonly timestamp: number;
  readonly clientId: string;
  readonly operationId: string;
}

/** Judges one property of a collision; `property` is undefined where the collision is about a whole node. */
export interface Judge {
  (
    collision: Collision,
    property: string | undefined,
    incoming: Stamp,
    committed: HistoryEntry,
  ): Verdict;
  /** Whether it is also asked which of two positions, sizes or rotations stays, which else is the one committed later. */
  readonly ordersReplacements?: boolean;
}

/** MERGE without rules of the template: what really collides is for a person to decide. */
export const reportCollisions: Judge = () => "conflict";

/** CLIENT_WINS of a conflict's resolution. */
export const clientWins: Judge = () => "client";

/** LAST_WRITER_WINS: the later write of a property stays, by clocks; what concerns whole nodes is reported as under MERGE. */
export function lastWriterWins(clockSkewMsMax: number): Judge {
  const judge: Judge = (collision, property, incoming, committed) => {
    if (collision.kind !== "CONCURRENT_EDIT" || property === undefined) return "conflict";
    return isLater(incoming, stampOf(committed, clockSkewMsMax)) ? "client" : "server";
  };
  return Object.assign(judge, { ordersReplacements: true });
}

/** The stamp of a committed operation. */
function stampOf(operation: HistoryEntry, clockSkewMsMax: number): Stamp {
  return {
    timestamp: clampedTime(operation.clientTimestamp, operation.serverTimestamp, clockSkewMsMax),
    clientId: operation.clientId ?? "",
    operationId: operation.id,
  };
}

/** A client's clock reading, at most so far ahead of the server's; the server's own where the client told none. */
export function clampedTime(
  clientTimestamp: number | null,
  serverTimestamp: number,
  clockSkewMsMax: number,
): number {
  if (clientTimestamp === null) return serverTimestamp;
  return Math.min(clientTimestamp, serverTimestamp + clockSkewMsMax);
}

/** Later by time, then by client id, then by operation id: an order in which no two operations are equal. */
function isLater(a: Stamp, b: Stamp): boolean {
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp;
  if (a.clientId !== b.clientId) return a.clientId > b.clientId;
  return a.operationId > b.operationId;
}

/**
 * What a collision is judged about: each property that both sides set, and undefined for what concerns the node as a
 * whole, or a property that one side only needs to stay as it is. Nobody wins that by being later.
 */
export function propertiesSet(
  { kind, path, properties }: Collision,
  incoming: Footprint,
  committed: Footprint,
): readonly (string | undefined)[] {
  if (kind !== "CONCURRENT_EDIT") return [undefined];
  const sets = (footprint: Footprint, name: string) =>
    footprint.some(
      (touch) =>
        (touch.kind === "write" || touch.kind === "blend") &&
        touch.path === path &&
        touch.properties.includes(name),
    );
  return properties.map((name) =>
    sets(incoming, name) && sets(committed, name) ? name : undefined,
  );
}
