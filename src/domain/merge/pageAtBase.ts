/**
 * What was on a page, and in what, at an older version: told by walking back from the head over the footprints of what
 * was committed since, newest first. Exact as to which elements there were and what held them; of an element that is
 * not there any more the rest is not told.
 */
import { Set as PersistentSet } from "immutable";
import type { DesignElement } from "../document/design.js";
import type { Document, Page } from "../document/document.js";
import { parentOf } from "../document/elementTree.js";
import { pageOf } from "../document/fromDesign.js";
import { inserted, removed, replaced, Sequence } from "../document/sequence.js";
import { Order } from "../document/order.js";
import type { OperationContent } from "../operations/operation.js";
import { contentsAdded } from "../operations/traits.js";
import { segmentsOf, type Footprint, type Touch } from "../operations/footprint.js";

interface Entry {
  readonly id: string;
  readonly footprint: Footprint;
}

/**
 * The head with the named pages as they were before the history, oldest first. `inverseOf` is asked for the operations
 * that deleted one of the pages.
 */
export function withPagesAtBase(
  head: Document,
  pageIds: ReadonlySet<string>,
  history: readonly Entry[],
  inverseOf: (operationId: string) => readonly OperationContent[],
): Document {
  if (pageIds.size === 0 || history.length === 0) return head;
  const walks = new Map(
    [...pageIds].map((pageId) => [pageId, new WalkBack(head.pages.items.get(pageId))]),
  );
  for (const { id, footprint } of history.toReversed()) {
    for (const touch of footprint) {
      if (!isOfTree(touch)) continue;
      const [collection, pageId = "", , elementId] = segmentsOf(touch.path);
      const walk = collection === "pages" ? walks.get(pageId) : undefined;
      if (walk === undefined) continue;
      if (elementId !== undefined) walk.before(touch, elementId);
      else walk.from(touch.kind === "create" ? undefined : deletedPage(pageId, inverseOf(id)));
    }
  }
  let document = head;
  for (const [pageId, walk] of walks) document = withPageAsIn(document, pageId, walk.page);
  return document;
}

/** Whether it brings a page or an element, takes one away, or puts an element into another group. */
function isOfTree(touch: Touch): touch is Touch & { kind: "create" | "delete" | "write" } {
  const { kind } = touch;
  return (
    kind === "create" ||
    kind === "delete" ||
    (kind === "write" && touch.formerParentId !== undefined)
  );
}

/** One page on the way back. */
class WalkBack {
  /** Where elements were that changed since: in a group, in none (null), or nowhere (undefined). */
  private readonly parents = new Map<string, string | null | undefined>();

  constructor(private start: Page | undefined) {}

  /** Goes on from the page as it was, or from before it was there. */
  from(page: Page | undefined): void {
    this.start = page;
    this.parents.clear();
  }

  before(touch: Touch & { kind: "create" | "delete" | "write" }, elementId: string): void {
    if (touch.kind === "create") this.parents.set(elementId, undefined);
    else if (touch.formerParentId !== undefined) this.parents.set(elementId, touch.formerParentId);
  }

  get page(): Page | undefined {
    const { start, parents } = this;
    return start === undefined || parents.size === 0 ? start : withParents(start, parents);
  }
}

/** The page with elements where they were. */
function withParents(page: Page, parents: ReadonlyMap<string, string | null | undefined>): Page {
  const { order, items } = page.elements;
  /** Of each group that lost or got some: what it got. */
  const joining = new Map<string, string[]>();
  const joiningTo = (parentId: string) => {
    const joined = joining.get(parentId) ?? [];
    joining.set(parentId, joined);
    return joined;
  };
  const added: string[] = [];
  for (const [elementId, parentId] of parents) {
    const element = items.get(elementId);
    const left = element === undefined ? null : parentOf(element);
    if (left !== null) joiningTo(left);
    if (typeof parentId === "string") joiningTo(parentId).push(elementId);
    if (element === undefined && parentId !== undefined) added.push(elementId);
  }
  return {
    ...page,
    elements: new Sequence(
      Order.of([
        ...order.filter((id) => !parents.has(id) || parents.get(id) !== undefined),
        ...added,
      ]),
      items.withMutations((all) => {
        for (const [elementId, parentId] of parents) {
          if (parentId === undefined) all.delete(elementId);
          else all.set(elementId, placed(elementId, parentId));
        }
      }),
    ),
    children: page.children.withMutations((all) => {
      for (const [parentId, joined] of joining) {
        const stayed = (all.get(parentId) ?? PersistentSet<string>()).filter(
          (id) => !parents.has(id),
        );
        if (stayed.size + joined.length === 0) all.delete(parentId);
        else all.set(parentId, stayed.union(joined));
      }
    }),
  };
}

/** An element of which only the place is known. */
function placed(id: string, parentId: string | null): DesignElement {
  const element = { id, type: "unknown", x: 0, y: 0 };
  return parentId === null ? element : { ...element, parentId };
}

function deletedPage(pageId: string, inverse: readonly OperationContent[]): Page | undefined {
  for (const { type, target, payload } of inverse) {
    if (contentsAdded({ type }) !== "elements" || target.pageId !== pageId) continue;
    return pageOf({ id: pageId, elements: payload?.["elements"] as unknown as DesignElement[] });
  }
  return undefined;
}

function withPageAsIn(document: Document, pageId: string, page: Page | undefined): Document {
  const { pages } = document;
  if (page === pages.items.get(pageId)) return document;
  if (page === undefined) return { ...document, pages: removed(pages, new Set([pageId])) };
  const isThere = pages.items.has(pageId);
  return { ...document, pages: isThere ? replaced(pages, page) : inserted(pages, page, undefined) };
}
