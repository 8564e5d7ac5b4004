/** JSON Schema as TypeScript: the part of it that the definitions of operations use; anything else throws. */

type Schema = Readonly<Record<string, unknown>>;

/** Says nothing about which values fit. */
const ANNOTATIONS = new Set(["$schema", "description", "propertyNames", "uniqueItems"]);
/** Bounds that no type of TypeScript has; the server checks them. */
const BOUNDS = new Set(["pattern", "minLength", "minimum", "maximum", "minProperties"]);

/** A type for the values that fit, indented to stand in a line at the depth. */
export function typeOfJsonSchema(schema: Schema, depth = 0): string {
  const { anyOf, not, type, properties, required, additionalProperties, ...rest } = schema;
  const { items, minItems, maxItems, ...others } = rest;
  const unknown = Object.keys(others).find((key) => !ANNOTATIONS.has(key) && !BOUNDS.has(key));
  if (unknown !== undefined) throw new Error(`JSON Schema: ${unknown} has no type yet`);
  if (anyOf !== undefined) return unionOf(anyOf as readonly Schema[], depth);
  if (not !== undefined) return "never";
  if (type === undefined) return "Json";
  if (Array.isArray(type)) {
    return unionOf(
      type.map((one: string) => ({ type: one })),
      depth,
    );
  }
  switch (type) {
    case "object":
      return objectOf({ properties, required, additionalProperties }, depth);
    case "array":
      return listOf(typeOfJsonSchema(items as Schema, depth), minItems, maxItems);
    case "integer":
      return "number";
    default:
      return type as string;
  }
}

function unionOf(schemas: readonly Schema[], depth: number): string {
  const types = new Set(schemas.map((schema) => typeOfJsonSchema(schema, depth)));
  return [...types].join(" | ");
}

/** Where the number of items is bounded on both sides, one tuple for each number. */
function listOf(item: string, minItems: unknown, maxItems: unknown): string {
  if (typeof minItems === "number" && typeof maxItems === "number") {
    const counts = Array.from({ length: maxItems - minItems + 1 }, (_, index) => minItems + index);
    const tuples = counts.map((count) => `readonly [${Array(count).fill(item).join(", ")}]`);
    return tuples.length === 1 ? (tuples[0] ?? "") : `(${tuples.join(" | ")})`;
  }
  return `readonly ${item.includes(" | ") && !item.startsWith("(") ? `(${item})` : item}[]`;
}

function objectOf(schema: Schema, depth: number): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  const indent = "  ".repeat(depth + 1);
  const lines = Object.entries(properties as Readonly<Record<string, Schema>>).flatMap(
    ([name, property]) => {
      const mark = (required as readonly string[]).includes(name) ? "" : "?";
      const { description } = property;
      const type = typeOfJsonSchema(property, depth + 1);
      return [
        ...(typeof description === "string" ? [`/** ${description} */`] : []),
        `readonly ${name}${mark}: ${type};`,
      ];
    },
  );
  // What is absent may also be undefined, which JSON leaves out.
  if (additionalProperties !== false) lines.push("readonly [property: string]: Json | undefined;");
  if (lines.length === 0) return "Readonly<Record<string, never>>";
  return ["{", ...lines.map((line) => `${indent}${line}`), `${"  ".repeat(depth)}}`].join("\n");
}
