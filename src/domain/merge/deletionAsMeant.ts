/**
 * A deletion that wins over what others did to the groups around: it deletes what its client saw in them, wherever that
 * is by now, and what others put in is not taken along: it goes back to where it was. What they added in there goes. So it
 * leaves the same as if it had been committed before them.
 */
import type { Document, Page } from "../document/document.js";
import { parentOf, withAncestors } from "../document/elementTree.js";
import { present } from "../document/sequence.js";
import { deletionOf, regroupingOf } from "../operations/nodeOperations.js";
import type { OperationContent } from "../operations/operation.js";
import { deletionBy, type OperationDeletion } from "../operations/traits.js";
import { nodePath, segmentsOf, type Footprint, type NodePath } from "../operations/footprint.js";

/** What others did since the base, as far as a deletion asks. */
export interface OthersSince {
  /** Whether they deleted the node: what is there by now is another thing. */
  deleted(path: NodePath): boolean;
  created(path: NodePath): boolean;
  /** The groups they took it out of, the newest first; null for none. */
  formerParents(path: NodePath): readonly (string | null)[];
}

export interface DeletionAsMeant {
  /** Operations to apply before it. */
  readonly before: readonly OperationContent[];
  /** Undefined where of the element that it names nothing is left to delete. */
  readonly content: OperationContent | undefined;
}

/** The deletion of elements as it applies to the document; `footprint` is what it touched on the one its client saw. */
export function deletionAsMeant(
  document: Document,
  content: OperationContent,
  footprint: Footprint,
  others: OthersSince,
): DeletionAsMeant {
  const deletion = deletionBy(content);
  if (deletion === null || deletion.of === "node") return { before: [], content };
  const page = document.pages.items.get(content.target.pageId ?? "");
  if (page === undefined) return { before: [], content: undefined };
  return new ElementDeletion(page, content, deletion, footprint, others).asMeant();
}

class ElementDeletion {
  /** What is to go; grows by what others added in it. */
  private readonly going = new Set<string>();
  private readonly before: OperationContent[] = [];

  constructor(
    private readonly page: Page,
    private readonly content: OperationContent,
    private readonly deletion: Exclude<OperationDeletion, { of: "node" }>,
    footprint: Footprint,
    private readonly others: OthersSince,
  ) {
    const left = deletion.of === "elements" ? new Set(deletion.named(content.payload)) : undefined;
    for (const { kind, path } of footprint) {
      const [, , , elementId] = kind === "delete" ? segmentsOf(path) : [];
      if (elementId === undefined || !page.elements.items.has(elementId)) continue;
      if (left?.has(elementId) !== false && !others.deleted(path)) this.going.add(elementId);
    }
  }

  asMeant(): DeletionAsMeant {
    // What is added to the set while it is walked is walked, too.
    for (const groupId of this.going) {
      for (const childId of this.page.children.get(groupId) ?? []) {
        if (!this.going.has(childId)) this.decide(childId);
      }
    }
    const { deletion } = this;
    return deletion.of === "elements" ? this.ofElements(deletion) : this.ofTree();
  }

  /** What becomes of an element that the client did not see there. */
  private decide(elementId: string): void {
    const path = nodePath("pages", this.page.id, "elements", elementId);
    const former = this.others
      .formerParents(path)
      .find((parentId) => this.isFree(parentId, elementId));
    if (former !== undefined) this.place(elementId, former);
    else if (this.others.created(path)) this.going.add(elementId);
    // Out of what it was in on the page the client saw, by an operation of the batch that had no effect here.
    else if (this.deletion.of === "elementTree") this.place(elementId, null);
  }

  /** Whether the group is there, stays, and is not in the element itself. */
  private isFree(parentId: string | null, elementId: string): boolean {
    if (parentId === null) return true;
    if (!this.page.elements.items.has(parentId)) return false;
    const around = withAncestors(this.page, parentId);
    return !around.some((id) => id === elementId || this.going.has(id));
  }

  private place(elementId: string, parentId: string | null): void {
    const target = { pageId: this.page.id, elementId };
    this.before.push(regroupingOf(target, parentId));
  }

  private ofElements(deletion: OperationDeletion & { of: "elements" }): DeletionAsMeant {
    const { target, payload } = this.content;
    const named = deletion.named(payload) ?? [];
    const isNamed = new Set(named);
    const added = [...this.going].filter((id) => !isNamed.has(id));
    if (added.length === 0) return { before: this.before, content: this.content };
    return { before: this.before, content: deletion.naming(target, [...named, ...added]) };
  }

  private ofTree(): DeletionAsMeant {
    const { elementId = "" } = this.content.target;
    const roots = [...this.going].filter((id) => {
      const parentId = parentOf(present(this.page.elements, id));
      return id !== elementId && (parentId === null || !this.going.has(parentId));
    });
    const deletions = roots.map((id) => deletionOf({ pageId: this.page.id, elementId: id }));
    // The named one may itself be in a group of those that others moved out of it.
    const named = this.page.elements.items.get(elementId);
    const around = named === undefined ? null : parentOf(named);
    const isLast = this.going.has(elementId) && (around === null || !this.going.has(around));
    return {
      before: [...this.before, ...deletions],
      content: isLast ? this.content : undefined,
    };
  }
}
