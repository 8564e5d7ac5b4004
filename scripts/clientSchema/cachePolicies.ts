/** How a normalised cache keeps the API's objects, in the form that `InMemoryCache` of Apollo Client takes. */
import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isIntrospectionType,
  isListType,
  isObjectType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from "graphql";

/** Their ids are the client's, and unique within a template alone: they are kept where they were read. */
const EMBEDDED = new Set(["Operation", "SentOperation"]);

/** Of one type; `merge: false`: what is read replaces what was there. */
interface TypePolicy {
  readonly keyFields?: false;
  readonly fields?: { readonly [field: string]: { readonly merge: false } };
}

/** The names of the members of each interface and union. */
export function possibleTypesOf(schema: GraphQLSchema): {
  readonly [type: string]: readonly string[];
} {
  const abstract = Object.values(schema.getTypeMap()).filter(isAbstractType);
  return Object.fromEntries(
    abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]),
  );
}

/** A policy for each type that a cache would otherwise mix up, or warn about. */
export function typePoliciesOf(schema: GraphQLSchema): { readonly [type: string]: TypePolicy } {
  const policies: { [type: string]: TypePolicy } = {};
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    if (EMBEDDED.has(type.name)) policies[type.name] = { keyFields: false };
    else if (isKept(type) || type === schema.getQueryType()) {
      const fields = Object.values(type.getFields()).filter(({ type }) => isReplaced(type));
      if (fields.length === 0) continue;
      const merge = { merge: false } as const;
      policies[type.name] = { fields: Object.fromEntries(fields.map(({ name }) => [name, merge])) };
    }
  }
  return policies;
}

/** Whether a cache keeps objects of the type under their id. */
function isKept(type: GraphQLObjectType): boolean {
  return "id" in type.getFields() && !EMBEDDED.has(type.name);
}

/** Lists of objects, and objects without an id: the parts of what was read before mean nothing beside the new ones. */
function isReplaced(type: GraphQLOutputType): boolean {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return false;
  return isListType(getNullableType(type)) || !(isObjectType(named) && isKept(named));
}
