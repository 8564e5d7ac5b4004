import { tooLarge } from "./find.js";
import type { JsonObject } from "../json.js";
import type { DomainLimits } from "../limits.js";

/**
 * The refusal where the changes give an object more properties than a node may have besides its id. Changes that add
 * nothing pass, so that a lowered limit locks nobody out.
 */
export function tooManyProperties(
  object: JsonObject,
  changes: JsonObject,
  limits: DomainLimits,
): ReturnType<typeof tooLarge> | undefined {
  let added = 0;
  for (const [key, value] of Object.entries(changes)) {
    const had = Object.hasOwn(object, key);
    if (value === null) added -= had ? 1 : 0;
    else added += had ? 0 : 1;
  }
  const count = Object.keys(object).length + added - (Object.hasOwn(object, "id") ? 1 : 0);
  if (added <= 0 || count <= limits.propertiesPerObjectMax) return undefined;
  const message = `must leave at most ${limits.propertiesPerObjectMax} properties, not ${count}`;
  return tooLarge(message, ["payload"]);
}
