/** Small designs and operations on them, for cases that are written by hand. */
import type { Design } from "../../src/domain/document/design.js";
import type { JsonObject } from "../../src/domain/json.js";
import type { OperationContent, OperationType } from "../../src/domain/operations/operation.js";

export const rect = { type: "rect", x: 0, y: 0 };

export function designWith(...elements: readonly JsonObject[]): Design {
  const page = { id: "p", elements: elements.map((element) => ({ ...rect, ...element })) };
  return { canvas: {}, pages: [page], audioLayers: [] } as unknown as Design;
}

export function on(
  elementId: string,
  type: OperationType,
  payload: JsonObject | null = null,
): OperationContent {
  return { type, target: { pageId: "p", elementId }, payload };
}

export const clear = (...elementIds: string[]): OperationContent => ({
  type: "CLEAR_PAGE",
  target: { pageId: "p" },
  payload: { elementIds },
});

export const nested = designWith({ id: "g" }, { id: "c", parentId: "g" });
