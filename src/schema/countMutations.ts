/**
 * Counts every mutation of a document as a request of its own: the rates hold however many mutations a client puts into
 * one document.
 */
import type { GraphQLSchema } from "graphql";
import { rateLimited } from "../commands/editing/takeOperations.js";
import type { GraphQLContext } from "./context.js";

/** Wraps the resolvers of all mutations; done once, when the schema is made. */
export function countMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { name, resolve } = field;
    if (resolve === undefined) throw new Error(`the mutation ${name} has no resolver to count`);
    field.resolve = async (root, args, context: GraphQLContext, info) => {
      const taken = await context.work.countMutation();
      if (!taken.ok) return rateLimited("too many mutations", taken.retryAfterMs);
      return resolve(root, args, context, info);
    };
  }
  return schema;
}
