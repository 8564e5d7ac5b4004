/**
 * What a thread is about: the template, a page, an element, or a point of a page. Whether it is still there is told
 * from the document at reading, so nothing is written where pages and elements go, and what is undone is there again.
 */
import type { Document } from "../document/document.js";
import { findElement, findPage, quoted } from "../operations/find.js";
import { checkId } from "../document/validation.js";
import type { DomainLimits } from "../limits.js";
import { placeInElement } from "../viewport/elementBounds.js";
import { failure, success, type Result } from "../result.js";

/**
 * All null: the template. A page alone: the page. With an element: that, and where it was last seen. With a place: the
 * point. `x` and `y` are in canvas units. With an element and `elementX`, `elementY`: a place in the element, 0 to 1 of its
 * width and height, and `x`, `y` are where that place was last seen.
 */
export interface Anchor {
  readonly pageId: string | null;
  readonly elementId: string | null;
  readonly x: number | null;
  readonly y: number | null;
  readonly elementX: number | null;
  readonly elementY: number | null;
}

export interface AnchorState extends Anchor {
  /** What it is about is not in the document; the place is where it was last seen. */
  readonly isGone: boolean;
}

export interface AnchorProblem {
  readonly kind: "invalid" | "notThere";
  readonly message: string;
  /** Leads into the anchor. */
  readonly path: readonly string[];
}

/** What is wrong with the anchor whatever the document holds, or undefined. */
export function checkAnchor(anchor: Anchor, limits: DomainLimits): AnchorProblem | undefined {
  const { pageId, elementId, x, y } = anchor;
  if (pageId === null) {
    const fields = ["elementId", "x", "y", "elementX", "elementY"] as const;
    const field = fields.find((one) => anchor[one] !== null) ?? null;
    return field === null ? undefined : invalid(`${field} requires its page`, "pageId");
  }
  if (elementId !== null && (x !== null || y !== null)) {
    const message =
      "an anchor is an element or a point of the page; elementX and elementY are a place in an element";
    return invalid(message, "elementId");
  }
  const wrongPin = checkPin(anchor);
  if (wrongPin !== undefined) return wrongPin;
  if ((x === null) !== (y === null)) {
    return invalid("a point requires x and y", x === null ? "x" : "y");
  }
  for (const [field, value] of Object.entries({ x, y })) {
    if (value === null || Math.abs(value) <= limits.numberMagnitudeMax) continue;
    return invalid(`${field} must be a number within ±${limits.numberMagnitudeMax}`, field);
  }
  for (const [field, id] of Object.entries({ pageId, elementId })) {
    const issue = id === null ? undefined : checkId(id, limits);
    if (issue !== undefined) return invalid(`${field} ${issue.message}`, field);
  }
  return undefined;
}

function checkPin({ elementId, elementX, elementY }: Anchor): AnchorProblem | undefined {
  if ((elementX === null) !== (elementY === null)) {
    const missing = elementX === null ? "elementX" : "elementY";
    return invalid("a place in an element requires elementX and elementY", missing);
  }
  if (elementX === null || elementY === null) return undefined;
  if (elementId === null) return invalid("elementX requires elementId", "elementId");
  for (const [field, value] of Object.entries({ elementX, elementY })) {
    if (value >= 0 && value <= 1) continue;
    return invalid(`${field} must be from 0 to 1, a part of the element's size`, field);
  }
  return undefined;
}

/** The anchor with the place of its element on the document, which must hold what it names. */
export function placeAnchor(document: Document, anchor: Anchor): Result<Anchor, AnchorProblem> {
  const seen = anchorState(document, anchor);
  if (!seen.isGone) return success(anchorOf(seen));
  const { pageId, elementId } = anchor;
  const page = findPage(document, pageId ?? "");
  if (!page.ok) return failure(notThere(`page ${quoted(pageId ?? "")} does not exist`, "pageId"));
  return failure(notThere(`element ${quoted(elementId ?? "")} does not exist`, "elementId"));
}

/** Where the anchor is on the document, or was. */
export function anchorState(document: Document, anchor: Anchor): AnchorState {
  const { pageId, elementId } = anchor;
  if (pageId === null) return { ...anchor, isGone: false };
  if (elementId === null) return { ...anchor, isGone: !findPage(document, pageId).ok };
  const found = findElement(document, pageId, elementId);
  if (!found.ok) return { ...anchor, isGone: true };
  const { elementX, elementY } = anchor;
  if (elementX === null || elementY === null) {
    const { x, y } = found.value.element;
    return { ...anchor, x, y, isGone: false };
  }
  return { ...anchor, ...placeInElement(found.value.element, elementX, elementY), isGone: false };
}

function anchorOf({ pageId, elementId, x, y, elementX, elementY }: AnchorState): Anchor {
  return { pageId, elementId, x, y, elementX, elementY };
}

function invalid(message: string, field: string): AnchorProblem {
  return { kind: "invalid", message, path: [field] };
}

function notThere(message: string, field: string): AnchorProblem {
  return { kind: "notThere", message, path: [field] };
}
