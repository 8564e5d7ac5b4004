/**
 * Asks of every field at the schema's roots what credentials it needs, before its resolver runs: an API token is held to
 * its scopes on whatever way a document comes in. Mutations answer the refusal as a RequestError, all else as an error.
 */
import { GraphQLError, type GraphQLField, type GraphQLSchema } from "graphql";
import { refused } from "../commands/requestError.js";
import { decideScope, type CredentialNeed } from "../domain/access/credentials.js";
import type { GraphQLContext } from "./context.js";

type Field = GraphQLField<unknown, GraphQLContext>;

const MESSAGES: Readonly<Record<CredentialNeed, string>> = {
  nothing: "no authentication required",
  read: "the API token has no scope READ",
  write: "the API token may not write: it has no scope WRITE",
  session: "API tokens cannot manage accounts or tokens; sign in",
};

/** What the field asks of credentials: its extension `credentials`, or what its root asks. */
function credentialNeedOf(
  { extensions }: Pick<Field, "extensions">,
  root: "query" | "mutation" | "subscription",
): CredentialNeed {
  const own = extensions["credentials"] as CredentialNeed | undefined;
  return own ?? (root === "mutation" ? "write" : "read");
}

/** Wraps the resolvers of all root fields; done once, when the schema is made. */
export function guardCredentials(schema: GraphQLSchema): GraphQLSchema {
  for (const field of fieldsOf(schema.getQueryType())) {
    field.resolve = guarded(field, credentialNeedOf(field, "query"), throwRefusal);
  }
  for (const field of fieldsOf(schema.getMutationType())) {
    field.resolve = guarded(field, credentialNeedOf(field, "mutation"), answerRefusal);
  }
  for (const field of fieldsOf(schema.getSubscriptionType())) {
    const { subscribe } = field;
    if (subscribe === undefined) throw new Error(`the subscription ${field.name} has no source`);
    const need = credentialNeedOf(field, "subscription");
    field.subscribe = (root, args, context, info) =>
      decideScope(context.viewer, need) ? subscribe(root, args, context, info) : throwRefusal(need);
  }
  return schema;
}

function fieldsOf(type: ReturnType<GraphQLSchema["getQueryType"]>): readonly Field[] {
  return Object.values(type?.getFields() ?? {});
}

function guarded(
  { name, resolve }: Field,
  need: CredentialNeed,
  refuse: (need: CredentialNeed) => unknown,
): NonNullable<Field["resolve"]> {
  if (resolve === undefined) throw new Error(`the field ${name} has no resolver`);
  return (root, args, context, info) =>
    decideScope(context.viewer, need) ? resolve(root, args, context, info) : refuse(need);
}

function answerRefusal(need: CredentialNeed): unknown {
  return refused("FORBIDDEN", MESSAGES[need]);
}

function throwRefusal(need: CredentialNeed): never {
  throw new GraphQLError(MESSAGES[need], { extensions: { code: "FORBIDDEN" } });
}
