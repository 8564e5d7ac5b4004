/** Elements that the design itself locks (`locked: true`): nobody changes them before somebody unlocks them. */
import type { DesignElement } from "../document/design.js";
import type { Document } from "../document/document.js";
import { elementPath, pagePath, quoted } from "../operations/find.js";
import { targetOfPath } from "../operations/paths.js";
import { nodePath, type Footprint, type NodePath, type Touch } from "../operations/footprint.js";
import type { OperationContent, OperationFailure } from "../operations/operation.js";
import { finished, type Steps } from "../steps.js";
import { elementAndGroups } from "./groupsAround.js";

const none: ReadonlySet<NodePath> = new Set();

/**
 * Why the operation may not be: it would change or delete a locked element, or one in a locked group, or put one in
 * there. Undefined where it may; setting `locked` and nothing else always may, and so may filling a group that the same
 * batch created. Costs what the operation's footprint does.
 */
export function designLockFailure(
  document: Document,
  operation: OperationContent,
  footprint: Footprint,
  /** The nodes that the batch created before. */
  created: ReadonlySet<NodePath> = none,
): OperationFailure | undefined {
  return finished(designLockSteps(document, operation, footprint, created));
}

/** As `designLockFailure`, a touched node a step. */
export function* designLockSteps(
  document: Document,
  operation: OperationContent,
  footprint: Footprint,
  created: ReadonlySet<NodePath>,
): Steps<OperationFailure | undefined> {
  if (footprint.every(setsOnlyLocked)) return undefined;
  const visited = new Set<DesignElement>();
  for (const touch of footprint) {
    yield;
    const locked = lockedElement(document, touch, visited, created);
    if (locked === undefined) continue;
    const path = operation.target.elementId === undefined ? pagePath : elementPath;
    const message = `element ${quoted(locked.id)} is locked in the design; unlock it first`;
    return { code: "LOCKED", message, path };
  }
  return undefined;
}

function setsOnlyLocked(touch: Touch): boolean {
  return touch.kind === "write" && touch.properties.every((name) => name === "locked");
}

function lockedElement(
  document: Document,
  { kind, path }: Touch,
  visited: Set<DesignElement>,
  created: ReadonlySet<NodePath>,
): DesignElement | undefined {
  // Where something is created tells the page; its group is read.
  if (kind === "create") return undefined;
  const isFilled = kind === "read";
  for (const { pageId, element } of elementAndGroups(document, path, visited)) {
    if (isLocked(element) && !(isFilled && isNew(created, pageId, element))) return element;
  }
  return kind === "delete" ? lockedOnPage(document, path) : undefined;
}

/** Deleting a page deletes what is on it: the inverse holds all of that, so looking at it costs no more. */
function lockedOnPage(document: Document, path: string): DesignElement | undefined {
  const { pageId, elementId } = targetOfPath(path);
  if (pageId === undefined || elementId !== undefined) return undefined;
  return document.pages.items.get(pageId)?.elements.items.find(isLocked);
}

function isNew(created: ReadonlySet<NodePath>, pageId: string, { id }: DesignElement): boolean {
  const page = nodePath("pages", pageId);
  return created.has(page) || created.has(nodePath("pages", pageId, "elements", id));
}

function isLocked(element: DesignElement): boolean {
  return element["locked"] === true;
}
