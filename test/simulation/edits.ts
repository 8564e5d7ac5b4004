/** Edits that apply to a document, drawn so that clients meet on the same few things. */
import type { Design, DesignElement, DesignPage } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { unbounded } from "../../src/domain/limits.js";
import type { Json } from "../../src/domain/json.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import {
  applyOperation,
  parseOperation,
  settleOperation,
} from "../../src/domain/operations/registry.js";
import type { Random } from "./random.js";

/** Where every simulated template begins. */
export const startDesign: Design = {
  canvas: { width: 800, height: 600 },
  pages: [
    {
      id: "p1",
      elements: [
        { id: "a", type: "rect", x: 0, y: 0, width: 10, height: 10 },
        { id: "b", type: "text", x: 50, y: 0, text: "two words" },
        { id: "c", type: "stroke", x: 0, y: 50, points: [[0, 0]] },
      ],
    },
    { id: "p2", elements: [{ id: "g", type: "frame", x: 0, y: 0, width: 100, height: 100 }] },
  ],
  audioLayers: [{ id: "l1", clips: [{ id: "c1", start: 0, duration: 5 }] }],
};

const newIds = ["a", "b", "c", "d", "e", "f", "g"] as const;
const colours = ["red", "green", "blue"] as const;

/** A few operations, each of which applies to what the ones before it leave. */
export function drawEdits(random: Random, document: Document): OperationContent[] {
  const contents: OperationContent[] = [];
  let current = document;
  for (let count = random.pick([1, 1, 1, 2, 4]); count > 0; count -= 1) {
    const content = drawEdit(random, designOf(current));
    const parsed = parseOperation(content, unbounded);
    if (!parsed.ok) throw new Error(`${content.type} is refused: ${parsed.error.message}`);
    const settled = settleOperation(current, parsed.value);
    const applied = applyOperation(current, settled, unbounded);
    if (!applied.ok) continue;
    current = applied.value;
    contents.push(content);
  }
  if (contents.length > 0) return contents;
  return [{ type: "UPDATE_CANVAS", target: {}, payload: { fill: random.pick(colours) } }];
}

function drawEdit(random: Random, design: Design): OperationContent {
  const pages = design.pages.filter(({ elements }) => elements.length > 0);
  const roll = random.next();
  if (roll < 0.12 || pages.length === 0) return drawOther(random, design);
  const page = random.pick(pages);
  if (roll < 0.3) return drawAdd(random, page);
  return drawElementEdit(random, page, random.pick(page.elements));
}

function drawAdd(random: Random, page: DesignPage): OperationContent {
  const taken = new Set(page.elements.map(({ id }) => id));
  const id = random.pick(newIds);
  if (taken.has(id)) return drawElementEdit(random, page, random.pick(page.elements));
  const parent = random.chance(0.3) ? { parentId: random.pick(page.elements).id } : {};
  const place = random.chance(0.5) ? { afterId: random.pick(newIds) } : {};
  return {
    type: "ADD_ELEMENT",
    target: { pageId: page.id, elementId: id },
    payload: { type: "rect", x: random.between(0, 9), y: 0, ...parent, ...place },
  };
}

function drawElementEdit(
  random: Random,
  { id: pageId, elements }: DesignPage,
  element: DesignElement,
): OperationContent {
  const target = { pageId, elementId: element.id };
  const number = random.between(0, 500);
  switch (random.between(0, 9)) {
    case 0:
      return { type: "DELETE_ELEMENT", target, payload: null };
    case 1:
      return { type: "RESIZE_ELEMENT", target, payload: { width: number, height: 5 } };
    case 2:
      return { type: "ROTATE_ELEMENT", target, payload: { rotation: number } };
    case 3: {
      const parentId = random.pick([null, ...elements.map(({ id }) => id)]);
      return { type: "REORDER_ELEMENT", target, payload: { parentId } };
    }
    case 4:
      return {
        type: "REORDER_ELEMENT",
        target,
        payload: { afterId: random.pick([null, ...newIds]) },
      };
    case 5:
    case 6:
      return { type: "EDIT_TEXT", target, payload: { delta: drawDelta(random, element["text"]) } };
    case 7:
      return {
        type: "UPDATE_ELEMENT_PROPS",
        target,
        payload: { fill: random.pick(colours), n: number },
      };
    case 8:
      if (element.type === "stroke") {
        return { type: "EXTEND_STROKE", target, payload: { points: [[number, 1]] } };
      }
      return {
        type: "UPDATE_ELEMENT_PROPS",
        target,
        payload: { fill: random.pick([...colours, null]) },
      };
    default:
      return { type: "MOVE_ELEMENT", target, payload: { x: number, y: 1 } };
  }
}

/** A delta that fits a text without attributes; any other gets an insert at its start. */
function drawDelta(random: Random, text: Json | undefined): Json {
  const word = random.pick(["x", "yes ", "é"]);
  const length = typeof text === "string" ? text.length : 0;
  const at = random.between(0, length);
  const before = at > 0 ? [{ retain: at }] : [];
  if (at < length && random.chance(0.4)) {
    return [...before, { delete: random.between(1, Math.min(3, length - at)) }];
  }
  if (at < length && random.chance(0.1)) {
    return [...before, { retain: 1, attributes: { bold: true } }];
  }
  return [...before, { insert: word }];
}

function drawOther(random: Random, { pages, audioLayers }: Design): OperationContent {
  const fill = random.pick(colours);
  const pageId = pages.length > 0 ? random.pick(pages).id : "p1";
  switch (random.between(0, 8)) {
    case 0:
    case 1:
      return {
        type: "ADD_PAGE",
        target: { pageId: random.pick(["p1", "p2", "p3"]) },
        payload: { elements: [{ id: random.pick(newIds), type: "rect", x: 1, y: 1 }] },
      };
    case 2:
      return { type: "DELETE_PAGE", target: { pageId }, payload: null };
    case 3:
      return { type: "CLEAR_PAGE", target: { pageId }, payload: null };
    case 4:
      return {
        type: "REORDER_PAGES",
        target: {},
        payload: { pageIds: pages.map(({ id }) => id).toReversed() },
      };
    case 5:
      return { type: "UPDATE_PAGE", target: { pageId }, payload: { name: fill } };
    case 6: {
      const audioLayerId = audioLayers[0]?.id ?? "l1";
      const payload = { start: random.between(0, 9), duration: 1 };
      return {
        type: "ADD_AUDIO_CLIP",
        target: { audioLayerId, clipId: random.pick(["c1", "c2"]) },
        payload,
      };
    }
    case 7: {
      const target = { audioLayerId: audioLayers[0]?.id ?? "l1", clipId: "c1" };
      if (random.chance(0.3)) return { type: "DELETE_AUDIO_CLIP", target, payload: null };
      if (random.chance(0.3)) {
        return { type: "REORDER_AUDIO_CLIP", target, payload: { afterId: "c2" } };
      }
      return { type: "UPDATE_AUDIO_CLIP", target, payload: { start: random.between(0, 9) } };
    }
    default:
      return { type: "UPDATE_CANVAS", target: {}, payload: { fill } };
  }
}
