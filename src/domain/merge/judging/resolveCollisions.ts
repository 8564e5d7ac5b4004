/** Resolves the collisions of one operation by a policy: what the operation loses, and what it wins over. */
import type { Collision } from "../collide.js";
import type { Footprint } from "../../operations/footprint.js";
import { propertiesSet, type Judge, type Stamp, type TypeOf } from "./verdict.js";
import type { HistoryEntry } from "../../history/logEntry.js";

export interface CollisionOutcome {
  /** What the operation lost, by part: a property, or what it does to another node. */
  readonly lost: ReadonlyMap<string, readonly Collision[]>;
  /** Ids of the operations that won over it. */
  readonly winners: ReadonlySet<string>;
  /** What it won over. */
  readonly beaten: readonly Collision[];
  /** Each verdict, in the order in which they were asked for. */
  readonly decided: readonly Decided[];
  /** Whether the operation lost as a whole. */
  readonly isLost: boolean;
}

/** A verdict on one property of a collision, or on all of it. */
export interface Decided {
  readonly collision: Collision;
  readonly winner: "client" | "server";
}

interface Overlap {
  readonly footprint: Footprint;
  readonly found: readonly Collision[];
  /** What blends and does not collide, where the policy says which of it stays. */
  readonly blended: readonly Collision[];
  /** The part of the operation that a lost collision is about; undefined for its property, or all of it. */
  readonly partOf: (collision: Collision) => string | undefined;
  readonly typeOf: TypeOf;
}

/** Asks the policy about each collision; undefined where one is for a person to decide. */
export function resolveCollisions(
  judge: Judge,
  stamp: Stamp,
  entry: (operationId: string) => HistoryEntry,
  { footprint, found, blended, partOf, typeOf }: Overlap,
): CollisionOutcome | undefined {
  const lost = new Map<string, Collision[]>();
  const winners = new Set<string>();
  const beaten: Collision[] = [];
  const decided: Decided[] = [];
  let isLost = false;
  const ask = (collision: Collision, isBlended: boolean): boolean => {
    const committed = entry(collision.serverOperation);
    for (const property of propertiesSet(collision, footprint, committed.footprint)) {
      const winner = judge(collision, property, stamp, committed, typeOf);
      if (winner === "conflict") return false;
      const single = property === undefined ? collision : { ...collision, properties: [property] };
      decided.push({ collision: single, winner });
      if (winner === "client") {
        // What blends is overwritten by applying: nothing has to be brought back for that.
        if (!isBlended) beaten.push(single);
        continue;
      }
      winners.add(committed.id);
      const part = partOf(collision) ?? property;
      if (part === undefined) isLost = true;
      else if (!lost.get(part)?.push(collision)) lost.set(part, [collision]);
    }
    return true;
  };
  const isDecided =
    found.every((collision) => ask(collision, false)) &&
    blended.every((collision) => ask(collision, true));
  return isDecided ? { lost, winners, beaten, decided, isLost } : undefined;
}
