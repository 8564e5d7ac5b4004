/** The reference of operation types, made from their definitions. */
import {
  operationReference,
  type OperationTypeReference,
} from "../../domain/operations/registry.js";
import type { OperationType } from "../../domain/operations/operation.js";
import { builder } from "../builder.js";

const reference = operationReference();

export const OperationTypeEnum = builder.enumType("OperationType", {
  description:
    "The types of operations; `operationTypes` describes the target and payload of each.",
  values: Object.fromEntries(
    reference.map(({ type, description }) => [type, { description }]),
  ) as Record<OperationType, { description: string }>,
});

const OperationTypeInfo = builder.objectRef<OperationTypeReference>("OperationTypeInfo").implement({
  description: "An operation type: its effect and its input.",
  fields: (t) => ({
    type: t.expose("type", { type: OperationTypeEnum, description: "The type described." }),
    description: t.exposeString("description", { description: "The effect of the operation." }),
    targetSchema: t.field({
      type: "JSON",
      description: "JSON Schema of `target`.",
      resolve: ({ targetSchema }) => targetSchema,
    }),
    payloadSchema: t.field({
      type: "JSON",
      description: "JSON Schema of `payload`.",
      resolve: ({ payloadSchema }) => payloadSchema,
    }),
    example: t.field({
      type: "JSON",
      description:
        "A valid example: `{ type, target, payload, before }`, where `before` is a document it applies to.",
      resolve: ({ example }) => example,
    }),
  }),
});

builder.queryField("operationTypes", (t) =>
  t.field({
    type: [OperationTypeInfo],
    description:
      "Every operation type with the JSON Schema of its target and payload: the reference for GraphiQL users and code generators.",
    resolve: () => [...reference],
  }),
);
