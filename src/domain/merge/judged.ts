/** What becomes of one operation by what the policy says of each of its collisions. */
import type { Collision } from "./collide.js";
import type { Footprint } from "./footprint.js";
import { propertiesSet, type HistoryEntry, type Judge, type Stamp } from "./verdict.js";

export interface Judged {
  /** What the operation lost, by property. */
  readonly lost: ReadonlyMap<string, readonly Collision[]>;
  /** Ids of the operations that won over it. */
  readonly winners: ReadonlySet<string>;
  /** What it won over. */
  readonly beaten: readonly Collision[];
  /** Whether it lost as a whole. */
  readonly wholly: boolean;
}

interface Meeting {
  readonly footprint: Footprint;
  readonly found: readonly Collision[];
  /** What blends and does not collide, where the policy says which of it stays. */
  readonly blended: readonly Collision[];
}

/** Asks the policy about each collision; undefined where one is for a person to decide. */
export function judged(
  judge: Judge,
  stamp: Stamp,
  entry: (operationId: string) => HistoryEntry,
  { footprint, found, blended }: Meeting,
): Judged | undefined {
  const lost = new Map<string, Collision[]>();
  const winners = new Set<string>();
  const beaten: Collision[] = [];
  let wholly = false;
  const ask = (collision: Collision, isBlended: boolean): boolean => {
    const committed = entry(collision.serverOperation);
    for (const property of propertiesSet(collision, footprint, committed.footprint)) {
      const verdict = judge(collision, property, stamp, committed);
      if (verdict === "conflict") return false;
      if (verdict === "client") {
        // What blends is overwritten by applying: nothing has to be brought back for that.
        if (isBlended) continue;
        beaten.push(property === undefined ? collision : { ...collision, properties: [property] });
        continue;
      }
      winners.add(committed.id);
      if (property === undefined) wholly = true;
      else if (!lost.get(property)?.push(collision)) lost.set(property, [collision]);
    }
    return true;
  };
  const isDecided =
    found.every((collision) => ask(collision, false)) &&
    blended.every((collision) => ask(collision, true));
  return isDecided ? { lost, winners, beaten, wholly } : undefined;
}
