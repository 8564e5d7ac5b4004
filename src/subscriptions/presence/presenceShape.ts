/** Whether what came over a wire is an entry; a value that is more than one is not. */
import { isInstant, isListOf, isRecord, isStringOrNull, isWhole } from "../shape.js";
import type { PresenceEntry, PresenceGone } from "./presenceEntry.js";

export function isPresenceEntry(value: unknown): value is PresenceEntry {
  if (!isRecord(value) || !isGone(value)) return false;
  const { userId, clientId, color, joinedAt, updatedAt } = value;
  return (
    Object.keys(value).length === 12 &&
    typeof userId === "string" &&
    typeof clientId === "string" &&
    typeof color === "string" &&
    isInstant(joinedAt) &&
    isInstant(updatedAt) &&
    isStringOrNull(value["status"]) &&
    isStringOrNull(value["pageId"]) &&
    (value["cursor"] === null || isNumbers(value["cursor"], ["x", "y"])) &&
    isListOf(value["selection"], (id) => typeof id === "string") &&
    isViewportOrNull(value["viewport"])
  );
}

export function isPresenceGone(value: unknown): value is PresenceGone {
  return isRecord(value) && Object.keys(value).length === 2 && isGone(value);
}

function isGone({ sessionId, sequence }: Record<string, unknown>): boolean {
  return typeof sessionId === "string" && isWhole(sequence);
}

function isViewportOrNull(value: unknown): boolean {
  if (value === null) return true;
  if (!isRecord(value)) return false;
  const { pageId, ...box } = value;
  return typeof pageId === "string" && isNumbers(box, ["x", "y", "width", "height"]);
}

/** A record of just these finite numbers. */
function isNumbers(value: unknown, names: readonly string[]): boolean {
  return (
    isRecord(value) &&
    Object.keys(value).length === names.length &&
    names.every((name) => Number.isFinite(value[name]))
  );
}
