/** From whatever a client sends as `designData` to a design that the engine can hold. */
import { failure, success } from "../result.js";
import type { Result } from "../result.js";
import type { Json, JsonObject } from "../json.js";
import type { DomainLimits } from "../limits.js";
import { finished, type Steps } from "../steps.js";
import { normalText } from "../text/richText.js";
import type { RichText } from "../text/richText.js";
import {
  type Design,
  type DesignAudioLayer,
  type DesignElement,
  type DesignPage,
  POSITION_REFUSED,
} from "./design.js";
import { checkElementShape } from "./elementShape.js";
import { storedProperties } from "./properties.js";
import { jsonSizeSteps } from "./size.js";
import { checkId, checkPropertiesSteps, isPlainObject } from "./validation.js";
import type { JsonIssue } from "./validation.js";

type Loose = { readonly [key: string]: unknown };
type Check = (node: Loose, path: readonly string[], issues: DesignIssues) => Steps<void>;

/** Elements, clips and the like that are looked at in one step. */
const NODES_AT_ONCE = 100;

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
  return finished(parseDesignSteps(value, limits, issuesMax));
}

/** As `parseDesign`, in steps. */
export function* parseDesignSteps(
  value: unknown,
  limits: DomainLimits,
  issuesMax = DESIGN_ISSUES_MAX,
): Steps<Result<Design, DesignIssue>> {
  const issues = new DesignIssues(issuesMax);
  yield* checkDesign(value, limits, issues);
  const [first] = issues.all;
  if (first !== undefined) return failure({ ...first, all: issues.all });
  const design = yield* normalDesign(value as Loose);
  const issue = yield* sizeIssue(design, limits);
  return issue === undefined ? success(design) : failure({ ...issue, all: [issue] });
}

function* sizeIssue(design: Design, limits: DomainLimits): Steps<JsonIssue | undefined> {
  const { bytes, values } = yield* jsonSizeSteps(design as unknown as Json);
  if (bytes > limits.documentBytesMax) {
    return tooLarge(`must be at most ${limits.documentBytesMax} bytes`, []);
  }
  if (values > limits.documentValuesMax) {
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

function* checkDesign(value: unknown, limits: DomainLimits, issues: DesignIssues): Steps<void> {
  if (!isPlainObject(value)) {
    issues.add(invalid("must be an object", []));
    return;
  }
  for (const key of Object.keys(value)) {
    if (topLevel.has(key)) continue;
    if (issues.isFull) return;
    issues.add(invalid("is none of canvas, pages, audioLayers", [key]));
  }
  issues.add(yield* checkPropertiesSteps(value["canvas"] ?? {}, [], limits, ["canvas"]));
  const { pagesPerDocumentMax, audioLayersPerDocumentMax } = limits;
  const list = { limits, issues };
  yield* checkList(value["pages"], pagesPerDocumentMax, list, ["pages"], checkPage(limits));
  yield* checkList(
    value["audioLayers"],
    audioLayersPerDocumentMax,
    list,
    ["audioLayers"],
    checkLayer(limits),
  );
}

const topLevel: ReadonlySet<string> = new Set(["canvas", "pages", "audioLayers"]);

function checkPage(limits: DomainLimits): Check {
  const element: Check = function* (node, at, issues) {
    const found = yield* checkPropertiesSteps(node, ["id"], limits, at);
    issues.add(found ?? checkElementShape(node, at));
  };
  return function* (page, path, issues) {
    const own = yield* checkPropertiesSteps(page, ["id", "elements"], limits, path);
    issues.add(own ?? checkName(page, path));
    const found = issues.all.length;
    const elements = [...path, "elements"];
    const { elementsPerPageMax } = limits;
    yield* checkList(page["elements"], elementsPerPageMax, { limits, issues }, elements, element);
    // The tree of elements is told only where each of them is one.
    if (issues.all.length > found) return;
    yield* checkParents((page["elements"] ?? []) as readonly Loose[], elements, issues);
  };
}

function checkLayer(limits: DomainLimits): Check {
  const clip: Check = function* (node, at, issues) {
    issues.add(
      (yield* checkPropertiesSteps(node, ["id"], limits, at)) ??
        checkSeconds(node, "start", at) ??
        checkSeconds(node, "duration", at),
    );
  };
  return function* (layer, path, issues) {
    const own = yield* checkPropertiesSteps(layer, ["id", "clips"], limits, path);
    issues.add(own ?? checkName(layer, path));
    const { clipsPerAudioLayerMax } = limits;
    const clips = [...path, "clips"];
    yield* checkList(layer["clips"], clipsPerAudioLayerMax, { limits, issues }, clips, clip);
  };
}

/** A list of nodes with ids that differ; absent is empty. */
function* checkList(
  list: unknown,
  max: number,
  { limits, issues }: { readonly limits: DomainLimits; readonly issues: DesignIssues },
  path: readonly string[],
  check: Check,
): Steps<void> {
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
    if (index % NODES_AT_ONCE === NODES_AT_ONCE - 1) yield;
    if (!issues.add(checkId(id, limits, [...at, "id"]))) yield* check(node, at, issues);
    if (issues.all.length > found) continue;
    if (ids.has(id)) issues.add(invalid("must differ from the ids before it", [...at, "id"]));
    // In operations the name stands for a place, so no operation could carry a property of that name.
    else if (node["afterId"] !== undefined)
      issues.add(invalid("must be absent", [...at, "afterId"]));
    else if (typeof node["position"] === "number")
      issues.add(invalid(POSITION_REFUSED, [...at, "position"]));
    ids.add(id);
  }
}

/** Every parent is there, and following parents ends: each element is walked over once in all. */
function* checkParents(
  elements: readonly Loose[],
  path: readonly string[],
  issues: DesignIssues,
): Steps<void> {
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
    if (index % NODES_AT_ONCE === NODES_AT_ONCE - 1) yield;
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
function* normalDesign(value: Loose): Steps<Design> {
  const pages: DesignPage[] = [];
  for (const page of (value["pages"] ?? []) as readonly DesignPage[]) {
    pages.push(yield* normalPage(page));
  }
  return {
    canvas: storedProperties((value["canvas"] ?? {}) as JsonObject),
    pages,
    audioLayers: ((value["audioLayers"] ?? []) as readonly DesignAudioLayer[]).map(normalLayer),
  };
}

function* normalPage(page: DesignPage): Steps<DesignPage> {
  const elements: DesignElement[] = [];
  for (const element of (page["elements"] ?? []) as readonly DesignElement[]) {
    elements.push(normalElement(element));
    if (elements.length % NODES_AT_ONCE === 0) yield;
  }
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
