import { z } from "zod";
import { childrenStaying, parentOf, withoutElements } from "../../document/elementTree.js";
import { findPage, known } from "../find.js";
import { present } from "../../document/sequence.js";
import type { Page } from "../../document/document.js";
import { nodePath } from "../footprint.js";
import type { Touch } from "../footprint.js";
import { success } from "../../result.js";
import { STEP_ITEMS, type Steps } from "../../steps.js";
import type { OperationDefinition } from "../definition.js";
import { noTraits } from "../families.js";
import { deletion, elementNode } from "../elements/elementChange.js";
import { exampleDesign } from "../exampleDesign.js";
import type { OperationContent } from "../operation.js";
import { restoreElements } from "../elements/restoreElements.js";
import { NO_OP } from "../noOp.js";
import { targetOfPath } from "../paths.js";
import { id, pageTarget } from "../targets.js";

const payload = z.strictObject({
  elementIds: z
    .array(id)
    .exactOptional()
    .describe("The elements that the client saw; absent: those at the base version."),
});
type Target = z.infer<typeof pageTarget>;
type Payload = z.infer<typeof payload>;

export const clearPage: OperationDefinition<Target, Payload> = {
  type: "CLEAR_PAGE",
  description:
    "Deletes the elements of a page that the client saw, as far as they still exist. Elements that others added meanwhile stay; if their group is deleted, they leave the group.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1" },
    payload: { elementIds: ["rect-1", "stroke-1"] },
  },
  target: pageTarget,
  payload,
  ...noTraits,
  deletes: { of: "elements", named: ({ elementIds }) => elementIds, naming },
  restructures: true,
  placesIn: { list: "elements", placing: () => undefined },
  parts: ({ elementIds = [] }) => elementIds,
  without(target, { elementIds = [] }, lost) {
    const left = elementIds.filter((id) => !lost.has(id));
    return left.length === 0 ? NO_OP : naming(target, left);
  },
  partAt: ({ pageId }, path) => {
    const of = targetOfPath(path);
    return of.pageId === pageId ? of.elementId : undefined;
  },

  settle(document, target, { elementIds }) {
    const onPage = document.pages.items.get(target.pageId)?.elements.order ?? [];
    return naming(target, elementIds ?? [...onPage]);
  },

  *apply(document, { pageId }, payload) {
    const page = findPage(document, pageId);
    if (!page.ok) return page;
    const ids = yield* presentIds(page.value, payload);
    return success(ids.size === 0 ? document : yield* withoutElements(document, page.value, ids));
  },

  *invert(document, { pageId }, payload) {
    const page = known(findPage(document, pageId));
    const gone = yield* presentIds(page, payload);
    const restored = yield* restoreElements(page, yield* parentsFirst(page, gone));
    return [...restored, ...(yield* putBackIntoGroups(page, gone))];
  },

  *footprint(document, { pageId }, payload) {
    const page = document.pages.items.get(pageId);
    const named = new Set(payload.elementIds ?? page?.elements.order ?? []);
    // Nothing to delete: what is left of the operation is that the page must be there.
    if (named.size === 0) return [{ kind: "read", path: nodePath("pages", pageId) }];
    const touches: Touch[] = [];
    for (const [index, elementId] of [...named].entries()) {
      if (index % STEP_ITEMS === 0) yield;
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

function naming(target: Target, elementIds: readonly string[]): OperationContent {
  return { type: "CLEAR_PAGE", target, payload: { elementIds } };
}

function* presentIds(page: Page, { elementIds }: Payload): Steps<ReadonlySet<string>> {
  if (elementIds === undefined) return new Set(page.elements.order);
  const ids = new Set<string>();
  for (const [index, elementId] of elementIds.entries()) {
    if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
    if (page.elements.items.has(elementId)) ids.add(elementId);
  }
  return ids;
}

/** The ids with each parent before its children: downwards from each that has no parent among them. */
function* parentsFirst(page: Page, ids: ReadonlySet<string>): Steps<string[]> {
  const sorted: string[] = [];
  for (const [index, elementId] of [...ids].entries()) {
    if (index % STEP_ITEMS === 0) yield;
    const parentId = parentOf(present(page.elements, elementId));
    if (parentId === null || !ids.has(parentId)) sorted.push(elementId);
  }
  for (let index = 0; index < sorted.length; index += 1) {
    if (index % STEP_ITEMS === 0) yield;
    for (const child of page.children.get(sorted[index]!) ?? []) {
      if (ids.has(child)) sorted.push(child);
    }
  }
  return sorted;
}

function* putBackIntoGroups(page: Page, gone: ReadonlySet<string>): Steps<OperationContent[]> {
  const contents: OperationContent[] = [];
  for (const [index, parentId] of [...gone].entries()) {
    if (index % STEP_ITEMS === 0) yield;
    for (const child of childrenStaying(page, parentId, gone)) {
      const target = { pageId: page.id, elementId: child.id };
      contents.push({ type: "REORDER_ELEMENT", target, payload: { parentId } });
    }
  }
  return contents;
}
