/**
 * Where others touched one node very often, the touches of theirs that decide: for each property and kind of change the
 * newest, and the one that stays over all others by clock. Whoever wins over these wins over all of them, so a batch of n
 * operations on a history of m operations costs n + m, not n times m.
 */
import { deletersOf, type CollisionIndex, type NodeTouch, type TouchesByNode } from "../collide.js";
import type { NodePath } from "../../operations/footprint.js";
import { incrementalProperties } from "../../operations/traits.js";
import type { HistoryEntry } from "../../history/logEntry.js";

/** Up to so many operations of others on one node are all looked at. */
const NODE_TOUCHES_MAX = 100;

/** Whether the value that the one wrote stays where both wrote it. */
export type Outlasts = (one: HistoryEntry, other: HistoryEntry) => boolean;

export class DecidingTouches implements TouchesByNode {
  private readonly reduced = new Map<NodePath, readonly NodeTouch[]>();

  constructor(
    private readonly index: CollisionIndex,
    private readonly entry: (operationId: string) => HistoryEntry,
    private readonly outlasts: Outlasts,
    /** Whether the value or group that an operation was made on may be given back, for which each later change is undone. */
    private readonly givesBack: boolean,
  ) {}

  get(path: NodePath): readonly NodeTouch[] | undefined {
    const touches = this.index.at.get(path);
    if (touches === undefined || touches.length <= NODE_TOUCHES_MAX) return touches;
    const known = this.reduced.get(path) ?? this.reducedAt(path, touches);
    this.reduced.set(path, known);
    return known;
  }

  private reducedAt(path: NodePath, touches: readonly NodeTouch[]): readonly NodeTouch[] {
    // What was done before a deletion and what after it are about two things.
    if (deletersOf(this.index, path).length > 0) return touches;
    const newest = new Map<string, NodeTouch>();
    const staying = new Map<string, NodeTouch>();
    const kept = new Set<NodeTouch>();
    for (const touch of touches) {
      if (touch.creates || (this.givesBack && setsFormer(touch))) kept.add(touch);
      for (const key of keysOf(touch)) {
        newest.set(key, touch);
        const other = staying.get(key);
        if (other === undefined || this.stays(touch, other)) staying.set(key, touch);
      }
    }
    for (const decides of [newest, staying]) {
      for (const touch of decides.values()) kept.add(touch);
    }
    return touches.filter((touch) => kept.has(touch));
  }

  private stays(one: NodeTouch, other: NodeTouch): boolean {
    return this.outlasts(this.entry(one.operationId), this.entry(other.operationId));
  }
}

/** Whether it is undone, after what came later, for what was made on the value or group that it replaced. */
function setsFormer({ writes, leaves }: NodeTouch): boolean {
  return leaves !== undefined || writes.some((name) => incrementalProperties.has(name));
}

function* keysOf({ writes, blends, reads, needs }: NodeTouch): Generator<string> {
  for (const name of writes) yield `write ${name}`;
  for (const name of blends) yield `blend ${name}`;
  for (const name of reads) yield `read ${name}`;
  if (needs) yield "";
}
