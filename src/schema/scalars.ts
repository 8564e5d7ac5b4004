/** The scalars beyond GraphQL's own. */
import { GraphQLError, Kind, type ValueNode } from "graphql";
import { INSTANT_MS_MAX, INSTANT_MS_MIN } from "../domain/instants.js";
import { builder } from "./builder.js";

/** The largest distance from the epoch that an instant can have, in milliseconds (ECMA-262, time values). */
const INSTANT_MAGNITUDE_MS_MAX = 8.64e15;

builder.scalarType("DateTime", {
  description: "An instant as ISO 8601 text in UTC with milliseconds: `2026-01-31T12:00:00.000Z`.",
  serialize: (value) => new Date(value).toISOString(),
  parseValue: (value) => instantOf(value),
});

builder.scalarType("Timestamp", {
  description:
    "A reading of the client's clock: milliseconds since 1970-01-01T00:00:00Z. The server truncates a fraction and caps the value at 8.64e15.",
  serialize: (value) => value,
  parseValue: (value) => timestampOf(value),
  parseLiteral: (node) => {
    if (node.kind !== Kind.INT && node.kind !== Kind.FLOAT)
      throw new GraphQLError(TIMESTAMP_EXPECTED, { nodes: node });
    return timestampOf(Number(node.value));
  },
});

builder.scalarType("JSON", {
  description: "Any JSON value: an object, a list, a string, a number, a boolean or null.",
  serialize: (value) => value,
  parseValue: (value) => value as NonNullable<unknown> | null,
  parseLiteral: (node, variables) => jsonOf(node, variables ?? {}) ?? null,
});

const TIMESTAMP_EXPECTED = "Timestamp must be a number of milliseconds.";

/** A wrong clock is no reason to refuse work, so whatever number it says is made one that can be stored. */
function timestampOf(value: unknown): number {
  if (typeof value !== "number" || Number.isNaN(value)) throw new GraphQLError(TIMESTAMP_EXPECTED);
  const bounded = Math.min(Math.max(value, -INSTANT_MAGNITUDE_MS_MAX), INSTANT_MAGNITUDE_MS_MAX);
  // Adding zero makes a negative zero a plain one.
  return Math.trunc(bounded) + 0;
}

const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

function instantOf(value: unknown): Date {
  const instant =
    typeof value === "string" && ISO_INSTANT.test(value) ? new Date(value) : undefined;
  if (instant === undefined || Number.isNaN(instant.getTime())) {
    throw new GraphQLError("DateTime must be ISO 8601 text with a time zone.");
  }
  const at = instant.getTime();
  if (at < INSTANT_MS_MIN || at > INSTANT_MS_MAX) {
    throw new GraphQLError("DateTime must lie within the years 1 to 9999 in UTC.");
  }
  return instant;
}

/**
 * The value of a literal. Names become own properties whatever they are (`__proto__` too), so that the checks of
 * operations see what was sent, and no object's prototype is ever set.
 */
function jsonOf(node: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  switch (node.kind) {
    case Kind.NULL:
      return null;
    case Kind.BOOLEAN:
    case Kind.STRING:
    case Kind.ENUM:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.LIST:
      // As in lists of GraphQL's own types, a variable without a value stands for null.
      return node.values.map((item) => jsonOf(item, variables) ?? null);
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields
          .map((field) => [field.name.value, jsonOf(field.value, variables)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case Kind.VARIABLE:
      return Object.hasOwn(variables, node.name.value) ? variables[node.name.value] : undefined;
  }
}
