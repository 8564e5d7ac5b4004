/** Locks on groups and frames cover what is in them, which paths do not tell: the document does. */
import type { DesignElement } from "../document/design.js";
import type { Document } from "../document/document.js";
import { parentOf } from "../document/elementTree.js";
import { targetOfPath } from "../operations/paths.js";
import type { NodePath } from "../operations/footprint.js";

/**
 * The element at the path and the groups around it, innermost first, up to the first that was visited already: then
 * what is around it was, too, so that deleting a deep tree costs its size. Nothing where the path leads to no element.
 */
export function* elementAndGroups(
  document: Document,
  path: NodePath,
  visited: Set<DesignElement>,
): Generator<{ readonly pageId: string; readonly element: DesignElement }> {
  const { pageId, elementId } = targetOfPath(path);
  if (pageId === undefined) return;
  const elements = document.pages.items.get(pageId)?.elements.items;
  let id: string | null = elementId ?? null;
  while (id !== null) {
    const element: DesignElement | undefined = elements?.get(id);
    if (element === undefined || visited.has(element)) return;
    visited.add(element);
    yield { pageId, element };
    id = parentOf(element);
  }
}
