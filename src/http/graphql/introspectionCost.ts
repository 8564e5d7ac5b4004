/**
 * What describing the schema costs. Its lists are as long as the schema is large, so a document that goes from types to
 * fields and on to their types again and again takes seconds; those that tools send fit.
 */
import { getIntrospectionQuery, parse, type DocumentNode, type GraphQLSchema } from "graphql";

/** How long the lists of introspection are taken to be, by their field; `types` is counted. */
const LENGTHS: { readonly [field: string]: number } = {
  fields: 12,
  args: 2,
  inputFields: 8,
  enumValues: 8,
  interfaces: 2,
  possibleTypes: 4,
  directives: 8,
};

/** The type that a field of introspection at the root answers; undefined for every other field. */
export function introspectionTypeOf(field: string): "__Schema" | "__Type" | undefined {
  return field === "__schema" ? "__Schema" : field === "__type" ? "__Type" : undefined;
}

/** How long a list of introspection is taken to be. */
export function introspectionLength(field: string, schema: GraphQLSchema): number {
  if (field === "types") return Object.keys(schema.getTypeMap()).length;
  return LENGTHS[field] ?? 1;
}

/** The most that any tool asks: what graphql-js sends with everything switched on. */
export function fullIntrospection(): DocumentNode {
  return parse(
    getIntrospectionQuery({
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    }),
  );
}
