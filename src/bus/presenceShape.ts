/** Whether what came over a wire is an entry; a value that is more than one is not. */
import { isInstant, isListOf, isRecord, isString, isStringOrNull, isWhole } from "./shape.js";
import type { PresenceEntry } from "./presenceEntry.js";

export function isPresenceEntry(value: unknown): value is PresenceEntry {
  if (!isRecord(value) || !isString(value["sessionId"])) return false;
  const { userId, clientId, color, joinedAt, updatedAt } = value;
  const { textSelection, life, ...always } = value;
  return (
    Object.keys(always).length === 12 &&
    (textSelection === undefined || isSelection(textSelection)) &&
    (life === undefined || isLife(life)) &&
    isWhole(value["sequence"]) &&
    isString(userId) &&
    isString(clientId) &&
    isString(color) &&
    isInstant(joinedAt) &&
    isInstant(updatedAt) &&
    isStringOrNull(value["status"]) &&
    isStringOrNull(value["pageId"]) &&
    (value["cursor"] === null || isNumbers(value["cursor"], ["x", "y"])) &&
    isListOf(value["selection"], isString) &&
    isViewportOrNull(value["viewport"])
  );
}

function isLife(value: unknown): boolean {
  return (
    isRecord(value) &&
    Object.keys(value).length === 3 &&
    isStringOrNull(value["connectionId"]) &&
    isWhole(value["lastKnownVersion"]) &&
    isInstant(value["lastActiveAt"])
  );
}

function isViewportOrNull(value: unknown): boolean {
  if (value === null) return true;
  if (!isRecord(value)) return false;
  const { pageId, ...box } = value;
  return isString(pageId) && isNumbers(box, ["x", "y", "width", "height"]);
}

function isSelection(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { pageId, elementId, ...numbers } = value;
  const names = ["index", "length", "version"];
  return (
    isString(pageId) &&
    isString(elementId) &&
    isNumbers(numbers, names) &&
    names.every((name) => isWhole(numbers[name]))
  );
}

/** A record of just these finite numbers. */
function isNumbers(value: unknown, names: readonly string[]): boolean {
  return (
    isRecord(value) &&
    Object.keys(value).length === names.length &&
    names.every((name) => Number.isFinite(value[name]))
  );
}
