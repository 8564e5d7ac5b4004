import { z } from "zod";
import { childrenStaying, parentOf, withoutElements } from "../document/elementTree.js";
import { findPage, known } from "../document/find.js";
import { present } from "../document/sequence.js";
import type { Page } from "../document/document.js";
import { nodePath } from "../merge/footprint.js";
import type { Touch } from "../merge/footprint.js";
import { success } from "../result.js";
import type { OperationDefinition } from "./definition.js";
import { deletion, elementNode } from "./elementChange.js";
import { exampleDesign } from "./exampleDesign.js";
import type { OperationContent } from "./operation.js";
import { restoreElements } from "./restoreElements.js";
import { id, pageTarget } from "./targets.js";

const payload = z.strictObject({
  elementIds: z
    .array(id)
    .exactOptional()
    .describe("The elements the client saw; absent: those at the base version."),
});
type Target = z.infer<typeof pageTarget>;
type Payload = z.infer<typeof payload>;

export const clearPage: OperationDefinition<Target, Payload> = {
  type: "CLEAR_PAGE",
  description:
    "Deletes the elements of a page that the client saw, as far as they are still there. What others added meanwhile " +
    "stays; where its group goes, it leaves the group.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1" },
    payload: { elementIds: ["rect-1", "stroke-1"] },
  },
  target: pageTarget,
  payload,

  settle(document, target, { elementIds }) {
    const onPage = document.pages.items.get(target.pageId)?.elements.order ?? [];
    return { type: "CLEAR_PAGE", target, payload: { elementIds: elementIds ?? [...onPage] } };
  },

  apply(document, { pageId }, payload) {
    const page = findPage(document, pageId);
    if (!page.ok) return page;
    const ids = new Set(presentIds(page.value, payload));
    return success(ids.size === 0 ? document : withoutElements(document, page.value, ids));
  },

  invert(document, { pageId }, payload) {
    const page = known(findPage(document, pageId));
    const gone = new Set(presentIds(page, payload));
    const restored = restoreElements(page, parentsFirst(page, gone));
    return [...restored, ...putBackIntoGroups(page, gone)];
  },

  footprint(document, { pageId }, payload) {
    const page = document.pages.items.get(pageId);
    const named = new Set(payload.elementIds ?? page?.elements.order ?? []);
    // Nothing to delete: what is left of the operation is that the page must be there.
    if (named.size === 0) return [{ kind: "read", path: nodePath("pages", pageId) }];
    const touches: Touch[] = [];
    for (const elementId of named) {
      touches.push(deletion(page, { pageId, elementId }));
      for (const child of page === undefined ? [] : childrenStaying(page, elementId, named)) {
        const path = elementNode({ pageId, elementId: child.id });
        const properties = ["parentId"];
        touches.push({ kind: "write", path, properties, formerParentId: elementId });
      }
    }
    return touches;
  },
};

function presentIds(page: Page, { elementIds }: Payload): readonly string[] {
  if (elementIds === undefined) return page.elements.order;
  return elementIds.filter((elementId) => page.elements.items.has(elementId));
}

/** The ids with each parent before its children: downwards from each that has no parent among them. */
function parentsFirst(page: Page, ids: ReadonlySet<string>): string[] {
  const sorted = [...ids].filter((elementId) => {
    const parentId = parentOf(present(page.elements, elementId));
    return parentId === null || !ids.has(parentId);
  });
  for (let index = 0; index < sorted.length; index += 1) {
    for (const child of page.children.get(sorted[index]!) ?? []) {
      if (ids.has(child)) sorted.push(child);
    }
  }
  return sorted;
}

function putBackIntoGroups(page: Page, gone: ReadonlySet<string>): OperationContent[] {
  return [...gone].flatMap((parentId) =>
    childrenStaying(page, parentId, gone).map((child): OperationContent => ({
      type: "REORDER_ELEMENT",
      target: { pageId: page.id, elementId: child.id },
      payload: { parentId },
    })),
  );
}
