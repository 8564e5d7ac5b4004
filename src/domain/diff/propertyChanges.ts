import type { Json, JsonObject } from "../json.js";
import { sameJson } from "../text/richText.js";

/**
 * What to set to get from one set of properties to another: each that differs with its new value, null where it goes.
 * `except` are not looked at.
 */
export function propertyChanges(
  from: JsonObject,
  to: JsonObject,
  except: readonly string[] = [],
): Record<string, Json> {
  const changes: Record<string, Json> = {};
  if (from === to) return changes;
  for (const [key, value] of Object.entries(to)) {
    if (!except.includes(key) && !sameJson(from[key], value)) changes[key] = value;
  }
  for (const key of Object.keys(from)) {
    if (!except.includes(key) && !Object.hasOwn(to, key)) changes[key] = null;
  }
  return changes;
}
