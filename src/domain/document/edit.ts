/**
 * Changes to the persistent document, each sharing what it does not touch and keeping its size right by
 * measuring what changes, never the rest: setting one property costs the same on a page of ten and of ten
 * thousand elements. These functions trust their arguments: what may be refused is refused before.
 */
import { inserted, moved, removed, reordered, replaced } from "./sequence.js";
import type { Placement, Sequence } from "./sequence.js";
import { commaBytes, withProperties } from "./properties.js";
import { jsonSize, noSize, sizeDifference, sizeSum, textSize, type JsonSize } from "./size.js";
import type { JsonObject } from "../json.js";
import type { DesignClip, DesignElement } from "./design.js";
import type { AudioLayer, Document, Page } from "./document.js";

/** The document with properties of its canvas set; null removes one. */
export function withCanvasProperties(document: Document, changes: JsonObject): Document {
  const before = Object.keys(document.canvas).length;
  const change = withProperties(document.canvas, changes);
  const after = Object.keys(change.object).length;
  // `withProperties` counts a comma for every member; an object has one less than members, and none when empty.
  const commas = commaBytes(after) - after - (commaBytes(before) - before);
  return {
    ...document,
    canvas: change.object,
    ...sizeSum(document, sizeSum(change.added, textSize(commas))),
  };
}

/** The document with a new page. */
export function withNewPage(document: Document, page: Page, after: Placement): Document {
  const pages = inserted(document.pages, page, after);
  const added = sizeSum(pageSize(page), commasAdded(document.pages, pages));
  return { ...document, pages, ...sizeSum(document, added) };
}

/** The document with properties of a page set; null removes one. */
export function withPageProperties(document: Document, page: Page, changes: JsonObject): Document {
  const change = withProperties(page.properties, changes);
  return withPage(document, { ...page, properties: change.object }, change.added);
}

/** The document without a page. */
export function withoutPage(document: Document, page: Page): Document {
  const pages = removed(document.pages, new Set([page.id]));
  const added = sizeDifference(commasAdded(document.pages, pages), pageSize(page));
  return { ...document, pages, ...sizeSum(document, added) };
}

/** The document with its pages in another order, which must hold the same ids. */
export function withPageOrder(document: Document, order: readonly string[]): Document {
  return { ...document, pages: reordered(document.pages, order) };
}

/** The document with a page in place of the one with its id; `added` is what it grew by. */
export function withPage(document: Document, page: Page, added: JsonSize): Document {
  return {
    ...document,
    pages: replaced(document.pages, page),
    ...sizeSum(document, added),
  };
}

/**
 * The document with an element in place of the one with its id; `added` is what it grew by. Not for
 * `parentId`: that is `withParent`'s.
 */
export function withElement(
  document: Document,
  page: Page,
  element: DesignElement,
  added: JsonSize,
): Document {
  return withPage(document, { ...page, elements: replaced(page.elements, element) }, added);
}

/** The document with properties of an element set; null removes one. Not for `parentId`. */
export function withElementProperties(
  document: Document,
  page: Page,
  element: DesignElement,
  changes: JsonObject,
): Document {
  const change = withProperties(element, changes);
  return withElement(document, page, change.object, change.added);
}

/** The document with an element elsewhere in its page's paint order. */
export function withElementPlaced(
  document: Document,
  page: Page,
  elementId: string,
  after: Placement,
): Document {
  return withPage(document, { ...page, elements: moved(page.elements, elementId, after) }, noSize);
}

/** The document with a new audio layer. */
export function withNewLayer(document: Document, layer: AudioLayer, after: Placement): Document {
  const audioLayers = inserted(document.audioLayers, layer, after);
  const added = sizeSum(layerSize(layer), commasAdded(document.audioLayers, audioLayers));
  return { ...document, audioLayers, ...sizeSum(document, added) };
}

/** The document with an audio layer elsewhere in the list. */
export function withLayerPlaced(document: Document, layerId: string, after: Placement): Document {
  return { ...document, audioLayers: moved(document.audioLayers, layerId, after) };
}

/** The document with properties of an audio layer set; null removes one. */
export function withLayerProperties(
  document: Document,
  layer: AudioLayer,
  changes: JsonObject,
): Document {
  const change = withProperties(layer.properties, changes);
  return withLayer(document, { ...layer, properties: change.object }, change.added);
}

/** The document without an audio layer. */
export function withoutLayer(document: Document, layer: AudioLayer): Document {
  const audioLayers = removed(document.audioLayers, new Set([layer.id]));
  const added = sizeDifference(commasAdded(document.audioLayers, audioLayers), layerSize(layer));
  return { ...document, audioLayers, ...sizeSum(document, added) };
}

/** The document with a new clip on an audio layer. */
export function withNewClip(
  document: Document,
  layer: AudioLayer,
  clip: DesignClip,
  after: Placement,
): Document {
  const clips = inserted(layer.clips, clip, after);
  const added = sizeSum(jsonSize(clip), commasAdded(layer.clips, clips));
  return withLayer(document, { ...layer, clips }, added);
}

/** The document with a clip elsewhere in the list of its layer. */
export function withClipPlaced(
  document: Document,
  layer: AudioLayer,
  clipId: string,
  after: Placement,
): Document {
  return withLayer(document, { ...layer, clips: moved(layer.clips, clipId, after) }, noSize);
}

/** The document with properties of a clip set; null removes one. */
export function withClipProperties(
  document: Document,
  layer: AudioLayer,
  clip: DesignClip,
  changes: JsonObject,
): Document {
  const change = withProperties(clip, changes);
  return withLayer(
    document,
    { ...layer, clips: replaced(layer.clips, change.object) },
    change.added,
  );
}

/** The document without a clip. */
export function withoutClip(document: Document, layer: AudioLayer, clip: DesignClip): Document {
  const clips = removed(layer.clips, new Set([clip.id]));
  const added = sizeDifference(commasAdded(layer.clips, clips), jsonSize(clip));
  return withLayer(document, { ...layer, clips }, added);
}

function withLayer(document: Document, layer: AudioLayer, added: JsonSize): Document {
  return {
    ...document,
    audioLayers: replaced(document.audioLayers, layer),
    ...sizeSum(document, added),
  };
}

/** What the commas of a list grew by. */
export function commasAdded(
  before: Sequence<{ id: string }>,
  after: Sequence<{ id: string }>,
): JsonSize {
  return textSize(commaBytes(after.size) - commaBytes(before.size));
}

function pageSize(page: Page): JsonSize {
  const { id, properties, elements } = page;
  return sizeSum(jsonSize({ ...properties, id, elements: [] }), sizeOfItems(elements));
}

function layerSize(layer: AudioLayer): JsonSize {
  const { id, properties, clips } = layer;
  return sizeSum(jsonSize({ ...properties, id, clips: [] }), sizeOfItems(clips));
}

/** The size of the items as the inside of a JSON list. */
function sizeOfItems(sequence: Sequence<DesignElement> | Sequence<DesignClip>): JsonSize {
  let size = textSize(commaBytes(sequence.size));
  for (const item of sequence.items.values()) size = sizeSum(size, jsonSize(item));
  return size;
}
