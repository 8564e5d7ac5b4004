/** What has to be done before an operation that won over a committed one can apply, as far as that is told from footprints. */
import type { Document } from "../../document/document.js";
import type { OperationContent } from "../../operations/operation.js";
import { targetOfPath } from "../../operations/paths.js";
import type { Footprint } from "../../operations/footprint.js";
import type { Collision } from "../collide.js";

/** The node under the id that both sides used, deleted. */
export function removal({ path }: Collision): OperationContent {
  const target = targetOfPath(path);
  const { pageId, elementId, audioLayerId, clipId } = target;
  if (elementId !== undefined) return { type: "DELETE_ELEMENT", target, payload: null };
  if (pageId !== undefined) return { type: "DELETE_PAGE", target, payload: null };
  if (clipId !== undefined) return { type: "DELETE_AUDIO_CLIP", target, payload: null };
  if (audioLayerId !== undefined) return { type: "DELETE_AUDIO_LAYER", target, payload: null };
  throw new Error(`no operation deletes ${path}`);
}

/** The element back in the group that the committed operation took it out of; out of all where that is gone. */
export function formerGroup(
  { path }: Collision,
  committed: Footprint,
  document: Document,
): readonly OperationContent[] {
  const target = targetOfPath(path);
  const page = document.pages.items.get(target.pageId ?? "");
  if (target.elementId === undefined || page?.elements.items.has(target.elementId) !== true)
    return [];
  return committed.flatMap((touch): OperationContent[] => {
    if (touch.kind !== "write" || touch.path !== path || touch.formerParentId === undefined)
      return [];
    const former = touch.formerParentId;
    const parentId = former !== null && page.elements.items.has(former) ? former : null;
    return [{ type: "REORDER_ELEMENT", target, payload: { parentId } }];
  });
}
