/** The groups that cannot come back because something of another type has their id: what was in them is no part of that. */
import type { Document } from "../document/document.js";
import type { OperationContent } from "../operations/operation.js";
import { nodePath, type NodePath } from "../operations/footprint.js";

export class DisplacedGroups {
  /** With the operations that put something in their place. */
  private readonly causes = new Map<NodePath, readonly string[]>();

  /**
   * Notes what cannot come back. What has the same type may be the same group, brought back by a revert or a resolution:
   * its children go into that.
   */
  note(document: Document, content: OperationContent, causes: readonly string[]): void {
    const { pageId = "", elementId = "" } = content.target;
    const element = document.pages.items.get(pageId)?.elements.items.get(elementId);
    if (element === undefined || element.type === content.payload?.["type"]) return;
    this.causes.set(pathOf(pageId, elementId), causes);
  }

  /** Why the content cannot come back into its group; undefined where it can. */
  causesAround({ target, payload }: OperationContent): readonly string[] | undefined {
    const parentId = payload?.["parentId"];
    const { pageId = "", elementId = "" } = target;
    if (typeof parentId !== "string") return undefined;
    const causes = this.causes.get(pathOf(pageId, parentId));
    if (causes !== undefined) this.causes.set(pathOf(pageId, elementId), causes);
    return causes;
  }
}

function pathOf(pageId: string, elementId: string): NodePath {
  return nodePath("pages", pageId, "elements", elementId);
}
