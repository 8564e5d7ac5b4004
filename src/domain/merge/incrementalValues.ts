/**
 * The texts and strokes that one batch edits incrementally: a delta, or points, go on from the value that the operations of
 * the batch before it left, and mean nothing on another.
 */
import type { OperationContent } from "../operations/operation.js";
import type { Collision } from "./collide.js";
import { nodePath } from "../operations/footprint.js";
import { incrementalProperty, incrementalSetBy } from "../operations/traits.js";

/** What the batch's last operation on a value did. */
interface IncrementalValue {
  /** Whether the value is the batch's own: set by it, so that what others did to it before has lost. */
  readonly isOwn: boolean;
  /** By what the operation lost it. */
  readonly lostTo: readonly Collision[];
}

const untouched: IncrementalValue = { isOwn: false, lostTo: [] };

export class IncrementalValues {
  private readonly values = new Map<string, IncrementalValue>();

  /** The collisions without those over a value that the operation goes on from and that is the batch's own. */
  concerning(content: OperationContent, found: readonly Collision[]): readonly Collision[] {
    const property = incrementalProperty(content);
    if (property === undefined || !this.at(content, property).isOwn) return found;
    return found.filter(({ kind }) => kind !== "CONCURRENT_EDIT");
  }

  /**
   * Takes what the operation lost, by property. The collisions by which it has nothing to go on from: those that took
   * the value from an operation before it, but not from itself.
   */
  lostBefore(
    content: OperationContent,
    lost: ReadonlyMap<string, readonly Collision[]>,
  ): readonly Collision[] {
    for (const property of incrementalSetBy(content)) {
      const lostTo = lost.get(property) ?? [];
      this.values.set(keyOf(content, property), { isOwn: lostTo.length === 0, lostTo });
    }
    const property = incrementalProperty(content);
    if (property === undefined) return [];
    const { isOwn, lostTo: lostBefore } = this.at(content, property);
    const lostTo = lost.get(property) ?? [];
    this.values.set(keyOf(content, property), { isOwn, lostTo });
    const ids = new Set(lostTo.map(({ serverOperation }) => serverOperation));
    return lostBefore.filter(({ serverOperation }) => !ids.has(serverOperation));
  }

  private at(content: OperationContent, property: string): IncrementalValue {
    return this.values.get(keyOf(content, property)) ?? untouched;
  }
}

function keyOf({ target }: OperationContent, property: string): string {
  return nodePath("pages", target.pageId ?? "", "elements", target.elementId ?? "", property);
}
