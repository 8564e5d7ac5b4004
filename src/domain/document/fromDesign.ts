/** From the public JSON to the engine's document. */
import { Map, Set } from "immutable";
import type { Json } from "../json.js";
import { finished, type Steps } from "../steps.js";
import { jsonSizeSteps } from "./size.js";
import type { Design, DesignAudioLayer, DesignElement, DesignPage } from "./design.js";
import type { AudioLayer, Document, Page } from "./document.js";
import { sequenceOf } from "./sequence.js";

/** The document of a design that `parseDesign` accepted. Elements, clips and the canvas are shared with it, not copied. */
export function documentOf(design: Design): Document {
  return finished(documentOfSteps(design));
}

/** As `documentOf`, in steps. */
export function* documentOfSteps(design: Design): Steps<Document> {
  const pages: Page[] = [];
  for (const page of design.pages) {
    pages.push(pageOf(page));
    yield;
  }
  const size = yield* jsonSizeSteps(design as unknown as Json);
  return {
    canvas: design.canvas,
    pages: sequenceOf(pages),
    audioLayers: sequenceOf(design.audioLayers.map(audioLayerOf)),
    ...size,
  };
}

/** The page of its public JSON. */
export function pageOf(page: DesignPage): Page {
  const { id, elements, ...properties } = page;
  return { id, properties, elements: sequenceOf(elements), children: childrenOf(elements) };
}

/** The audio layer of its public JSON. */
export function audioLayerOf(layer: DesignAudioLayer): AudioLayer {
  const { id, clips, ...properties } = layer;
  return { id, properties, clips: sequenceOf(clips) };
}

/** The ids of the children of each element that has some. */
function childrenOf(elements: readonly DesignElement[]): Page["children"] {
  const children: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const { id, parentId } of elements) {
    if (typeof parentId === "string") (children[parentId] ??= []).push(id);
  }
  return Map(Object.entries(children).map(([id, ids]) => [id, Set(ids)] as const));
}
