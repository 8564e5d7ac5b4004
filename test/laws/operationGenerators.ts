/** Random operations that apply to a given design, told without asking the code under test. */
import type { Json, JsonObject } from "../../src/domain/json.js";
import type { Design, DesignElement } from "../../src/domain/document/design.js";
import type {
  OperationContent,
  OperationTarget,
  OperationType,
} from "../../src/domain/operations/operation.js";
import { operationTypes } from "../../src/domain/operations/registry.js";
import type { Draw } from "./generators.js";
import {
  chance,
  clipIds,
  drawAttributes,
  drawClip,
  drawElementBody,
  drawElements,
  drawNumber,
  drawPoints,
  drawProperties,
  drawSize,
  drawSome,
  drawText,
  drawValue,
  drawWord,
  elementIds,
  layerIds,
  pageIds,
  pick,
  propertyNames,
} from "./generators.js";
import { descendantsOf, plainText } from "./oracle.js";

type Drawn = Pick<OperationContent, "target" | "payload"> | undefined;

/** An operation of the type that applies to the design; undefined where the design has nothing to apply it to. */
export function drawOperationOf(
  draw: Draw,
  type: OperationType,
  design: Design,
): OperationContent | undefined {
  const drawn = draws[type](draw, design);
  return drawn === undefined ? undefined : { type, ...drawn };
}

/** An operation of any type that applies to the design. */
export function drawOperation(draw: Draw, design: Design): OperationContent {
  const drawn = drawOperationOf(draw, pick(draw, operationTypes), design);
  return drawn ?? { type: "UPDATE_CANVAS", target: {}, payload: { fill: drawValue(draw) } };
}

/** The operation with ids it may not find: for what must hold whether or not an operation applies. */
export function astray(draw: Draw, operation: OperationContent): OperationContent {
  const { pageId, elementId, audioLayerId, clipId } = operation.target;
  const target: OperationTarget = {
    ...(pageId === undefined ? {} : { pageId: pick(draw, pageIds) }),
    ...(elementId === undefined ? {} : { elementId: pick(draw, elementIds) }),
    ...(audioLayerId === undefined ? {} : { audioLayerId: pick(draw, layerIds) }),
    ...(clipId === undefined ? {} : { clipId: pick(draw, clipIds) }),
  };
  return { ...operation, target };
}

const draws: Record<OperationType, (draw: Draw, design: Design) => Drawn> = {
  ADD_ELEMENT: drawAddElement,
  MOVE_ELEMENT: onElement((draw) => ({ x: drawNumber(draw), y: drawNumber(draw) })),
  RESIZE_ELEMENT: onElement((draw) => ({
    width: drawSize(draw),
    height: drawSize(draw),
    ...(chance(draw) ? { x: drawNumber(draw) } : {}),
    ...(chance(draw) ? { y: drawNumber(draw) } : {}),
  })),
  ROTATE_ELEMENT: onElement((draw) => ({ rotation: drawNumber(draw) })),
  UPDATE_ELEMENT_PROPS: onElement((draw) => ({
    ...drawChanges(draw),
    ...(chance(draw) ? { text: chance(draw) ? drawText(draw) : null } : {}),
    ...(chance(draw) ? { width: chance(draw) ? drawSize(draw) : null } : {}),
    ...(chance(draw) ? { x: drawNumber(draw) } : {}),
  })),
  DELETE_ELEMENT: onElement(() => null),
  REORDER_ELEMENT: onElement(drawReorder),
  EDIT_TEXT: onElement((draw, element) => ({ delta: drawDelta(draw, element["text"] ?? "") })),
  EXTEND_STROKE: onElement(drawExtension),
  ADD_PAGE: (draw, { pages }) => {
    const pageId = drawNew(draw, pageIds, pages);
    if (pageId === undefined) return undefined;
    const elements = chance(draw) ? { elements: drawElements(draw) } : {};
    return { target: { pageId }, payload: { ...drawAdded(draw, pages), ...elements } };
  },
  UPDATE_PAGE: onPage((draw) => drawChanges(draw)),
  DELETE_PAGE: onPage(() => null),
  CLEAR_PAGE: onPage((draw) => ({ elementIds: drawSome(draw, elementIds) })),
  REORDER_PAGES: (draw) => ({ target: {}, payload: { pageIds: drawSome(draw, pageIds) } }),
  UPDATE_CANVAS: (draw) => ({ target: {}, payload: drawChanges(draw) }),
  ADD_AUDIO_LAYER: (draw, { audioLayers }) => {
    const audioLayerId = drawNew(draw, layerIds, audioLayers);
    if (audioLayerId === undefined) return undefined;
    const clips = drawSome(draw, clipIds).map((id) => drawClip(draw, id));
    return { target: { audioLayerId }, payload: { ...drawAdded(draw, audioLayers), clips } };
  },
  UPDATE_AUDIO_LAYER: onLayer((draw) => drawChanges(draw)),
  DELETE_AUDIO_LAYER: onLayer(() => null),
  REORDER_AUDIO_LAYER: (draw, { audioLayers }) => {
    if (audioLayers.length === 0) return undefined;
    const { id } = pick(draw, audioLayers);
    return { target: { audioLayerId: id }, payload: drawNeighbour(draw, layerIds, id) };
  },
  ADD_AUDIO_CLIP: drawAddClip,
  UPDATE_AUDIO_CLIP: onClip((draw) => ({ ...drawChanges(draw), start: drawSize(draw) })),
  DELETE_AUDIO_CLIP: onClip(() => null),
  REORDER_AUDIO_CLIP: (draw, design) => {
    const drawn = onClip(() => null)(draw, design);
    const clipId = drawn?.target.clipId;
    if (drawn === undefined || clipId === undefined) return undefined;
    return { ...drawn, payload: drawNeighbour(draw, clipIds, clipId) };
  },
};

function onPage(payload: (draw: Draw) => JsonObject | null) {
  return (draw: Draw, { pages }: Design): Drawn => {
    if (pages.length === 0) return undefined;
    return { target: { pageId: pick(draw, pages).id }, payload: payload(draw) };
  };
}

function onElement(
  payload: (draw: Draw, element: DesignElement, page: Design["pages"][number]) => JsonObject | null,
) {
  return (draw: Draw, design: Design): Drawn => {
    const pages = design.pages.filter(({ elements }) => elements.length > 0);
    if (pages.length === 0) return undefined;
    const page = pick(draw, pages);
    const element = pick(draw, page.elements);
    return {
      target: { pageId: page.id, elementId: element.id },
      payload: payload(draw, element, page),
    };
  };
}

function onLayer(payload: (draw: Draw) => JsonObject | null) {
  return (draw: Draw, { audioLayers }: Design): Drawn => {
    if (audioLayers.length === 0) return undefined;
    return { target: { audioLayerId: pick(draw, audioLayers).id }, payload: payload(draw) };
  };
}

function onClip(payload: (draw: Draw) => JsonObject | null) {
  return (draw: Draw, design: Design): Drawn => {
    const layers = design.audioLayers.filter(({ clips }) => clips.length > 0);
    if (layers.length === 0) return undefined;
    const layer = pick(draw, layers);
    const target = { audioLayerId: layer.id, clipId: pick(draw, layer.clips).id };
    return { target, payload: payload(draw) };
  };
}

function drawAddElement(draw: Draw, { pages }: Design): Drawn {
  if (pages.length === 0) return undefined;
  const page = pick(draw, pages);
  const elementId = drawNew(draw, elementIds, page.elements);
  if (elementId === undefined) return undefined;
  const inside = page.elements.length > 0 && chance(draw);
  const parent = inside ? { parentId: pick(draw, page.elements).id } : {};
  const payload = { ...drawElementBody(draw), ...parent, ...drawPlace(draw, elementIds) };
  return { target: { pageId: page.id, elementId }, payload };
}

function drawAddClip(draw: Draw, { audioLayers }: Design): Drawn {
  if (audioLayers.length === 0) return undefined;
  const layer = pick(draw, audioLayers);
  const clipId = drawNew(draw, clipIds, layer.clips);
  if (clipId === undefined) return undefined;
  const { id: _, ...clip } = drawClip(draw, clipId);
  const payload = { ...clip, ...drawPlace(draw, clipIds) };
  return { target: { audioLayerId: layer.id, clipId }, payload };
}

function drawReorder(
  draw: Draw,
  element: DesignElement,
  { elements }: Design["pages"][number],
): JsonObject {
  const inside = descendantsOf(elements, element.id);
  const parents = elements.map(({ id }) => id).filter((id) => !inside.has(id));
  const neighbours = elementIds.filter((id) => id !== element.id);
  const parentId = pick(draw, [null, ...parents]);
  const afterId = pick(draw, [null, ...neighbours]);
  return pick<JsonObject>(draw, [{ parentId }, { afterId }, { parentId, afterId }]);
}

/** Points to append, or in the place of the last ones. */
function drawExtension(draw: Draw, { points = [] }: DesignElement): JsonObject {
  const length = (points as readonly Json[]).length;
  if (chance(draw)) return { points: drawPoints(draw) };
  const from = pick(draw, [0, Math.max(0, length - 1), length]);
  return { from, points: chance(draw) ? [] : drawPoints(draw) };
}

/** A delta that fits the text and splits no character. */
export function drawDelta(draw: Draw, text: Json): Json {
  const characters = [...plainText(text)];
  const delta: JsonObject[] = [];
  let position = 0;
  while (position < characters.length && delta.length < 5) {
    if (chance(draw)) delta.push(styled({ insert: drawWord(draw) }, drawAttributes(draw)));
    const count = pick(draw, [1, 2, characters.length - position]);
    const taken = characters.slice(position, position + count).join("").length;
    position += count;
    if (chance(draw)) delta.push({ delete: taken });
    else delta.push(styled({ retain: taken }, drawAttributeChange(draw)));
  }
  if (chance(draw)) delta.push({ insert: drawWord(draw) });
  return delta;
}

function drawAttributeChange(draw: Draw): JsonObject | undefined {
  return chance(draw) ? { bold: null, color: "#f00" } : drawAttributes(draw);
}

function styled(step: JsonObject, attributes: JsonObject | undefined): JsonObject {
  return attributes === undefined ? step : { ...step, attributes };
}

/** Changes of open properties; null removes. At least one. */
function drawChanges(draw: Draw): JsonObject {
  const names = drawSome(draw, propertyNames).slice(0, 2);
  const changes = names.map((name) => [name, drawValue(draw)] as const);
  return { fill: drawValue(draw), ...Object.fromEntries(changes) };
}

/** The open properties and the place of a new page or layer; a null property is left out when it is stored. */
function drawAdded(draw: Draw, siblings: readonly { readonly id: string }[]): JsonObject {
  const ids = siblings.map(({ id }) => id);
  return { ...drawProperties(draw), label: null, ...drawPlace(draw, ["gone", ...ids]) };
}

function drawPlace(draw: Draw, neighbours: readonly string[]): { afterId?: string | null } {
  return chance(draw) ? {} : { afterId: pick(draw, [null, ...neighbours]) };
}

/** A neighbour, there or not, or the bottom. */
function drawNeighbour(draw: Draw, neighbours: readonly string[], id: string): JsonObject {
  return { afterId: pick(draw, [null, "gone", ...neighbours.filter((other) => other !== id)]) };
}

function drawNew(
  draw: Draw,
  pool: readonly string[],
  present: readonly { readonly id: string }[],
): string | undefined {
  const free = pool.filter((id) => !present.some((other) => other.id === id));
  return free.length === 0 ? undefined : pick(draw, free);
}
