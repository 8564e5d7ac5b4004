/**
 * What guests, who read one template without an account, may ask for. Everything else of the schema's roots and of a
 * template is refused as to who is not signed in, whatever is added to the schema: to be open to them a field is named here.
 */
import {
  defaultFieldResolver,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";
import { unauthenticated as refusal } from "../commands/authorize.js";
import type { GraphQLContext } from "./context.js";
import { unauthenticated } from "./errors.js";

type Field = GraphQLField<unknown, GraphQLContext>;

/** By type. Mutations that prove in their own input who asks are for everybody. */
const openToGuests: Readonly<Record<string, readonly string[]>> = {
  Query: ["operationTypes", "template", "viewer"],
  Mutation: [],
  Subscription: ["templateChanged"],
  Template: [
    ...["id", "name", "description", "category", "tags", "isPublic", "openToGuests"],
    ...[
      "createdAt",
      "updatedAt",
      "deletedAt",
      "version",
      "versionHash",
      "designData",
      "at",
      "operations",
      "snapshots",
    ],
    ...["viewerRole", "viewerMay", "viewerRestrictions"],
  ],
};

/** Wraps the resolvers of the roots and of templates; done once, when the schema is made. */
export function guardGuests(schema: GraphQLSchema): GraphQLSchema {
  for (const [typeName, names] of Object.entries(openToGuests)) {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) throw new Error(`the schema has no type ${typeName}`);
    const unknown = names.find((name) => !Object.hasOwn(type.getFields(), name));
    if (unknown !== undefined) throw new Error(`${typeName} has no field ${unknown}`);
    for (const field of fieldsOf(type)) {
      if (names.includes(field.name) || field.extensions["credentials"] === "nothing") continue;
      if (typeName === "Subscription") closeSubscription(field);
      else closeField(field, typeName === "Mutation");
    }
  }
  return schema;
}

function fieldsOf(type: GraphQLObjectType): readonly Field[] {
  return Object.values(type.getFields()) as Field[];
}

function closeField(field: Field, isMutation: boolean): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = (root, args, context, info) => {
    if (context.viewer.kind !== "guest") return resolve(root, args, context, info) as unknown;
    if (isMutation) return refusal();
    throw unauthenticated();
  };
}

function closeSubscription(field: Field): void {
  const { subscribe, name } = field;
  if (subscribe === undefined) throw new Error(`the subscription ${name} has no source`);
  field.subscribe = (root, args, context, info) => {
    if (context.viewer.kind === "guest") throw unauthenticated();
    return subscribe(root, args, context, info);
  };
}
