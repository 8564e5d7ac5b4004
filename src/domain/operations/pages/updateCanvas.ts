import { z } from "zod";
import { withCanvasProperties } from "../../document/edit.js";
import { previousProperties } from "../../document/properties.js";
import type { JsonObject } from "../../json.js";
import { nodePath } from "../footprint.js";
import { success } from "../../result.js";
import type { OperationDefinition } from "../definition.js";
import { updating } from "../families.js";
import { exampleDesign } from "../exampleDesign.js";
import {
  json,
  namesNoProperties,
  namesProperties,
  oneValue,
  tooManyProperties,
} from "../openProperties.js";
import { noTarget } from "../targets.js";

const payload: z.ZodType<JsonObject> = z
  .record(z.string(), json)
  .refine(namesProperties, namesNoProperties)
  .meta({ minProperties: 1 });
type Target = z.infer<typeof noTarget>;

export const updateCanvas: OperationDefinition<Target, JsonObject> = {
  type: "UPDATE_CANVAS",
  description: `Sets properties of the canvas; null removes one. ${oneValue}`,
  example: {
    before: exampleDesign,
    target: {},
    payload: { width: 1920, height: 1080, background: null },
  },
  target: noTarget,
  payload,
  ...updating("UPDATE_CANVAS"),

  apply(document, _target, payload, limits) {
    const refusal = tooManyProperties(document.canvas, payload, limits);
    if (refusal !== undefined) return refusal;
    return success(withCanvasProperties(document, payload));
  },

  invert(document, target, payload) {
    const back = previousProperties(document.canvas, payload);
    return [{ type: "UPDATE_CANVAS", target, payload: back }];
  },

  footprint(_document, _target, payload) {
    return [{ kind: "write", path: nodePath("canvas"), properties: Object.keys(payload) }];
  },
};
