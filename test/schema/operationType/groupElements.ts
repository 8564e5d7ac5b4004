/** An operation type as an extension would add it: puts elements of a page into a new group. */
import { z } from "zod";
import { parentOf, withNewElement, withParent } from "../../../src/domain/document/elementTree.js";
import type { OperationDefinition } from "../../../src/domain/operations/definition.js";
import { elementNode } from "../../../src/domain/operations/elements/elementChange.js";
import { exampleDesign } from "../../../src/domain/operations/exampleDesign.js";
import { indivisible, noTraits } from "../../../src/domain/operations/families.js";
import {
  elementPath,
  findElement,
  findPage,
  invalid,
  known,
} from "../../../src/domain/operations/find.js";
import { nodePath, type Touch } from "../../../src/domain/operations/footprint.js";
import { NO_OP } from "../../../src/domain/operations/noOp.js";
import { deletionOf, regroupingOf } from "../../../src/domain/operations/nodeOperations.js";
import type { OperationType } from "../../../src/domain/operations/operation.js";
import { targetOfPath } from "../../../src/domain/operations/paths.js";
import { elementTarget, id } from "../../../src/domain/operations/targets.js";
import { success } from "../../../src/domain/result.js";

const payload = z.strictObject({ elementIds: z.array(id).min(1) });
type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof payload>;

/** The compiler knows the names of Strata's own types alone. */
const GROUP_ELEMENTS = "GROUP_ELEMENTS" as OperationType;

export const groupElements: OperationDefinition<Target, Payload> = {
  type: GROUP_ELEMENTS,
  description: "Puts elements of a page into a new group, on top of the page.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "group-1" },
    payload: { elementIds: ["rect-1", "stroke-1"] },
  },
  target: elementTarget,
  payload,
  ...noTraits,
  ...indivisible,
  adds: { contents: null },
  restructures: true,
  placesIn: {
    list: "elements",
    placing: ({ elementId }) => ({ id: elementId, afterId: undefined }),
  },
  parts: ({ elementIds }) => elementIds,
  without(target, { elementIds }, lost) {
    const left = elementIds.filter((elementId) => !lost.has(elementId));
    if (left.length === 0) return NO_OP;
    return { type: GROUP_ELEMENTS, target, payload: { elementIds: left } };
  },
  partAt({ pageId, elementId }, path) {
    const of = targetOfPath(path);
    return of.pageId === pageId && of.elementId !== elementId ? of.elementId : undefined;
  },

  apply(document, { pageId, elementId }, { elementIds }) {
    const page = findPage(document, pageId);
    if (!page.ok) return page;
    if (page.value.elements.items.has(elementId)) {
      return invalid("the group is already there", elementPath);
    }
    const group = { id: elementId, type: "group", x: 0, y: 0 };
    let next = withNewElement(document, page.value, group, undefined);
    for (const memberId of elementIds) {
      const found = findElement(next, pageId, memberId);
      if (!found.ok) return invalid(found.error.message, ["payload", "elementIds"]);
      next = withParent(next, found.value.page, found.value.element, elementId);
    }
    return success(next);
  },

  invert(document, target, { elementIds }) {
    const { pageId } = target;
    const back = elementIds.map((elementId) => {
      const { element } = known(findElement(document, pageId, elementId));
      return regroupingOf({ pageId, elementId }, parentOf(element));
    });
    return [...back, deletionOf(target)];
  },

  footprint(document, target, { elementIds }) {
    const { pageId } = target;
    const touches: Touch[] = [
      { kind: "create", path: elementNode(target) },
      { kind: "read", path: nodePath("pages", pageId) },
    ];
    for (const elementId of elementIds) {
      const path = elementNode({ pageId, elementId });
      const found = findElement(document, pageId, elementId);
      const former = found.ok ? { formerParentId: parentOf(found.value.element) } : {};
      touches.push({ kind: "write", path, properties: ["parentId"], ...former });
    }
    return touches;
  },
};
