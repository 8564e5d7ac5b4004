/** Schemas of ids and of the targets that operation types take: exactly the ids they need, no others. */
import { z } from "zod";

/** 1 to `idUnitsMax` UTF-16 units without control characters; the length is checked where limits are known. */
// oxlint-disable-next-line no-control-regex -- refusing them is the point
export const id = z.string().regex(/^[^\u0000-\u001f\u007f-\u009f]+$/, {
  error: "must be a non-empty text without control characters",
});

/** Above the thing with this id, at the bottom (null) or on top (absent, or a neighbour that is gone). Not stored. */
export const afterId = id
  .nullable()
  .exactOptional()
  .describe(
    "The id of the neighbor directly below; null: at the bottom; absent, or if it was deleted: on top.",
  );

export const noTarget = z.strictObject({});
export const pageTarget = z.strictObject({ pageId: id });
export const elementTarget = z.strictObject({ pageId: id, elementId: id });
export const layerTarget = z.strictObject({ audioLayerId: id });
export const clipTarget = z.strictObject({ audioLayerId: id, clipId: id });

export type ElementTarget = z.infer<typeof elementTarget>;

/** The payload of types that only put a thing elsewhere in its list. */
export const placePayload = z.strictObject({
  afterId: id
    .nullable()
    .describe(
      "The id of the neighbor directly below, on top if it was deleted; null: at the bottom.",
    ),
});

/** The payload of types that have none. */
export const noPayload = z.null();
