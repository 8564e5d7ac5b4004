/** Logs every mutation at the level debug, with the ids, choices and counts of the audit log. */
import type { GraphQLFieldResolver, GraphQLSchema } from "graphql";
import { attemptOf } from "../domain/audit/attempt.js";
import { outcomeOf } from "../domain/audit/outcome.js";
import type { GraphQLContext } from "./context.js";
import { failureOf } from "./maskError.js";

type Args = { readonly [name: string]: unknown };
type Resolve = GraphQLFieldResolver<unknown, GraphQLContext, Args>;

/** Wraps the resolvers of all mutations, once, when the schema is built. */
export function logMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { name } = field;
    const resolve = field.resolve as Resolve;
    const logged: Resolve = (root, args, context, info) =>
      context.debug === undefined
        ? resolve(root, args, context, info)
        : runLogged(name, args, context, () => resolve(root, args, context, info));
    field.resolve = logged;
  }
  return schema;
}

async function runLogged(
  name: string,
  args: Args,
  { debug, viewer }: GraphQLContext,
  work: () => unknown,
): Promise<unknown> {
  const { action, clientId, resourceIds, details } = attemptOf(name, args);
  const who = { viewer: viewer.kind, ...(viewer.kind === "user" && { userId: viewer.userId }) };
  const attempt = { action, ...who, clientId, ...resourceIds, ...details };
  try {
    const answer = await work();
    const { result, code, resourceIds: ids, details: came } = outcomeOf(answer);
    debug?.({ ...attempt, ...ids, ...came, result, code }, "a mutation was answered");
    return answer;
  } catch (error) {
    debug?.({ ...attempt, ...failureOf(error) }, "a mutation failed");
    throw error;
  }
}
