/** The inputs of operations, shared by the mutations that take some. */
import type { OperationInput } from "../../commands/inputs.js";
import { builder } from "../builder.js";
import { OperationTypeEnum } from "./operationType.js";

export const OperationTargetInput = builder.inputType("OperationTargetInput", {
  description:
    "The document node that an operation changes; `operationTypes` lists the ids each type requires.",
  fields: (t) => ({
    pageId: t.id({ description: "The page, or the page of the element." }),
    elementId: t.id({ description: "The element." }),
    audioLayerId: t.id({ description: "The audio layer, or the layer of the clip." }),
    clipId: t.id({ description: "The audio clip." }),
  }),
});

export const OperationInputType = builder
  .inputRef<OperationInput, false>("OperationInput")
  .implement({
    description: "One change of the document.",
    fields: (t) => ({
      id: t.id({
        required: true,
        description:
          "An id chosen by the client, unique within the template. A repeated id is not applied again.",
      }),
      type: t.field({
        type: OperationTypeEnum,
        required: true,
        description: "The type of the operation.",
      }),
      target: t.field({
        type: OperationTargetInput,
        required: true,
        description: "The document node to change.",
      }),
      payload: t.field({
        type: "JSON",
        description:
          "The change, as `operationTypes` describes; omitted for types without a payload.",
      }),
      timestamp: t.field({
        type: "Timestamp",
        description:
          "The client's clock when the change was made, in milliseconds. The server clamps a value far from its own clock and never refuses it.",
      }),
    }),
  });
