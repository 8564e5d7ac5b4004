/** Finding the node an operation is about. What is not there is a refusal that names the part of the target. */
import { failure, success } from "../result.js";
import type { OperationFailure, OperationResult, OperationTarget } from "./operation.js";
import type { DesignClip, DesignElement } from "../document/design.js";
import type { AudioLayer, Document, Page } from "../document/document.js";

export interface FoundElement {
  readonly page: Page;
  readonly element: DesignElement;
}

export interface FoundClip {
  readonly layer: AudioLayer;
  readonly clip: DesignClip;
}

/** An INVALID_OPERATION refusal; `path` leads to the offending part within the operation. */
export function invalid(
  message: string,
  path: readonly string[],
): { readonly ok: false; readonly error: OperationFailure } {
  return failure({ code: "INVALID_OPERATION", message, path });
}

/** A PAYLOAD_TOO_LARGE refusal. */
export function tooLarge(
  message: string,
  path: readonly string[],
): { readonly ok: false; readonly error: OperationFailure } {
  return failure({ code: "PAYLOAD_TOO_LARGE", message, path });
}

/** The page, which must exist. */
export function findPage(document: Document, pageId: string): OperationResult<Page> {
  const page = document.pages.items.get(pageId);
  if (page === undefined) return invalid(`page ${quoted(pageId)} does not exist`, pagePath);
  return success(page);
}

/** The element and its page, both of which must exist. */
export function findElement(
  document: Document,
  pageId: string,
  elementId: string,
): OperationResult<FoundElement> {
  const page = findPage(document, pageId);
  if (!page.ok) return page;
  const element = page.value.elements.items.get(elementId);
  if (element === undefined) {
    return invalid(
      `element ${quoted(elementId)} does not exist on page ${quoted(pageId)}`,
      elementPath,
    );
  }
  return success({ page: page.value, element });
}

/** The audio layer, which must exist. */
export function findLayer(document: Document, layerId: string): OperationResult<AudioLayer> {
  const layer = document.audioLayers.items.get(layerId);
  if (layer === undefined)
    return invalid(`audio layer ${quoted(layerId)} does not exist`, layerPath);
  return success(layer);
}

/** The clip and its audio layer, both of which must exist. */
export function findClip(
  document: Document,
  layerId: string,
  clipId: string,
): OperationResult<FoundClip> {
  const layer = findLayer(document, layerId);
  if (!layer.ok) return layer;
  const clip = layer.value.clips.items.get(clipId);
  if (clip === undefined) {
    return invalid(
      `clip ${quoted(clipId)} does not exist on audio layer ${quoted(layerId)}`,
      clipPath,
    );
  }
  return success({ layer: layer.value, clip });
}

/** Whether the document holds the node that the target names. */
export function holds(document: Document, target: OperationTarget): boolean {
  const { pageId, elementId, audioLayerId, clipId } = target;
  if (elementId !== undefined) return findElement(document, pageId ?? "", elementId).ok;
  if (pageId !== undefined) return findPage(document, pageId).ok;
  if (clipId !== undefined) return findClip(document, audioLayerId ?? "", clipId).ok;
  return audioLayerId === undefined || findLayer(document, audioLayerId).ok;
}

/** What `find` found on a document where the operation is known to apply; anything else is a caller's error. */
export function known<T>(found: OperationResult<T>): T {
  if (!found.ok) throw new Error(`operation does not apply: ${found.error.message}`);
  return found.value;
}

/** An id as messages show it. */
export function quoted(id: string): string {
  return JSON.stringify(id);
}

export const pagePath = ["target", "pageId"] as const;
export const elementPath = ["target", "elementId"] as const;
export const layerPath = ["target", "audioLayerId"] as const;
export const clipPath = ["target", "clipId"] as const;
