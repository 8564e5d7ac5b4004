/** The properties of an element that Strata itself reads, as schemas; all others are the editor's own. */
import { z } from "zod";
import type { DesignElement } from "../../document/design.js";
import { storedProperties } from "../../document/properties.js";
import type { Json, JsonObject } from "../../json.js";
import { normalText } from "../../text/richText.js";
import type { RichText } from "../../text/richText.js";
import { json, openChanges, positionProperty, refused, refusedInAdds } from "../openProperties.js";
import { afterId, id } from "../targets.js";

/** In canvas units, or degrees for a rotation. */
export const coordinate = z.number();
export const extent = z.number().min(0, { error: "must be at least 0" });

export const attributes = z.record(z.string(), json);

const text = z.union(
  [
    z.string(),
    z.array(z.strictObject({ insert: z.string().min(1), attributes: attributes.exactOptional() })),
  ],
  { error: "must be a string or a list of { insert, attributes? }" },
);

export const points = z
  .array(z.array(coordinate).min(2).max(3))
  .describe("[[x, y, pressure?], ...]");

const type = z.string().min(1, { error: "must not be empty" });

const optionalProperties = {
  width: extent.nullable().exactOptional(),
  height: extent.nullable().exactOptional(),
  rotation: coordinate.nullable().exactOptional(),
  text: text.nullable().exactOptional(),
  points: points.nullable().exactOptional(),
};

const newProperties = {
  type,
  x: coordinate,
  y: coordinate,
  ...optionalProperties,
  parentId: id.nullable().exactOptional(),
};

/** The payload of ADD_ELEMENT. */
export const newElement = z.object({ ...newProperties, ...refusedInAdds, afterId }).catchall(json);

/** An element in the payload of ADD_PAGE. */
export const listedElement = z
  .object({
    ...newProperties,
    id,
    position: positionProperty,
    afterId: refused("must be absent: elements are listed in paint order"),
  })
  .catchall(json);

/** The payload of UPDATE_ELEMENT_PROPS. */
export const elementChanges = openChanges({
  x: coordinate.exactOptional(),
  y: coordinate.exactOptional(),
  ...optionalProperties,
  type: refused("must be absent: an element keeps its type"),
  parentId: refused("must be absent: REORDER_ELEMENT changes it"),
});

/** The element as it is stored: without nulls, with its text in normal form. */
export function storedElement(elementId: string, properties: JsonObject): DesignElement {
  const stored = withNormalText(storedProperties(properties, ["afterId"]));
  return { ...stored, id: elementId } as unknown as DesignElement;
}

/** The properties with `text`, where they have one, in normal form. The text must be well-formed. */
export function withNormalText(properties: JsonObject): JsonObject {
  const value = properties["text"];
  if (!Array.isArray(value)) return properties;
  return { ...properties, text: normalText(value as unknown as RichText) as unknown as Json };
}
