/**
 * Where on a page each new operation took place, for viewport filters: rectangles around the element's box before
 * and after. The boxes are taken from a state once and then follow the operations, so that an element that
 * leaves a viewport is seen leaving it. Whatever is not certain has no area: a viewport lets it pass.
 */
import type { Design } from "../domain/document/design.js";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.js";
import type { ChangeOperation } from "./changeBus.js";

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The places where an operation shows: before it and after it. */
export type Area = readonly Rectangle[];

interface Box extends Rectangle {
  readonly rotation: number;
}

export class ElementAreas {
  /** By page, then element; an element that is missing has no box that its fields alone could tell. */
  readonly #pages = new Map<string, Map<string, Box>>();
  readonly #areas = new WeakMap<ChangeOperation, Area>();
  #version: number;

  constructor(version: number, design: Design) {
    this.#version = version;
    for (const page of design.pages) this.#addPage(page.id, page.elements);
  }

  /** The state that the boxes are those of. */
  get version(): number {
    return this.#version;
  }

  /** The area of an operation that was followed; undefined where it is not certain. */
  areaOf(operation: ChangeOperation): Area | undefined {
    return this.#areas.get(operation);
  }

  /** Takes in the operation that leads to the next version; those at or below `version` are passed over. */
  follow(operation: ChangeOperation): void {
    if (operation.resultingVersion <= this.#version) return;
    if (operation.resultingVersion !== this.#version + 1) {
      throw new Error(`operation ${operation.resultingVersion} after version ${this.#version}`);
    }
    this.#version = operation.resultingVersion;
    const { pageId, elementId } = operation.target;
    if (pageId === undefined) return;
    if (elementId === undefined) this.#followPage(operation, pageId);
    else this.#followElement(operation, pageId, elementId);
  }

  #followPage(operation: ChangeOperation, pageId: string): void {
    const payload = operation.payload ?? {};
    if (operation.type === "ADD_PAGE") {
      this.#addPage(pageId, Array.isArray(payload["elements"]) ? payload["elements"] : []);
    } else if (operation.type === "DELETE_PAGE") {
      this.#pages.delete(pageId);
    } else if (operation.type === "CLEAR_PAGE") {
      const ids: Json | undefined = payload["elementIds"];
      if (!Array.isArray(ids)) this.#pages.delete(pageId);
      else for (const id of ids) this.#pages.get(pageId)?.delete(String(id));
    }
  }

  #followElement(operation: ChangeOperation, pageId: string, elementId: string): void {
    const boxes = this.#boxesOf(pageId);
    const before = boxes.get(elementId);
    const isNew = operation.type === "ADD_ELEMENT";
    const isGone = operation.type === "DELETE_ELEMENT";
    const after = isGone ? before : boxAfter(isNew ? undefined : before, operation);
    if (after === undefined || isGone) boxes.delete(elementId);
    else boxes.set(elementId, after);
    if (after === undefined || (before === undefined && !isNew) || deletesOthers(operation)) return;
    const area = around(after);
    this.#areas.set(operation, before === undefined ? [area] : [around(before), area]);
  }

  #addPage(pageId: string, elements: readonly Json[]): void {
    const boxes = this.#boxesOf(pageId);
    for (const element of elements) {
      if (!isJsonObject(element) || typeof element["id"] !== "string") continue;
      const box = boxOf(element);
      if (box !== undefined) boxes.set(element["id"], box);
    }
  }

  #boxesOf(pageId: string): Map<string, Box> {
    let boxes = this.#pages.get(pageId);
    if (boxes === undefined) this.#pages.set(pageId, (boxes = new Map()));
    return boxes;
  }
}

/** Whether two rectangles have a point in common, their edges included. */
export function intersect(a: Rectangle, b: Rectangle): boolean {
  return (
    Math.min(a.x, a.x + a.width) <= Math.max(b.x, b.x + b.width) &&
    Math.min(b.x, b.x + b.width) <= Math.max(a.x, a.x + a.width) &&
    Math.min(a.y, a.y + a.height) <= Math.max(b.y, b.y + b.height) &&
    Math.min(b.y, b.y + b.height) <= Math.max(a.y, a.y + a.height)
  );
}

/** The box after an operation on an element, whose payload names new fields as the element itself does. */
function boxAfter(before: Box | undefined, operation: ChangeOperation): Box | undefined {
  const payload = operation.payload ?? {};
  if (operation.type === "ADD_ELEMENT") return boxOf(payload);
  if (before === undefined || operation.type === "EXTEND_STROKE") return undefined;
  if (operation.type === "EDIT_TEXT") return before;
  return boxOf({ ...before, ...payload });
}

/**
 * The box that an element's fields tell. None where they don't: no size; points, which may lead out of the box; a
 * group or frame and what is in one, because they are drawn with each other.
 */
function boxOf(element: JsonObject): Box | undefined {
  const { x, y, width, height, rotation } = element;
  if (typeof x !== "number" || typeof y !== "number") return undefined;
  if (typeof width !== "number" || typeof height !== "number") return undefined;
  if (rotation !== undefined && rotation !== null && typeof rotation !== "number") return undefined;
  if (isThere(element["points"]) || isThere(element["parentId"])) return undefined;
  if (element["type"] === "group" || element["type"] === "frame") return undefined;
  return { x, y, width, height, rotation: rotation ?? 0 };
}

function isThere(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}

/** A frame's or group's descendants go with it, wherever they are. */
function deletesOthers(operation: ChangeOperation): boolean {
  if (operation.type !== "DELETE_ELEMENT") return false;
  return operation.footprint.filter((touch) => touch.kind === "delete").length !== 1;
}

/** Upright rectangle around a box, whatever its rotation and the sign of its size. */
function around(box: Box): Rectangle {
  const x = Math.min(box.x, box.x + box.width);
  const y = Math.min(box.y, box.y + box.height);
  const [width, height] = [Math.abs(box.width), Math.abs(box.height)];
  if (box.rotation % 360 === 0) return { x, y, width, height };
  // Whatever point it is turned about (its centre, or the corner that x and y name): a circle holds it.
  const diagonal = Math.hypot(width, height);
  return {
    x: box.x - diagonal * 1.5,
    y: box.y - diagonal * 1.5,
    width: diagonal * 3,
    height: diagonal * 3,
  };
}
