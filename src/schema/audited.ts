/**
 * Puts every mutation of the schema under audit, whoever wrote it and whatever transport it comes by: what is added to the
 * API is followed without being named anywhere.
 */
import { isIP } from "node:net";
import type { GraphQLFieldResolver, GraphQLSchema } from "graphql";
import type { AuditedRequest, Judge } from "../audit/auditTrail.js";
import type { Viewer } from "../domain/access/access.js";
import type { AuditActorKind } from "../domain/audit/auditEntry.js";
import { attemptOf } from "../domain/audit/attempt.js";
import { auditTrailOf } from "../domain/audit/auditTrails.js";
import { outcomeOf } from "../domain/audit/outcome.js";
import type { GraphQLContext } from "./context.js";
import { failureOf } from "./maskError.js";

type Resolve = GraphQLFieldResolver<unknown, GraphQLContext, { readonly [name: string]: unknown }>;

/** Wraps the resolvers of all mutations; done once, when the schema is made. */
export function auditMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { name, resolve } = field;
    if (resolve === undefined) throw new Error(`the mutation ${name} has no resolver to audit`);
    field.resolve = audited(name, resolve as Resolve) as typeof resolve;
  }
  return schema;
}

function audited(name: string, resolve: Resolve): Resolve {
  const kind = auditTrailOf(name);
  return (root, args, context, info) =>
    context.services.audit.follow(
      kind,
      requestOf(context),
      attemptOf(name, args),
      () => resolve(root, args, context, info),
      judge,
    );
}

function requestOf({ viewer, origin }: GraphQLContext): AuditedRequest {
  // A zone of the own machine, as in fe80::1%eth0, says nothing elsewhere.
  const address = origin.address.replace(/%.*$/, "");
  return {
    actorKind: actorKindOf(viewer),
    actorId: viewer.kind !== "user" ? null : viewer.userId,
    address: isIP(address) === 0 ? null : address,
  };
}

function actorKindOf(viewer: Viewer): AuditActorKind {
  if (viewer.kind !== "user") return "ANONYMOUS";
  if (viewer.isService === true) return "SERVICE_ACCOUNT";
  return viewer.scopes === undefined ? "USER" : "API_TOKEN";
}

const judge: Judge = { answered: outcomeOf, failed: failureOf };
