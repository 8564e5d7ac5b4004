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
    "What kinds of change there are; `operationTypes` describes target and payload of each.",
  values: Object.fromEntries(
    reference.map(({ type, description }) => [type, { description }]),
  ) as Record<OperationType, { description: string }>,
});

const OperationTypeInfo = builder.objectRef<OperationTypeReference>("OperationTypeInfo").implement({
  description: "One kind of operation: what it does and what it takes.",
  fields: (t) => ({
    type: t.expose("type", { type: OperationTypeEnum, description: "The kind described." }),
    description: t.exposeString("description", { description: "What it does." }),
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
        "An example that applies: `{ type, target, payload, before }`, where `before` is a document.",
      resolve: ({ example }) => example,
    }),
  }),
});

builder.queryField("operationTypes", (t) =>
  t.field({
    type: [OperationTypeInfo],
    description:
      "Every operation type with the JSON Schema of its target and payload: the reference that GraphiQL users and code generators read.",
    resolve: () => [...reference],
  }),
);
