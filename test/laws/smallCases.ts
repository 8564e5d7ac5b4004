/** A small design, and for every type a few operations on it that meet those of the others in each way they can. */
import type { Design } from "../../src/domain/document/design.js";
import type { JsonObject } from "../../src/domain/json.js";
import type {
  OperationContent,
  OperationTarget,
  OperationType,
} from "../../src/domain/operations/operation.js";

/** A group with a group and an element in it, a text, a stroke; two pages; two layers with clips. */
export const smallCaseDesign: Design = {
  canvas: { fill: "white" },
  pages: [
    {
      id: "p1",
      fill: "grey",
      elements: [
        { id: "group", type: "group", x: 0, y: 0 },
        { id: "inner", type: "group", x: 1, y: 1, parentId: "group" },
        { id: "leaf", type: "rect", x: 2, y: 2, parentId: "inner", fill: "red" },
        { id: "text", type: "text", x: 3, y: 3, text: "a😀b" },
        { id: "stroke", type: "stroke", x: 4, y: 4, points: [[0, 0]] },
      ],
    },
    { id: "p2", elements: [{ id: "leaf", type: "rect", x: 0, y: 0 }] },
    { id: "p3", elements: [] },
  ],
  audioLayers: [
    { id: "l1", clips: [{ id: "c1", start: 0 }, { id: "c2" }] },
    { id: "l2", clips: [] },
  ],
};

type Case = readonly [target: OperationTarget, payload: JsonObject | null];

const on = (elementId: string, pageId = "p1") => ({ pageId, elementId });
const rect = { type: "rect", x: 9, y: 9 };

const cases: Record<OperationType, readonly Case[]> = {
  ADD_ELEMENT: [
    [on("new"), { ...rect }],
    [on("new"), { ...rect, afterId: "leaf", parentId: "group" }],
    [on("other"), { ...rect, afterId: "leaf" }],
    [on("other"), { ...rect, afterId: null, parentId: "inner" }],
    [on("other", "p2"), { ...rect, afterId: "leaf" }],
  ],
  MOVE_ELEMENT: [
    [on("leaf"), { x: 20, y: 20 }],
    [on("group"), { x: 21, y: 21 }],
    [on("leaf", "p2"), { x: 22, y: 22 }],
  ],
  RESIZE_ELEMENT: [
    [on("leaf"), { width: 5, height: 5 }],
    [on("leaf"), { width: 6, height: 6, x: 30 }],
    [on("inner"), { width: 7, height: 7, y: 31 }],
  ],
  ROTATE_ELEMENT: [
    [on("leaf"), { rotation: 40 }],
    [on("group"), { rotation: 41 }],
  ],
  UPDATE_ELEMENT_PROPS: [
    [on("leaf"), { fill: "blue" }],
    [on("leaf"), { fill: null, opacity: 1 }],
    [on("leaf"), { x: 50, rotation: 51 }],
    [on("text"), { text: "new" }],
    [on("text"), { fill: "green" }],
    [on("stroke"), { points: [[5, 5]] }],
    [on("leaf", "p2"), { opacity: 0 }],
  ],
  DELETE_ELEMENT: [
    [on("leaf"), null],
    [on("inner"), null],
    [on("group"), null],
    [on("text"), null],
    [on("stroke"), null],
    [on("leaf", "p2"), null],
  ],
  REORDER_ELEMENT: [
    [on("leaf"), { afterId: "text" }],
    [on("leaf"), { parentId: null }],
    [on("leaf"), { parentId: "group", afterId: null }],
    [on("inner"), { parentId: null }],
    [on("text"), { afterId: "leaf" }],
    [on("text"), { parentId: "leaf" }],
    [on("group"), { parentId: "text" }],
    [on("stroke"), { parentId: "inner", afterId: "group" }],
  ],
  EDIT_TEXT: [
    [on("text"), { delta: [{ retain: 1 }, { insert: "X" }] }],
    [on("text"), { delta: [{ retain: 1 }, { insert: "Y" }, { delete: 2 }, { insert: "Z" }] }],
    [on("text"), { delta: [{ retain: 3, attributes: { bold: true } }, { delete: 1 }] }],
    [on("text"), { delta: [{ retain: 4, attributes: { bold: "very" } }, { insert: "!" }] }],
    [on("leaf"), { delta: [{ insert: "first" }] }],
    [on("leaf"), { delta: [{ insert: "also", attributes: { bold: true } }] }],
  ],
  EXTEND_STROKE: [
    [on("stroke"), { points: [[1, 1]] }],
    [on("stroke"), { points: [[2, 2, 0.5]] }],
    [on("leaf"), { points: [[3, 3]] }],
    [on("stroke"), { points: [], from: 0 }],
    [on("stroke"), { points: [[4, 4]], from: 0 }],
    [on("stroke"), { points: [[6, 6]], from: 1 }],
  ],
  ADD_PAGE: [
    [{ pageId: "new" }, { name: "new" }],
    [{ pageId: "new" }, { elements: [{ id: "leaf", ...rect }], afterId: "p1" }],
    [{ pageId: "other" }, { afterId: "p1" }],
    [{ pageId: "other" }, { afterId: null }],
  ],
  UPDATE_PAGE: [
    [{ pageId: "p1" }, { fill: "blue" }],
    [{ pageId: "p1" }, { fill: null, name: "n" }],
    [{ pageId: "p2" }, { fill: "red" }],
  ],
  DELETE_PAGE: [
    [{ pageId: "p1" }, null],
    [{ pageId: "p2" }, null],
  ],
  REORDER_PAGES: [
    [{}, { pageIds: ["p2", "p1", "p3"] }],
    [{}, { pageIds: ["p3", "p1"] }],
    [{}, { pageIds: ["p3", "gone", "p2", "p1"] }],
  ],
  CLEAR_PAGE: [
    [{ pageId: "p1" }, {}],
    [{ pageId: "p1" }, { elementIds: ["leaf", "text"] }],
    [{ pageId: "p1" }, { elementIds: ["inner"] }],
    [{ pageId: "p1" }, { elementIds: ["group", "inner"] }],
    [{ pageId: "p1" }, { elementIds: ["new"] }],
    [{ pageId: "p3" }, {}],
  ],
  UPDATE_CANVAS: [
    [{}, { fill: "black" }],
    [{}, { fill: null, width: 7 }],
    [{}, { height: 8 }],
  ],
  ADD_AUDIO_LAYER: [
    [{ audioLayerId: "new" }, { name: "n" }],
    [{ audioLayerId: "new" }, { clips: [{ id: "c1" }], afterId: "l1" }],
    [{ audioLayerId: "other" }, { afterId: "l1" }],
  ],
  UPDATE_AUDIO_LAYER: [
    [{ audioLayerId: "l1" }, { name: "n" }],
    [{ audioLayerId: "l1" }, { name: null, volume: 1 }],
  ],
  DELETE_AUDIO_LAYER: [
    [{ audioLayerId: "l1" }, null],
    [{ audioLayerId: "l2" }, null],
  ],
  REORDER_AUDIO_LAYER: [
    [{ audioLayerId: "l1" }, { afterId: "l2" }],
    [{ audioLayerId: "l2" }, { afterId: null }],
    [{ audioLayerId: "l2" }, { afterId: "gone" }],
  ],
  ADD_AUDIO_CLIP: [
    [
      { audioLayerId: "l1", clipId: "new" },
      { start: 1, afterId: "c1" },
    ],
    [
      { audioLayerId: "l1", clipId: "other" },
      { start: 2, afterId: "c1" },
    ],
    [{ audioLayerId: "l2", clipId: "new" }, {}],
  ],
  UPDATE_AUDIO_CLIP: [
    [{ audioLayerId: "l1", clipId: "c1" }, { start: 3 }],
    [
      { audioLayerId: "l1", clipId: "c1" },
      { start: null, src: "s" },
    ],
    [{ audioLayerId: "l1", clipId: "c2" }, { start: 4 }],
  ],
  DELETE_AUDIO_CLIP: [
    [{ audioLayerId: "l1", clipId: "c1" }, null],
    [{ audioLayerId: "l1", clipId: "c2" }, null],
  ],
  REORDER_AUDIO_CLIP: [
    [{ audioLayerId: "l1", clipId: "c1" }, { afterId: "c2" }],
    [{ audioLayerId: "l1", clipId: "c1" }, { afterId: "gone" }],
    [{ audioLayerId: "l1", clipId: "c2" }, { afterId: null }],
  ],
};

/** The operations of a type; each applies to the small design. */
export function smallCasesOf(type: OperationType): OperationContent[] {
  return cases[type].map(([target, payload]) => ({ type, target, payload }));
}
