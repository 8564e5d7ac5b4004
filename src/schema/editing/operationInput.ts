/** The inputs of operations, shared by the mutations that take some. */
import type { OperationInput } from "../../commands/inputs.js";
import { builder } from "../builder.js";
import { OperationTypeEnum } from "./operationType.js";

export const OperationTargetInput = builder.inputType("OperationTargetInput", {
  description:
    "The node of the document that an operation is about; `operationTypes` says which ids a type needs.",
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
          "Chosen by the client and unique within the template: sending it again applies nothing twice.",
      }),
      type: t.field({
        type: OperationTypeEnum,
        required: true,
        description: "What kind of change it is.",
      }),
      target: t.field({
        type: OperationTargetInput,
        required: true,
        description: "The node of the document that it is about.",
      }),
      payload: t.field({
        type: "JSON",
        description:
          "What it changes, as `operationTypes` describes; omitted for types without a payload.",
      }),
      timestamp: t.field({
        type: "Timestamp",
        description:
          "The client's clock when the change was made, in milliseconds. One that is far from the server's clock counts within bounds of it and is never refused.",
      }),
    }),
  });
