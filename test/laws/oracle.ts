/**
 * What operations do, said once more on plain designs: by scanning lists and copying everything, character by
 * character, with none of the code under test. Slow and obvious. The operation must apply.
 */
import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { Design, DesignElement } from "../../src/domain/document/design.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";

type Node = { id: string; [key: string]: any };
type Draft = { canvas: any; pages: Node[]; audioLayers: Node[] };

/** The design after the operation. */
export function expectedDesign(design: Design, operation: OperationContent): Design {
  const draft = structuredClone(design) as unknown as Draft;
  change(draft, operation);
  return draft as unknown as Design;
}

/** The element's id and those of everything in it. */
export function descendantsOf(elements: readonly DesignElement[], id: string): Set<string> {
  const inside = new Set([id]);
  for (let size = 0; size !== inside.size;) {
    size = inside.size;
    for (const element of elements) {
      if (inside.has(element["parentId"] as string)) inside.add(element.id);
    }
  }
  return inside;
}

/** The characters of a text without their attributes. */
export function plainText(text: Json): string {
  if (typeof text === "string") return text;
  return (text as { insert: string }[]).map(({ insert }) => insert).join("");
}

function change(draft: Draft, { type, target, payload }: OperationContent): void {
  const page = draft.pages.find(({ id }) => id === target.pageId)!;
  const element = page?.["elements"].find(({ id }: Node) => id === target.elementId);
  const layer = draft.audioLayers.find(({ id }) => id === target.audioLayerId)!;
  const clip = layer?.["clips"].find(({ id }: Node) => id === target.clipId);
  const given = payload as any;
  switch (type) {
    case "ADD_ELEMENT":
      return insert(page["elements"], { id: target.elementId!, ...given });
    case "MOVE_ELEMENT":
    case "RESIZE_ELEMENT":
    case "ROTATE_ELEMENT":
    case "UPDATE_ELEMENT_PROPS":
      return set(element, given);
    case "DELETE_ELEMENT":
      return drop(page["elements"], descendantsOf(page["elements"], target.elementId!));
    case "REORDER_ELEMENT":
      return reorder(page["elements"], element, given);
    case "EDIT_TEXT":
      return editText(element, given.delta);
    case "EXTEND_STROKE":
      return set(element, {
        points: [...(element.points ?? []).slice(0, given.from), ...given.points],
      });
    case "ADD_PAGE":
      return insert(draft.pages, { id: target.pageId!, elements: [], ...given });
    case "UPDATE_PAGE":
      return set(page, given);
    case "DELETE_PAGE":
      return drop(draft.pages, new Set([page.id]));
    case "REORDER_PAGES":
      return reorderPages(draft, given.pageIds);
    case "CLEAR_PAGE":
      return clear(page, new Set(given.elementIds));
    case "UPDATE_CANVAS":
      return set(draft.canvas, given);
    case "ADD_AUDIO_LAYER":
      return insert(draft.audioLayers, { id: target.audioLayerId!, clips: [], ...given });
    case "UPDATE_AUDIO_LAYER":
      return set(layer, given);
    case "DELETE_AUDIO_LAYER":
      return drop(draft.audioLayers, new Set([layer.id]));
    case "REORDER_AUDIO_LAYER":
      return reorder(draft.audioLayers, layer, given);
    case "REORDER_AUDIO_CLIP":
      return reorder(layer["clips"], clip, given);
    case "ADD_AUDIO_CLIP":
      return insert(layer["clips"], { id: target.clipId!, ...given });
    case "UPDATE_AUDIO_CLIP":
      return set(clip, given);
    case "DELETE_AUDIO_CLIP":
      return drop(layer["clips"], new Set([clip.id]));
  }
}

function set(node: Record<string, Json>, changes: JsonObject): void {
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete node[key];
    else node[key] = value;
  }
}

function insert(list: Node[], { afterId, ...properties }: Node): void {
  const node = { id: properties.id };
  set(node, properties);
  const below = list.findIndex(({ id }) => id === afterId);
  if (afterId === null) list.unshift(node);
  else if (below < 0) list.push(node);
  else list.splice(below + 1, 0, node);
}

function drop(list: Node[], ids: ReadonlySet<string>): void {
  const kept = list.filter(({ id }) => !ids.has(id));
  list.splice(0, list.length, ...kept);
}

function clear(page: Node, ids: ReadonlySet<string>): void {
  const before: Node[] = page["elements"];
  const gone = new Set(before.map(({ id }) => id).filter((id) => ids.has(id)));
  drop(before, gone);
  for (const element of before) if (gone.has(element["parentId"])) delete element["parentId"];
}

function reorder(nodes: Node[], node: Node, place: JsonObject): void {
  if (place["parentId"] !== undefined) set(node, { parentId: place["parentId"] });
  if (place["afterId"] === undefined) return;
  drop(nodes, new Set([node.id]));
  insert(nodes, { ...node, afterId: place["afterId"] });
}

function reorderPages(draft: Draft, pageIds: readonly string[]): void {
  const before = draft.pages;
  const byId = (wanted: string) => before.find(({ id }) => id === wanted);
  const result = pageIds.flatMap((id) => byId(id) ?? []);
  // From the front, so that the page below each one already stands where it belongs.
  for (const [index, page] of before.entries()) {
    if (result.includes(page)) continue;
    const below = before[index - 1];
    result.splice(below === undefined ? 0 : result.indexOf(below) + 1, 0, page);
  }
  draft.pages = result;
}

interface Unit {
  unit: string;
  attributes: Record<string, Json>;
}

function editText(element: Node, delta: readonly any[]): void {
  const units: Unit[] = unitsOf(element["text"] ?? "");
  const result: Unit[] = [];
  for (const step of delta) {
    if (step.insert !== undefined) result.push(...unitsOf([step]));
    else if (step.delete !== undefined) units.splice(0, step.delete);
    else {
      for (const unit of units.splice(0, step.retain)) {
        set(unit.attributes, step.attributes ?? {});
        result.push(unit);
      }
    }
  }
  result.push(...units);
  if (element["text"] !== undefined || result.length > 0) element["text"] = textOf(result);
}

function unitsOf(text: Json): Unit[] {
  if (typeof text === "string") return unitsOf([{ insert: text }]);
  return (text as any[]).flatMap(({ insert: content, attributes }) =>
    Array.from({ length: content.length }, (_, index) => ({
      unit: content[index],
      attributes: structuredClone(attributes ?? {}),
    })),
  );
}

function textOf(units: readonly Unit[]): Json {
  const runs: { insert: string; attributes: JsonObject }[] = [];
  for (const { unit, attributes } of units) {
    const last = runs.at(-1);
    if (last !== undefined && isDeepStrictEqual(last.attributes, attributes)) last.insert += unit;
    else runs.push({ insert: unit, attributes });
  }
  if (runs.every(({ attributes }) => Object.keys(attributes).length === 0)) {
    return runs.map((run) => run.insert).join("");
  }
  return runs.map(({ insert: content, attributes }) =>
    Object.keys(attributes).length === 0 ? { insert: content } : { insert: content, attributes },
  );
}
