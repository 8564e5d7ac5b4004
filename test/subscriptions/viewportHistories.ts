/** Random histories of small pages whose elements wander in and out of a viewport, with what each operation touches. */
import type { Design } from "../../src/domain/document/design.js";
import type { Document } from "../../src/domain/document/document.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import type { JsonObject } from "../../src/domain/json.js";
import { unbounded } from "../../src/domain/limits.js";
import type { Footprint } from "../../src/domain/operations/footprint.js";
import type { OperationContent } from "../../src/domain/operations/operation.js";
import {
  applyOperation,
  footprintOf,
  invertOperation,
  settleOperation,
} from "../../src/domain/operations/registry.js";

type Touching = OperationContent & { readonly footprint: Footprint };

const pages = ["p1", "p2"];
const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];

export class History {
  readonly #random: () => number;
  #document: Document;
  #undoable: (readonly OperationContent[])[] = [];

  constructor(random: () => number) {
    this.#random = random;
    this.#document = documentOf({
      canvas: {},
      audioLayers: [],
      pages: pages.map((id) => ({ id, elements: this.#elements() })),
    });
  }

  get design(): Design {
    return designOf(this.#document);
  }

  /** A batch that applies, empty where nothing that was drawn does: some operations, or those that undo a batch. */
  next(): Touching[] {
    const undone = this.#random() < 0.15 ? this.#undoable.pop() : undefined;
    const drawn = undone ?? Array.from({ length: 1 + this.#below(5) }, () => this.#operation());
    const inverse: OperationContent[] = [];
    const batch: Touching[] = [];
    for (const content of drawn) {
      const operation = settleOperation(this.#document, content);
      const applied = applyOperation(this.#document, operation, unbounded);
      if (!applied.ok) continue;
      batch.push({ ...operation, footprint: footprintOf(this.#document, operation) });
      inverse.unshift(...invertOperation(this.#document, operation));
      this.#document = applied.value;
    }
    if (undone === undefined) this.#undoable.push(inverse);
    return batch;
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#below(values.length)]!;
  }

  #operation(): OperationContent {
    const pageId = this.#random() < 0.85 ? "p1" : "p2";
    const target = { pageId, elementId: this.#pick(ids) };
    const place = () => ({ x: this.#pick([10, 50, 500, 900]), y: this.#pick([10, 60, 700]) });
    const on = (type: OperationContent["type"], payload: JsonObject | null): OperationContent => ({
      type,
      target,
      payload,
    });
    const kinds: (() => OperationContent)[] = [
      () => on("MOVE_ELEMENT", place()),
      () => on("MOVE_ELEMENT", place()),
      () => on("MOVE_ELEMENT", place()),
      () => on("RESIZE_ELEMENT", { width: this.#pick([5, 600]), height: 5 }),
      () => on("ROTATE_ELEMENT", { rotation: this.#pick([0, 31, 90, 200, 360]) }),
      () =>
        on("UPDATE_ELEMENT_PROPS", {
          fill: this.#pick(["red", "blue"]),
          width: this.#pick([null, 9]),
          strokeWidth: this.#pick([null, 3, 70]),
        }),
      () => on("EDIT_TEXT", { delta: [{ insert: this.#pick(["x", "yz"]) }] }),
      () => on("EXTEND_STROKE", { points: [[this.#pick([-400, 3, 450]), this.#below(9)]] }),
      () => on("ADD_ELEMENT", { ...this.#body(), afterId: this.#pick([null, ...ids]) }),
      () => on("ADD_ELEMENT", { ...this.#body(), parentId: this.#pick(ids) }),
      () => on("DELETE_ELEMENT", null),
      () => on("REORDER_ELEMENT", { afterId: this.#pick([null, ...ids]) }),
      () => on("REORDER_ELEMENT", { parentId: this.#pick([null, ...ids]) }),
      () => ({
        type: "CLEAR_PAGE",
        target: { pageId },
        payload: { elementIds: ids.slice(this.#below(8)) },
      }),
      () => this.#onPages(pageId),
    ];
    return this.#pick(kinds)();
  }

  #onPages(pageId: string): OperationContent {
    switch (this.#below(6)) {
      case 0:
        return { type: "DELETE_PAGE", target: { pageId }, payload: null };
      case 1:
        return { type: "UPDATE_CANVAS", target: {}, payload: { width: this.#below(9) } };
      case 2:
        return { type: "UPDATE_PAGE", target: { pageId }, payload: { name: "x" } };
      default:
        return { type: "ADD_PAGE", target: { pageId }, payload: { elements: this.#elements() } };
    }
  }

  #elements() {
    return ids.filter(() => this.#random() < 0.5).map((id) => ({ id, ...this.#body() }));
  }

  #body() {
    return {
      type: this.#pick(["rect", "rect", "rect", "text", "group", "frame"]),
      x: this.#pick([10, 50, 500, 900]),
      y: this.#pick([10, 60, 700]),
      ...(this.#random() < 0.9 ? { width: this.#pick([10, 20]), height: 10 } : {}),
      ...(this.#random() < 0.2 ? { points: [[0, 0]] } : {}),
      ...(this.#random() < 0.2 ? { rotation: this.#pick([31, 90, 200]) } : {}),
    };
  }
}
