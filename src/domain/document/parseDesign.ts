/** From whatever a client sends as `designData` to a design that the engine can hold. */
import { failure, success } from "../result.js";
import type { Result } from "../result.js";
import type { Json, JsonObject } from "../json.js";
import type { DomainLimits } from "../limits.js";
import { normalText } from "../text/richText.js";
import type { RichText } from "../text/richText.js";
import { jsonBytes } from "./bytes.js";
import type { Design, DesignAudioLayer, DesignElement, DesignPage } from "./design.js";
import { checkElementShape } from "./elementShape.js";
import { storedProperties } from "./properties.js";
import { jsonValues } from "./size.js";
import { checkId, checkProperties, isPlainObject } from "./validation.js";
import type { JsonIssue } from "./validation.js";

type Loose = { readonly [key: string]: unknown };
type Check = (node: Loose, path: readonly string[]) => JsonIssue | undefined;

/**
 * The design in normal form, or the first thing that is wrong with it, `path` leading into the value. The top level
 * knows `canvas`, `pages` and `audioLayers`; what is absent is empty; a property of canvas, page, element, layer or
 * clip that is null is absent; texts come in normal form. Lists of nodes are shared where nothing had to change.
 */
export function parseDesign(value: unknown, limits: DomainLimits): Result<Design, JsonIssue> {
  const issue = checkDesign(value, limits);
  if (issue !== undefined) return failure(issue);
  const design = normalDesign(value as Loose);
  if (jsonBytes(design) > limits.documentBytesMax) {
    return failure(tooLarge(`must be at most ${limits.documentBytesMax} bytes`, []));
  }
  if (jsonValues(design as unknown as Json) > limits.documentValuesMax) {
    return failure(tooLarge(`must hold at most ${limits.documentValuesMax} values`, []));
  }
  return success(design);
}

function checkDesign(value: unknown, limits: DomainLimits): JsonIssue | undefined {
  if (!isPlainObject(value)) return invalid("must be an object", []);
  for (const key of Object.keys(value)) {
    if (!topLevel.has(key)) return invalid("is none of canvas, pages, audioLayers", [key]);
  }
  const page: Check = (node, path) => checkPage(node, limits, path);
  const layer: Check = (node, path) => checkLayer(node, limits, path);
  return (
    checkProperties(value["canvas"] ?? {}, [], limits, ["canvas"]) ??
    checkList(value["pages"], limits.pagesPerDocumentMax, limits, ["pages"], page) ??
    checkList(
      value["audioLayers"],
      limits.audioLayersPerDocumentMax,
      limits,
      ["audioLayers"],
      layer,
    )
  );
}

const topLevel: ReadonlySet<string> = new Set(["canvas", "pages", "audioLayers"]);

function checkPage(
  page: Loose,
  limits: DomainLimits,
  path: readonly string[],
): JsonIssue | undefined {
  const element: Check = (node, at) =>
    checkProperties(node, ["id"], limits, at) ?? checkElementShape(node, at);
  const elements = [...path, "elements"];
  return (
    checkProperties(page, ["id", "elements"], limits, path) ??
    checkName(page, path) ??
    checkList(page["elements"], limits.elementsPerPageMax, limits, elements, element) ??
    checkParents((page["elements"] ?? []) as readonly Loose[], elements)
  );
}

function checkLayer(
  layer: Loose,
  limits: DomainLimits,
  path: readonly string[],
): JsonIssue | undefined {
  const clip: Check = (node, at) =>
    checkProperties(node, ["id"], limits, at) ??
    checkSeconds(node, "start", at) ??
    checkSeconds(node, "duration", at);
  const clips = [...path, "clips"];
  return (
    checkProperties(layer, ["id", "clips"], limits, path) ??
    checkName(layer, path) ??
    checkList(layer["clips"], limits.clipsPerAudioLayerMax, limits, clips, clip)
  );
}

/** A list of nodes with ids that differ; absent is empty. */
function checkList(
  list: unknown,
  max: number,
  limits: DomainLimits,
  path: readonly string[],
  check: Check,
): JsonIssue | undefined {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) return invalid("must be a list", path);
  if (list.length > max) return tooLarge(`must hold at most ${max}`, path);
  const ids = new Set<unknown>();
  for (let index = 0; index < list.length; index += 1) {
    const node: unknown = list[index];
    const at = [...path, String(index)];
    if (!isPlainObject(node)) return invalid("must be an object", at);
    const id = Object.hasOwn(node, "id") ? node["id"] : undefined;
    const issue = checkId(id, limits, [...at, "id"]) ?? check(node, at);
    if (issue !== undefined) return issue;
    if (ids.has(id)) return invalid("must differ from the ids before it", [...at, "id"]);
    // In operations the name stands for a place, so no operation could carry a property of that name.
    if (node["afterId"] !== undefined) return invalid("must be absent", [...at, "afterId"]);
    ids.add(id);
  }
  return undefined;
}

/** Every parent is there, and following parents ends: each element is walked over once in all. */
function checkParents(elements: readonly Loose[], path: readonly string[]): JsonIssue | undefined {
  const parents = new Map(elements.map((element) => [element["id"], element["parentId"] ?? null]));
  const ending = new Set<unknown>([null]);
  for (const [index, element] of elements.entries()) {
    const at = [...path, String(index), "parentId"];
    const walk = new Set<unknown>();
    let id: unknown = element["id"];
    while (!ending.has(id)) {
      if (walk.has(id)) return invalid("must not lead back to the element itself", at);
      walk.add(id);
      id = parents.get(id);
      if (id === undefined) return invalid("must be the id of an element of the page", at);
    }
    for (const walked of walk) ending.add(walked);
  }
  return undefined;
}

function checkSeconds(clip: Loose, key: string, path: readonly string[]): JsonIssue | undefined {
  const value = clip[key] ?? 0;
  if (typeof value === "number" && value >= 0) return undefined;
  return invalid("must be a number of seconds, 0 or more", [...path, key]);
}

function checkName(node: Loose, path: readonly string[]): JsonIssue | undefined {
  if (typeof (node["name"] ?? "") === "string") return undefined;
  return invalid("must be a string", [...path, "name"]);
}

/** From here on the value was checked. */
function normalDesign(value: Loose): Design {
  return {
    canvas: storedProperties((value["canvas"] ?? {}) as JsonObject),
    pages: ((value["pages"] ?? []) as readonly DesignPage[]).map(normalPage),
    audioLayers: ((value["audioLayers"] ?? []) as readonly DesignAudioLayer[]).map(normalLayer),
  };
}

function normalPage(page: DesignPage): DesignPage {
  const elements = ((page["elements"] ?? []) as readonly DesignElement[]).map(normalElement);
  return { id: page.id, ...storedProperties(page, ["id", "elements"]), elements };
}

function normalLayer(layer: DesignAudioLayer): DesignAudioLayer {
  const clips = (layer["clips"] ?? []) as DesignAudioLayer["clips"];
  return {
    id: layer.id,
    ...storedProperties(layer, ["id", "clips"]),
    clips: clips.map((clip) => ({ id: clip.id, ...storedProperties(clip, ["id"]) })),
  };
}

/** The element as documents hold it: without nulls, its text in normal form. */
function normalElement(element: DesignElement): DesignElement {
  const { text } = element;
  const normal =
    text === undefined || text === null
      ? undefined
      : { text: normalText(text as unknown as RichText) };
  const stored = { id: element.id, ...storedProperties(element, ["id"]), ...normal };
  return stored as unknown as DesignElement;
}

function invalid(message: string, path: readonly string[]): JsonIssue {
  return { code: "INVALID", message, path };
}

function tooLarge(message: string, path: readonly string[]): JsonIssue {
  return { code: "TOO_LARGE", message, path };
}
