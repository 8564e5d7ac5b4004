import { z } from "zod";
import { withElementPlaced } from "../../document/edit.js";
import { parentOf, withAncestors, withParent } from "../../document/elementTree.js";
import { findElement, findPage, invalid, known, quoted } from "../find.js";
import type { Page } from "../../document/document.js";
import { predecessor } from "../../document/sequence.js";
import type { JsonObject } from "../../json.js";
import type { Touch } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { placing } from "../families.js";
import { elementNode } from "./elementChange.js";
import { exampleDesign } from "../exampleDesign.js";
import type { OperationResult } from "../operation.js";
import { targetOfPath } from "../paths.js";
import { afterId, elementTarget, id } from "../targets.js";

const payload = z
  .strictObject({
    afterId,
    parentId: id
      .nullable()
      .exactOptional()
      .describe("The new group or frame of the element; null: none."),
  })
  .refine((given) => Object.keys(given).length > 0, {
    error: "must name afterId, parentId or both",
  })
  .meta({ minProperties: 1 });
type Target = z.infer<typeof elementTarget>;
type Payload = z.infer<typeof payload>;

export const reorderElement: OperationDefinition<Target, Payload> = {
  type: "REORDER_ELEMENT",
  description:
    "Moves an element in the paint order of its page (`afterId`), into or out of a frame or group (`parentId`), or both.",
  example: {
    before: exampleDesign,
    target: { pageId: "page-1", elementId: "rect-1" },
    payload: { afterId: "text-1", parentId: "frame-1" },
  },
  target: elementTarget,
  payload,
  ...placing("REORDER_ELEMENT", "elements"),
  regroups: { groupOf: ({ parentId }) => parentId },
  restructures: true,
  /** A group that is gone stands against going into it, not against the place in the order. */
  partAt(target, path) {
    const { pageId, elementId } = targetOfPath(path);
    const isAnother = elementId !== undefined && elementId !== target.elementId;
    return isAnother && pageId === target.pageId ? "parentId" : undefined;
  },

  apply(document, { pageId, elementId }, payload) {
    const found = findElement(document, pageId, elementId);
    if (!found.ok) return found;
    const { page, element } = found.value;
    if (payload.afterId === elementId) {
      return invalid("an element cannot go above itself", ["payload", "afterId"]);
    }
    let next = document;
    if (payload.parentId !== undefined) {
      const allowed = checkParent(page, elementId, payload.parentId);
      if (!allowed.ok) return allowed;
      next = withParent(next, page, element, payload.parentId);
    }
    if (payload.afterId === undefined) return success(next);
    const placedOn = known(findPage(next, pageId));
    return success(withElementPlaced(next, placedOn, elementId, payload.afterId));
  },

  invert(document, target, payload) {
    const { page, element } = known(findElement(document, target.pageId, target.elementId));
    const back: { afterId?: string | null; parentId?: string | null } = {};
    if (payload.afterId !== undefined) {
      back.afterId = predecessor(page.elements, target.elementId);
    }
    if (payload.parentId !== undefined) back.parentId = parentOf(element);
    return [{ type: "REORDER_ELEMENT", target, payload: back as JsonObject }];
  },

  footprint(document, target, payload) {
    const path = elementNode(target);
    const touches: Touch[] = [];
    if (payload.afterId !== undefined) touches.push({ kind: "blend", path, properties: ["order"] });
    if (payload.parentId === undefined) return touches;
    const element = document.pages.items.get(target.pageId)?.elements.items.get(target.elementId);
    const former = element === undefined ? {} : { formerParentId: parentOf(element) };
    touches.push({ kind: "write", path, properties: ["parentId"], ...former });
    if (payload.parentId !== null)
      touches.push(...groupsAround(document, target, payload.parentId));
    return touches;
  },
};

/**
 * Where the new parent lies must stay as it is until this is committed: two moves, each of which is fine alone, could
 * otherwise close a cycle.
 */
function groupsAround(
  document: Parameters<typeof findPage>[0],
  { pageId, elementId }: Target,
  parentId: string,
): Touch[] {
  const page = document.pages.items.get(pageId);
  const found = page === undefined ? [] : withAncestors(page, parentId);
  const ids = found.length === 0 ? [parentId] : found;
  return ids
    .filter((id) => id !== elementId)
    .map((id) => ({
      kind: "read",
      path: elementNode({ pageId, elementId: id }),
      properties: ["parentId"],
    }));
}

function checkParent(
  page: Page,
  elementId: string,
  parentId: string | null,
): OperationResult<null> {
  if (parentId === null) return success(null);
  const path = ["payload", "parentId"];
  if (!page.elements.items.has(parentId)) {
    const message = `parent ${quoted(parentId)} does not exist on page ${quoted(page.id)}`;
    return invalid(message, path);
  }
  if (withAncestors(page, parentId).includes(elementId)) {
    return invalid(`element ${quoted(elementId)} cannot go into itself`, path);
  }
  return success(null);
}
