/** Arguments that a field demands, made from the schema alone: valid in type, and with nothing that is there but the ids given. */
import { randomUUID } from "node:crypto";
import {
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLField,
  type GraphQLInputType,
} from "graphql";

/** Values for arguments and input fields by name, such as `templateId`. */
export type Given = Readonly<Record<string, unknown>>;

type AnyField = GraphQLField<unknown, unknown>;

/** The variables of a request for the field, with all that it demands. */
export function variablesOf({ args }: AnyField, given: Given): Record<string, unknown> {
  return Object.fromEntries(
    args
      .filter(({ name, type }) => isNonNullType(type) || name in given)
      .map(({ name, type }) => [name, given[name] ?? valueOf(type, given)]),
  );
}

/** The arguments as a document declares them and as it passes them on. */
export function argumentsOf(
  { args }: AnyField,
  variables: Given,
): { readonly declared: string; readonly passed: string } {
  const used = args.filter(({ name }) => name in variables);
  const list = (texts: string[]) => (texts.length === 0 ? "" : `(${texts.join(", ")})`);
  return {
    declared: list(used.map(({ name, type }) => `$${name}: ${String(type)}`)),
    passed: list(used.map(({ name }) => `${name}: $${name}`)),
  };
}

function valueOf(type: GraphQLInputType, given: Given): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, given);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((field) => isNonNullType(field.type) || field.name in given)
        .map((field) => [field.name, given[field.name] ?? valueOf(field.type, given)]),
    );
  }
  switch (type.name) {
    case "ID":
      return randomUUID();
    case "String":
      return "x";
    case "Boolean":
      return false;
    case "Int":
    case "Float":
      return 0;
    case "DateTime":
      return "2100-01-01T00:00:00.000Z";
    case "Timestamp":
      return 0;
    default:
      return {};
  }
}
