/**
 * Checks the form of a request's variables before GraphQL coerces them. GraphQL prints the whole object that holds an unknown
 * or a missing field, once for each of up to fifty errors, and walks lists of any length before a resolver sees one: a few
 * hundred kilobytes would keep a node busy for seconds. This check stops at the first fault and prints only its path.
 */
import {
  GraphQLError,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  typeFromAST,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from "graphql";
import { shownText } from "./shownText.js";

type Variables = { readonly [name: string]: unknown };

/** Variables of one request, declared or not. */
const VARIABLES_MAX = 1_000;

/** Items of one list among them; lists inside JSON values have limits of their own. */
const LIST_ITEMS_MAX = 50_000;

/** The scalar whose values may have any form. */
const OPEN_SCALAR = "JSON";

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The first fault, as an error fit for clients; undefined where the form is right. Values of scalars are left to GraphQL. */
export function variableFault(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  variables: Variables | null | undefined,
): GraphQLError | undefined {
  if (variables == null) return undefined;
  let count = 0;
  for (const _name in variables) {
    count += 1;
    if (count > VARIABLES_MAX) return badVariable(`at most ${VARIABLES_MAX} variables are allowed`);
  }
  for (const { variable, type: typeNode } of definitions) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode as never) as GraphQLInputType | undefined;
    if (type === undefined || !Object.hasOwn(variables, name)) continue;
    const fault = faultIn(type, variables[name], []);
    if (fault === undefined) continue;
    const place = fault.path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`));
    const shown = shownText(`$${name}${place.join("")}`);
    return badVariable(`Variable "${shown}" ${fault.message}.`);
  }
  return undefined;
}

function faultIn(
  type: GraphQLInputType,
  value: unknown,
  path: readonly (string | number)[],
): Fault | undefined {
  const nullable: GraphQLInputType = isNonNullType(type) ? type.ofType : type;
  // A null where none may be is one short error of GraphQL's own, once the objects around it are known to be small.
  if (value === null || value === undefined) return undefined;
  if (isListType(nullable)) return faultInList(nullable.ofType, value, path);
  if (isInputObjectType(nullable)) return faultInObject(nullable, value, path);
  if (typeof value === "object" && nullable.name !== OPEN_SCALAR) {
    return { path, message: "must be a single value, not a list or an object" };
  }
  return undefined;
}

function faultInList(
  itemType: GraphQLInputType,
  value: unknown,
  path: readonly (string | number)[],
): Fault | undefined {
  // GraphQL takes a single value for a list of one.
  if (!Array.isArray(value)) return faultIn(itemType, value, path);
  if (value.length > LIST_ITEMS_MAX) {
    return { path, message: `must hold at most ${LIST_ITEMS_MAX} items` };
  }
  for (const [index, item] of value.entries()) {
    const fault = faultIn(itemType, item, [...path, index]);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultInObject(
  type: GraphQLInputObjectType,
  value: unknown,
  path: readonly (string | number)[],
): Fault | undefined {
  if (typeof value !== "object" || Array.isArray(value)) {
    return { path, message: "must be an object" };
  }
  const fields = type.getFields();
  const given = value as Variables;
  for (const name in given) {
    if (!Object.hasOwn(fields, name))
      return { path: [...path, name], message: "is not a known field" };
  }
  for (const field of Object.values(fields)) {
    const isMissing = given[field.name] === undefined || given[field.name] === null;
    if (isMissing && isRequiredInputField(field)) {
      return { path: [...path, field.name], message: "is required" };
    }
    const fault = faultIn(field.type, given[field.name], [...path, field.name]);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function badVariable(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: "BAD_USER_INPUT", http: { spec: true, status: 400 } },
  });
}
