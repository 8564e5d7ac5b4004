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
type Check = (node: Loose, path: readonly string[], issues: DesignIssues) => void;

/** Wrong parts of a design that one answer names, at most. */
export const DESIGN_ISSUES_MAX = 20;

/** What is wrong with a design: the first part, and `all`, up to a bound. */
export interface DesignIssue extends JsonIssue {
  readonly all: readonly JsonIssue[];
}

/**
 * The design in normal form, or what is wrong with it, each path leading into the value; of one element, clip, page or
 * layer the first thing. The top level knows `canvas`, `pages` and `audioLayers`; what is absent is empty; a property of
 * canvas, page, element, layer or clip that is null is absent; texts come in normal form. Lists of nodes are shared where
 * nothing had to change.
 */
export function parseDesign(
  value: unknown,
  limits: DomainLimits,
  issuesMax = DESIGN_ISSUES_MAX,
): Result<Design, DesignIssue> {
  const issues = new DesignIssues(issuesMax);
  checkDesign(value, limits, issues);
  const [first] = issues.all;
  if (first !== undefined) return failure({ ...first, all: issues.all });
  const design = normalDesign(value as Loose);
  const issue = sizeIssue(design, limits);
  return issue === undefined ? success(design) : failure({ ...issue, all: [issue] });
}

function sizeIssue(design: Design, limits: DomainLimits): JsonIssue | undefined {
  if (jsonBytes(design) > limits.documentBytesMax) {
    return tooLarge(`must be at most ${limits.documentBytesMax} bytes`, []);
  }
  if (jsonValues(design as unknown as Json) > limits.documentValuesMax) {
    return tooLarge(`must hold at most ${limits.documentValuesMax} values`, []);
  }
  return undefined;
}

/** What was found so far. */
class DesignIssues {
  readonly all: JsonIssue[] = [];

  constructor(private readonly max: number) {}

  get isFull(): boolean {
    return this.all.length >= this.max;
  }

  /** Answers whether there was something to add. */
  add(issue: JsonIssue | undefined): boolean {
    if (issue === undefined) return false;
    if (!this.isFull) this.all.push(issue);
    return true;
  }
}

function checkDesign(value: unknown, limits: DomainLimits, issues: DesignIssues): void {
  if (!isPlainObject(value)) {
    issues.add(invalid("must be an object", []));
    return;
  }
  for (const key of Object.keys(value)) {
    if (topLevel.has(key)) continue;
    if (issues.isFull) return;
    issues.add(invalid("is none of canvas, pages, audioLayers", [key]));
  }
  issues.add(checkProperties(value["canvas"] ?? {}, [], limits, ["canvas"]));
  const { pagesPerDocumentMax, audioLayersPerDocumentMax } = limits;
  const list = { limits, issues };
  checkList(value["pages"], pagesPerDocumentMax, list, ["pages"], checkPage(limits));
  checkList(
    value["audioLayers"],
    audioLayersPerDocumentMax,
    list,
    ["audioLayers"],
    checkLayer(limits),
  );
}

const topLevel: ReadonlySet<string> = new Set(["canvas", "pages", "audioLayers"]);

function checkPage(limits: DomainLimits): Check {
  const element: Check = (node, at, issues) => {
    issues.add(checkProperties(node, ["id"], limits, at) ?? checkElementShape(node, at));
  };
  return (page, path, issues) => {
    issues.add(checkProperties(page, ["id", "elements"], limits, path) ?? checkName(page, path));
    const found = issues.all.length;
    const elements = [...path, "elements"];
    const { elementsPerPageMax } = limits;
    checkList(page["elements"], elementsPerPageMax, { limits, issues }, elements, element);
    // The tree of elements is told only where each of them is one.
    if (issues.all.length > found) return;
    checkParents((page["elements"] ?? []) as readonly Loose[], elements, issues);
  };
}

function checkLayer(limits: DomainLimits): Check {
  const clip: Check = (node, at, issues) => {
    issues.add(
      checkProperties(node, ["id"], limits, at) ??
        checkSeconds(node, "start", at) ??
        checkSeconds(node, "duration", at),
    );
  };
  return (layer, path, issues) => {
    issues.add(checkProperties(layer, ["id", "clips"], limits, path) ?? checkName(layer, path));
    const { clipsPerAudioLayerMax } = limits;
    const clips = [...path, "clips"];
    checkList(layer["clips"], clipsPerAudioLayerMax, { limits, issues }, clips, clip);
  };
}

/** A list of nodes with ids that differ; absent is empty. */
function checkList(
  list: unknown,
  max: number,
  { limits, issues }: { readonly limits: DomainLimits; readonly issues: DesignIssues },
  path: readonly string[],
  check: Check,
): void {
  if (list === undefined || list === null) return;
  if (!Array.isArray(list)) {
    issues.add(invalid("must be a list", path));
    return;
  }
  if (list.length > max) {
    issues.add(tooLarge(`must hold at most ${max}`, path));
    return;
  }
  const ids = new Set<unknown>();
  for (let index = 0; index < list.length && !issues.isFull; index += 1) {
    const node: unknown = list[index];
    const at = [...path, String(index)];
    if (!isPlainObject(node)) {
      issues.add(invalid("must be an object", at));
      continue;
    }
    const id = Object.hasOwn(node, "id") ? node["id"] : undefined;
    const found = issues.all.length;
    if (!issues.add(checkId(id, limits, [...at, "id"]))) check(node, at, issues);
    if (issues.all.length > found) continue;
    if (ids.has(id)) issues.add(invalid("must differ from the ids before it", [...at, "id"]));
    // In operations the name stands for a place, so no operation could carry a property of that name.
    else if (node["afterId"] !== undefined)
      issues.add(invalid("must be absent", [...at, "afterId"]));
    ids.add(id);
  }
}

/** Every parent is there, and following parents ends: each element is walked over once in all. */
function checkParents(
  elements: readonly Loose[],
  path: readonly string[],
  issues: DesignIssues,
): void {
  const parents = new Map(elements.map((element) => [element["id"], element["parentId"] ?? null]));
  const ending = new Set<unknown>([null]);
  for (const [index, element] of elements.entries()) {
    const at = [...path, String(index), "parentId"];
    const parentId = parents.get(element["id"]);
    if (parentId !== null && !parents.has(parentId)) {
      issues.add(invalid("must be the id of an element of the page", at));
      ending.add(element["id"]);
      continue;
    }
    const walk = new Set<unknown>();
    let id: unknown = element["id"];
    while (id !== undefined && !ending.has(id)) {
      if (walk.has(id)) {
        issues.add(invalid("must not lead back to the element itself", at));
        break;
      }
      walk.add(id);
      // One whose parent is missing is named in its own turn.
      id = parents.get(id);
    }
    for (const walked of walk) ending.add(walked);
  }
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
