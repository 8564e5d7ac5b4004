/**
 * The elements of a page as a tree: groups and frames hold children that name them in `parentId`. The tree is
 * independent of the paint order. `Page.children` is its index, so that no change has to look at the whole page.
 */
import { Set as PersistentSet, type Map as PersistentMap } from "immutable";
import { commasAdded, withPage } from "./edit.js";
import { withProperties } from "./properties.js";
import { inserted, removedSteps, replaced, Sequence } from "./sequence.js";
import type { Placement } from "./sequence.js";
import { jsonSize, noSize, sizeDifference, sizeSum } from "./size.js";
import { STEP_ITEMS, type Steps } from "../steps.js";
import type { DesignElement } from "./design.js";
import type { Document, Page } from "./document.js";

type Children = PersistentMap<string, PersistentSet<string>>;

/** The id of the group or frame that holds the element, null where it lies on the page itself. */
export function parentOf(element: DesignElement): string | null {
  return typeof element["parentId"] === "string" ? element["parentId"] : null;
}

/** The element's id and those of everything in it, each parent before its children. */
export function withDescendants(page: Page, elementId: string): string[] {
  const ids = [elementId];
  for (let index = 0; index < ids.length; index += 1) {
    for (const child of page.children.get(ids[index]!) ?? []) ids.push(child);
  }
  return ids;
}

/** The element's id and those of the groups around it, innermost first; empty where it does not exist. */
export function withAncestors(page: Page, elementId: string): string[] {
  const ids: string[] = [];
  let current: string | null = elementId;
  while (current !== null) {
    const element: DesignElement | undefined = page.elements.items.get(current);
    if (element === undefined) break;
    ids.push(current);
    current = parentOf(element);
  }
  return ids;
}

/** The document with a new element on a page. */
export function withNewElement(
  document: Document,
  page: Page,
  element: DesignElement,
  after: Placement,
): Document {
  const elements = inserted(page.elements, element, after);
  const children = childAdded(page.children, parentOf(element), element.id);
  const added = sizeSum(jsonSize(element), commasAdded(page.elements, elements));
  return withPage(document, { ...page, elements, children }, added);
}

/** The document with an element in another group, or in none (null). */
export function withParent(
  document: Document,
  page: Page,
  element: DesignElement,
  parentId: string | null,
): Document {
  const change = withProperties(element, { parentId });
  const left = childRemoved(page.children, parentOf(element), element.id);
  const children = childAdded(left, parentId, element.id);
  const elements = replaced(page.elements, change.object);
  return withPage(document, { ...page, elements, children }, change.added);
}

/** The document without the named elements of a page, all of which exist. Children that stay leave their group. */
export function* withoutElements(
  document: Document,
  page: Page,
  ids: ReadonlySet<string>,
): Steps<Document> {
  let added = noSize;
  const staying: DesignElement[] = [];
  /** Of each group that stays, who leaves it. */
  const leaving = new Map<string, string[]>();
  for (const [index, id] of [...ids].entries()) {
    if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
    const element = page.elements.items.get(id)!;
    added = sizeDifference(added, jsonSize(element));
    const parentId = parentOf(element);
    if (parentId !== null && !ids.has(parentId) && !leaving.get(parentId)?.push(id)) {
      leaving.set(parentId, [id]);
    }
    for (const child of childrenStaying(page, id, ids)) {
      const change = withProperties(child, { parentId: null });
      added = sizeSum(added, change.added);
      staying.push(change.object);
    }
  }
  const kept = yield* removedSteps(page.elements, ids);
  const elements = new Sequence(
    kept.places,
    kept.items.withMutations((items) => {
      for (const element of staying) items.set(element.id, element);
    }),
  );
  if (ids.size >= STEP_ITEMS) yield;
  const children = childrenWithout(page.children, ids).withMutations((index) => {
    for (const [id, left] of leaving) {
      const rest = index
        .get(id)!
        .withMutations((held) => left.forEach((child) => held.delete(child)));
      if (rest.isEmpty()) index.delete(id);
      else index.set(id, rest);
    }
  });
  added = sizeSum(added, commasAdded(page.elements, elements));
  return withPage(document, { ...page, elements, children }, added);
}

/** The children of an element that are not among the ids. */
export function childrenStaying(
  page: Page,
  elementId: string,
  ids: ReadonlySet<string>,
): DesignElement[] {
  const children = page.children.get(elementId);
  if (children === undefined) return [];
  return [...children]
    .filter((child) => !ids.has(child))
    .map((child) => page.elements.items.get(child)!);
}

/** Costs no more than the groups there are, however many elements go. */
function childrenWithout(children: Children, ids: ReadonlySet<string>): Children {
  return ids.size < children.size
    ? children.deleteAll(ids)
    : children.deleteAll([...children.keys()].filter((id) => ids.has(id)));
}

function childAdded(children: Children, parentId: string | null, childId: string): Children {
  if (parentId === null) return children;
  return children.set(parentId, (children.get(parentId) ?? PersistentSet()).add(childId));
}

function childRemoved(children: Children, parentId: string | null, childId: string): Children {
  if (parentId === null) return children;
  const rest = children.get(parentId)!.delete(childId);
  return rest.isEmpty() ? children.delete(parentId) : children.set(parentId, rest);
}
