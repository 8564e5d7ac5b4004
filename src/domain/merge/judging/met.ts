/** Which committed operations a merged one names as those that it met. */
import type { Collision } from "../collide.js";

/** Of those that it won over, at most; the newest. */
const BEATEN_NAMED_MAX = 100;

/** Ids of the newest that lost to it, by node and property: whose values it replaced. The newest first. */
export function newestBeaten(
  beaten: readonly Collision[],
  turnOf: (operationId: string) => number,
): readonly string[] {
  if (beaten.length === 0) return [];
  const newest = new Map<string, string>();
  for (const { path, properties, serverOperation } of beaten) {
    // What only needed the node set nothing there that a newer one could have replaced.
    const key = properties.length === 0 ? serverOperation : `${path} ${properties.join()}`;
    const known = newest.get(key);
    if (known === undefined || turnOf(known) < turnOf(serverOperation)) {
      newest.set(key, serverOperation);
    }
  }
  const ids = [...new Set(newest.values())];
  return ids.toSorted((a, b) => turnOf(b) - turnOf(a)).slice(0, BEATEN_NAMED_MAX);
}
