/** Who wins where two operations collide: each conflict policy is one function from a collision to a verdict. */
import type { HistoryEntry } from "../../history/logEntry.js";
import type { Collision } from "../collide.js";
import { deletesNode, type Footprint, type NodePath } from "../../operations/footprint.js";

/**
 * - `conflict`: a person has to choose
 * - `client`: the incoming operation stays, over what the committed one did
 * - `server`: the committed operation stays; the incoming one loses what collides
 */
export type Verdict = "conflict" | "client" | "server";

/** When and by whom an operation was made, for the order of writes. */
export interface Stamp {
  /** Milliseconds since the epoch, by the client's clock where it told and within the bounds of `clockTime`. */
  readonly timestamp: number;
  /** The client's reading where it was set forward; two of those are compared by it. */
  readonly staleReading?: number;
  readonly clientId: string;
  readonly operationId: string;
}

/** The type of an element, also of one that the committed side deleted; undefined for what is none. */
export type TypeOf = (path: NodePath) => string | undefined;

/** By what a policy decides. */
export type Decider = "CLOCK" | "RULE";

/** What a policy says of itself. */
export interface JudgeTraits {
  /** Whether it is also asked which of two positions, sizes or rotations stays, which else is the one committed later. */
  readonly ordersReplacements?: boolean;
  /**
   * Whether it decides, for an incoming operation, between a deletion and a change of what is deleted. A deletion that
   * wins is one of exactly what its client saw; what loses to one has no effect.
   */
  readonly decidesDeletions?: (operationId: string) => boolean;
  /**
   * Whether of two committed operations the one stays over the other where it decides by that; with it, of many operations
   * on one node only those are judged that decide. Absent where each has to be judged for itself.
   */
  readonly outlasts?: (one: HistoryEntry, other: HistoryEntry) => boolean;
  /** Undefined where nobody but a person decides. */
  readonly decider?: Decider;
}

/** Judges one property of a collision; `property` is undefined where the collision is about a whole node. */
export interface Judge extends JudgeTraits {
  (
    collision: Collision,
    property: string | undefined,
    incoming: Stamp,
    committed: HistoryEntry,
    typeOf: TypeOf,
  ): Verdict;
}

/** MERGE without rules of the template: what really collides is for a person to decide. */
export const reportCollisions: Judge = Object.assign(() => "conflict" as const, {
  outlasts: () => false,
});

/** CLIENT_WINS of a conflict's resolution: a deletion is one of what its client saw, and takes nothing else along. */
export const clientWins: Judge = Object.assign(() => "client" as const, {
  decidesDeletions: () => true,
  outlasts: () => false,
});

/**
 * LAST_WRITER_WINS: the later write of a property stays, by clocks, and a deletion stays, whichever is later. One id for
 * two things and moves that close a cycle are reported as under MERGE.
 */
export function lastWriterWins(clockSkewMsMax: number): Judge {
  // Every operation of a batch meets the same ones that were committed.
  const stamps = new WeakMap<HistoryEntry, Stamp>();
  const stampOnce = (committed: HistoryEntry): Stamp => {
    const stamp = stamps.get(committed) ?? stampOf(committed, clockSkewMsMax);
    stamps.set(committed, stamp);
    return stamp;
  };
  const judge: Judge = (collision, property, incoming, committed) => {
    if (collision.kind === "DELETED_TARGET") return deletionWins(collision, committed);
    if (collision.kind !== "CONCURRENT_EDIT" || property === undefined) return "conflict";
    return isLater(incoming, stampOnce(committed)) ? "client" : "server";
  };
  const traits: JudgeTraits = {
    ordersReplacements: true,
    decidesDeletions: () => true,
    outlasts: (one, other) => isLater(stampOnce(one), stampOnce(other)),
    decider: "CLOCK",
  };
  return Object.assign(judge, traits);
}

/** Of a deletion and a change of what it deletes the deletion stays. */
export function deletionWins({ path }: Collision, { footprint }: HistoryEntry): Verdict {
  return deletesNode(footprint, path) ? "server" : "client";
}

/** The stamp of a committed operation. */
function stampOf(operation: HistoryEntry, clockSkewMsMax: number): Stamp {
  return {
    ...clockTime(operation.clientTimestamp, operation.serverTimestamp, clockSkewMsMax),
    clientId: operation.clientId ?? "",
    operationId: operation.id,
  };
}

/**
 * How far a reading may be behind the server's clock, in milliseconds. A day, far more than it may be ahead: work that was
 * done offline is sent with readings that are old and right.
 */
const CLOCK_BEHIND_MS_MAX = 24 * 60 * 60 * 1_000;

/**
 * What a client's clock reading counts as. One too far ahead of the server's clock is set back to the bound, one too far
 * behind is set forward: a clock that is wrong by years neither wins nor loses everything, and no reading is refused. The
 * server's own time where the client told none.
 */
export function clockTime(
  clientTimestamp: number | null,
  serverTimestamp: number,
  clockSkewMsMax: number,
): Pick<Stamp, "timestamp" | "staleReading"> {
  if (clientTimestamp === null) return { timestamp: serverTimestamp };
  // A client that foretells a merge does not know the server's clock; its own readings count as they are.
  if (serverTimestamp === Infinity) return { timestamp: clientTimestamp };
  const earliest = serverTimestamp - CLOCK_BEHIND_MS_MAX;
  if (clientTimestamp < earliest) return { timestamp: earliest, staleReading: clientTimestamp };
  return { timestamp: Math.min(clientTimestamp, serverTimestamp + clockSkewMsMax) };
}

/** Later by time, then by client id, then by operation id: no two operations are equal. */
function isLater(a: Stamp, b: Stamp): boolean {
  const areBothStale = a.staleReading !== undefined && b.staleReading !== undefined;
  const [ofA, ofB] = areBothStale ? [a.staleReading, b.staleReading] : [a.timestamp, b.timestamp];
  if (ofA !== ofB) return ofA > ofB;
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
