/** Whether a document holds the node that a footprint names. */
import type { Document } from "../document/document.js";
import { targetOfPath } from "./collide.js";
import type { NodePath } from "./footprint.js";

/** The canvas and the orders of lists are always there. */
export function isThere(document: Document, path: NodePath): boolean {
  const { pageId, elementId, audioLayerId, clipId } = targetOfPath(path);
  if (pageId !== undefined) {
    const page = document.pages.items.get(pageId);
    return elementId === undefined
      ? page !== undefined
      : page?.elements.items.has(elementId) === true;
  }
  if (audioLayerId === undefined) return true;
  const layer = document.audioLayers.items.get(audioLayerId);
  return clipId === undefined ? layer !== undefined : layer?.clips.items.has(clipId) === true;
}
