/** Parts of payload schemas for nodes whose properties are an open set: the editor's own are kept as sent. */
import { z } from "zod";
import { POSITION_REFUSED } from "../document/design.js";
import type { Json, JsonObject } from "../json.js";
import { tooLarge } from "./find.js";
import type { DomainLimits } from "../limits.js";

/** Any JSON: what it may hold in general is checked before any schema is asked. */
export const json = z.unknown() as unknown as z.ZodType<Json>;

/** What a page or an audio layer is called. */
export const name = z.string().nullable().exactOptional();

/**
 * A number named `position` would be taken for a place in the list, which neighbours tell; anything else of that name is the
 * editor's own.
 */
export const positionProperty = z
  .union([z.string(), z.boolean(), z.array(json), z.record(z.string(), json)], {
    error: POSITION_REFUSED,
  })
  .nullable()
  .exactOptional();

/** A property that the payload must not name, and why. */
export function refused(reason: string) {
  return z.never({ error: () => reason }).exactOptional();
}

/** `id` and `afterId` are never properties: the target names the one, the other is a place and not stored. */
const refusedInUpdates = {
  id: refused("must be absent: an id cannot be changed"),
  afterId: refused("must be absent: it is a place for adding, not a stored property"),
  position: positionProperty,
};

export const refusedInAdds = {
  id: refused("must be absent: the target names it"),
  position: positionProperty,
};

/** Whether an update says anything. */
export function namesProperties(payload: JsonObject): boolean {
  return Object.keys(payload).length > 0;
}

export const namesNoProperties = { error: "must name at least one property" };

/** The payload of an update of a node in a list: any properties, of which those in `shape` are checked, and at least one. */
export function openChanges<S extends z.core.$ZodLooseShape>(shape: S) {
  return z
    .object({ ...shape, ...refusedInUpdates })
    .catchall(json)
    .refine(namesProperties as (payload: unknown) => boolean, namesNoProperties)
    .meta({ minProperties: 1 });
}

/** Said of each type that sets properties. */
export const oneValue =
  "An object or a list is one value: it is replaced completely, and two writes of it collide regardless of the keys they change.";

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
