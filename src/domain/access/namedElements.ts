/** Which elements a grant to single elements covers: those that it names, and all that is in a group that it names. */
import type { Document } from "../document/document.js";
import { parentOf } from "../document/elementTree.js";

/** On one document; what was found out about groups is remembered, however many elements are asked for. */
export class NamedElements {
  readonly #covered = new Map<string, Map<string, boolean>>();

  constructor(
    private readonly document: Document,
    private readonly ids: ReadonlySet<string>,
  ) {}

  /** Undefined where the document has no such element. */
  covers(pageId: string, elementId: string): boolean | undefined {
    const elements = this.document.pages.items.get(pageId)?.elements.items;
    let element = elements?.get(elementId);
    if (elements === undefined || element === undefined) return undefined;
    const known = this.#coveredOn(pageId);
    const walked: string[] = [];
    let isCovered = false;
    while (element !== undefined) {
      const before = known.get(element.id);
      if (before !== undefined || this.ids.has(element.id)) {
        isCovered = before ?? true;
        if (before === undefined) known.set(element.id, true);
        break;
      }
      walked.push(element.id);
      const parentId = parentOf(element);
      element = parentId === null ? undefined : elements.get(parentId);
    }
    for (const id of walked) known.set(id, isCovered);
    return isCovered;
  }

  /** Whether the element is in another one that is covered; undefined where the document has no such element. */
  isInside(pageId: string, elementId: string): boolean | undefined {
    const parentId = this.parentOf(pageId, elementId);
    if (parentId === undefined) return undefined;
    return parentId !== null && this.covers(pageId, parentId) === true;
  }

  /** The group that the element is in, null for none; undefined where the document has no such element. */
  parentOf(pageId: string, elementId: string): string | null | undefined {
    const element = this.document.pages.items.get(pageId)?.elements.items.get(elementId);
    return element === undefined ? undefined : parentOf(element);
  }

  #coveredOn(pageId: string): Map<string, boolean> {
    const known = this.#covered.get(pageId) ?? new Map<string, boolean>();
    this.#covered.set(pageId, known);
    return known;
  }
}
