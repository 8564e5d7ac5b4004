/** Two concurrent moves that would put each of two groups into the other: a conflict, never a transform. */
import type { DesignElement } from "../document/design.js";
import type { Document, Page } from "../document/document.js";
import { parentOf } from "../document/elementTree.js";
import type { IncomingOperation } from "../history/append.js";
import type { Collision, CollisionIndex } from "./collide.js";
import { nodePath } from "./footprint.js";

/** The committed moves with which the operation, which did not apply, would close a cycle; none where it would not. */
export function cycleCollisions(
  document: Document,
  { id, type, target, payload }: IncomingOperation,
  index: CollisionIndex,
): Collision[] {
  const { pageId = "", elementId = "" } = target;
  const parentId = payload?.["parentId"];
  const page = document.pages.items.get(pageId);
  if (type !== "REORDER_ELEMENT" || typeof parentId !== "string" || page === undefined) return [];
  const chain = ancestorsFrom(page, parentId);
  if (!chain.includes(elementId)) return [];
  return chain.flatMap((ancestor) => {
    const path = nodePath("pages", pageId, "elements", ancestor);
    const moves = (index.at.get(path) ?? []).filter(({ writes }) => writes.includes("parentId"));
    return moves.map(({ operationId }) => ({
      kind: "CONCURRENT_EDIT" as const,
      clientOperation: id,
      serverOperation: operationId,
      path,
      properties: ["parentId"],
    }));
  });
}

/** The element and what it is in, innermost first. */
function ancestorsFrom(page: Page, elementId: string): string[] {
  const chain: string[] = [];
  for (let id: string | null = elementId; id !== null && !chain.includes(id);) {
    chain.push(id);
    const element: DesignElement | undefined = page.elements.items.get(id);
    id = element === undefined ? null : parentOf(element);
  }
  return chain;
}
