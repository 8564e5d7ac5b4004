/**
 * What operations of a batch were to create or delete and did not, since they lost. What the batch does with a thing that was
 * not created has nothing to do it with; and where a thing stays, none can be created under its id.
 */
import type { OperationContent } from "../operations/operation.js";
import { deletedPath } from "../operations/traits.js";
import { targetOfPath } from "../operations/paths.js";
import { ancestorsOf, type Footprint, type NodePath } from "../operations/footprint.js";
import type { Collision } from "./collide.js";

export class LostChanges {
  /** What was not created, and ids of the operations to which it was lost. */
  private readonly lostTo = new Map<NodePath, readonly string[]>();
  /** What was not deleted, and why. */
  private readonly staying = new Map<NodePath, readonly Collision[]>();

  /** Takes an operation that lost as a whole. */
  add(footprint: Footprint, winners: readonly string[], found: readonly Collision[]): void {
    for (const { kind, path } of footprint) {
      if (kind === "create") this.lostTo.set(path, winners);
      if (kind === "delete") this.staying.set(path, found);
    }
  }

  /** Takes what an operation lost by part: of a page that is cleared, elements that stay. */
  addParts(footprint: Footprint, lost: ReadonlyMap<string, readonly Collision[]>): void {
    if (lost.size === 0) return;
    for (const { kind, path } of footprint) {
      const found = kind === "delete" && lost.get(targetOfPath(path).elementId ?? "");
      if (found) this.staying.set(path, found);
    }
  }

  /** The collisions by which something stays under an id that the operation is to give to another thing. */
  inTheWay(footprint: Footprint): readonly Collision[] {
    if (this.staying.size === 0) return [];
    return footprint.flatMap(({ kind, path }) =>
      kind === "create" ? (this.staying.get(path) ?? []) : [],
    );
  }

  /** Ids of the operations to which something was lost that the operation needs; undefined where it needs none. */
  neededBy(operation: OperationContent, footprint: Footprint): readonly string[] | undefined {
    if (this.lostTo.size === 0) return undefined;
    for (const { kind, path } of needs(operation, footprint)) {
      // Made anew under the same id it is another thing.
      if (kind === "create" && this.lostTo.delete(path)) continue;
      for (const node of [path, ...ancestorsOf(path)]) {
        const winners = this.lostTo.get(node);
        if (winners !== undefined) return winners;
      }
    }
    return undefined;
  }
}

/** What an operation cannot be without. A page is cleared of what is there. */
function needs(
  operation: OperationContent,
  footprint: Footprint,
): readonly { readonly kind: string; readonly path: NodePath }[] {
  const path = deletedPath(operation);
  return path === undefined ? footprint : [{ kind: "delete", path }];
}
