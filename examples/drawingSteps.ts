/**
 * The operations by which a person would draw a design: a page, then each element roughly in place, dragged to its
 * size, moved, rotated, styled, its text typed word by word, its freehand stroke drawn a few points at a time.
 *
 * | of the design                      | operations                                                          |
 * | ---------------------------------- | ------------------------------------------------------------------- |
 * | canvas                             | UPDATE_CANVAS                                                       |
 * | page                               | ADD_PAGE with its properties, empty                                 |
 * | element, group, frame              | ADD_ELEMENT with type, x and y in whole units, and `parentId`       |
 * | x, y between whole units           | MOVE_ELEMENT                                                        |
 * | width, height                      | RESIZE_ELEMENT                                                      |
 * | rotation                           | ROTATE_ELEMENT                                                      |
 * | other properties, points of a line | UPDATE_ELEMENT_PROPS                                                |
 * | text                               | EDIT_TEXT, one per word                                             |
 * | points of a stroke                 | EXTEND_STROKE, ten points at a time                                 |
 */
import type { Design, DesignElement } from "../src/domain/document/design.js";
import type { Json, JsonObject } from "../src/domain/json.js";
import type { OperationContent } from "../src/domain/operations/operation.js";

const POINTS_PER_STEP = 10;

/** What drawing starts on. */
export const blankDesign: Design = { canvas: {}, pages: [], audioLayers: [] };

/** The operations that lead from the blank design to this one, in order. */
export function* drawingSteps(design: Design): Generator<OperationContent> {
  if (Object.keys(design.canvas).length > 0) {
    yield { type: "UPDATE_CANVAS", target: {}, payload: design.canvas };
  }
  for (const { id: pageId, elements, ...properties } of design.pages) {
    yield { type: "ADD_PAGE", target: { pageId }, payload: properties as JsonObject };
    for (const element of elements) yield* elementSteps(pageId, element);
  }
}

function* elementSteps(pageId: string, element: DesignElement): Generator<OperationContent> {
  const { id: elementId, type, x, y, width, height, rotation, parentId, ...rest } = element;
  const target = { pageId, elementId };
  const isStroke = type === "stroke" && Array.isArray(rest["points"]);
  const isText = typeof rest["text"] === "string";
  const { points, text, ...style } = rest;
  const [draftX, draftY] = [Math.round(x), Math.round(y)];
  yield {
    type: "ADD_ELEMENT",
    target,
    payload: {
      type,
      x: draftX,
      y: draftY,
      ...(parentId === undefined ? {} : { parentId }),
      ...(isText ? { text: "" } : {}),
      ...(isStroke ? { points: [] } : {}),
    },
  };
  if (width !== undefined && height !== undefined) {
    yield { type: "RESIZE_ELEMENT", target, payload: { width, height } };
  }
  if (x !== draftX || y !== draftY) yield { type: "MOVE_ELEMENT", target, payload: { x, y } };
  if (rotation !== undefined) yield { type: "ROTATE_ELEMENT", target, payload: { rotation } };
  const properties = {
    ...style,
    ...(isStroke || points === undefined ? {} : { points }),
    ...(isText || text === undefined ? {} : { text }),
  };
  if (Object.keys(properties).length > 0) {
    yield { type: "UPDATE_ELEMENT_PROPS", target, payload: properties };
  }
  if (typeof text === "string") yield* typingSteps(target, text);
  if (isStroke) yield* strokeSteps(target, points as readonly Json[]);
}

function* typingSteps(target: OperationContent["target"], text: string) {
  let typed = 0;
  for (const word of text.match(/\s*\S+\s*$|\s*\S+|\s+/g) ?? []) {
    const delta: JsonObject[] = typed === 0 ? [] : [{ retain: typed }];
    delta.push({ insert: word });
    yield { type: "EDIT_TEXT", target, payload: { delta } } satisfies OperationContent;
    typed += word.length;
  }
}

function* strokeSteps(target: OperationContent["target"], points: readonly Json[]) {
  for (let start = 0; start < points.length; start += POINTS_PER_STEP) {
    const payload = { points: points.slice(start, start + POINTS_PER_STEP) };
    yield { type: "EXTEND_STROKE", target, payload } satisfies OperationContent;
  }
}
