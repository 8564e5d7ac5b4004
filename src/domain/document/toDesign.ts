/** From the engine's document to the public JSON. */
import type { AudioLayer, Document, Page } from "./document.js";
import type { Design, DesignAudioLayer, DesignPage } from "./design.js";
import { listOf } from "./sequence.js";

/**
 * The document as clients read it, the same object for the same document. Pages and layers that did not change since an earlier call are the same objects
 * as then, so reading a large document after one change costs the changed page and the list of pages.
 */
export function designOf(document: Document): Design {
  const known = designs.get(document);
  if (known !== undefined) return known;
  const made = {
    canvas: document.canvas,
    pages: listOf(document.pages).map(designPageOf),
    audioLayers: listOf(document.audioLayers).map(designLayerOf),
  };
  designs.set(document, made);
  return made;
}

const designs = new WeakMap<Document, Design>();
const pages = new WeakMap<Page, DesignPage>();
const layers = new WeakMap<AudioLayer, DesignAudioLayer>();

/** The page as clients read it. */
export function designPageOf(page: Page): DesignPage {
  const known = pages.get(page);
  if (known !== undefined) return known;
  const made = { id: page.id, ...page.properties, elements: listOf(page.elements) };
  pages.set(page, made);
  return made;
}

/** The audio layer as clients read it. */
export function designLayerOf(layer: AudioLayer): DesignAudioLayer {
  const known = layers.get(layer);
  if (known !== undefined) return known;
  const made = { id: layer.id, ...layer.properties, clips: listOf(layer.clips) };
  layers.set(layer, made);
  return made;
}
