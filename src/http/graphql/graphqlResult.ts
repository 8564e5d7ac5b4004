/** A GraphQL result as an HTTP answer, by the GraphQL-over-HTTP specification. */
import type { ExecutionResult, GraphQLError } from "graphql";
import { writeJsonSteps } from "../../domain/document/json/writeJson.js";
import type { Steps } from "../../domain/steps.js";
import { formatted } from "../../subscriptions/sharedExecution.js";
import { HttpRefusal } from "../respond.js";

const JSON_TYPE = "application/json; charset=utf-8";
const RESPONSE_TYPE = "application/graphql-response+json; charset=utf-8";

/** The type to answer with. Throws HttpRefusal (406) where the client takes none that we have. */
export function negotiate(accept: string | undefined): string {
  if (accept === undefined || accept.includes("*/*") || accept.includes("application/json")) {
    // A client that names both prefers the newer by naming it first.
    return accept?.startsWith("application/graphql-response+json") ? RESPONSE_TYPE : JSON_TYPE;
  }
  if (accept.includes("application/graphql-response+json")) return RESPONSE_TYPE;
  if (accept.includes("application/*")) return JSON_TYPE;
  throw new HttpRefusal(
    406,
    "NOT_ACCEPTABLE",
    "the response is application/json, application/graphql-response+json or, for subscriptions, text/event-stream; accept one of them",
  );
}

/** What `extensions.http` of an error says: a status, and whether plain JSON answers keep 200 nevertheless. */
interface HttpOfError {
  readonly status?: number;
  readonly spec?: boolean;
}

/** The status of a result: 200 as soon as something was executed, else what the errors ask for. */
export function statusOf({ data, errors }: ExecutionResult, contentType: string): number {
  if (errors === undefined || data != null) return 200;
  const asked = errors.flatMap((error) => {
    const { status, spec } = httpOf(error);
    return status === undefined || (spec === true && contentType === JSON_TYPE) ? [] : [status];
  });
  if (asked.length > 0) return Math.max(...asked);
  // Without data the new type's answer must not be a success, unless a nullable root turned an error into null.
  return contentType === RESPONSE_TYPE && data === undefined ? 400 : 200;
}

/** The result's JSON in UTF-8, without what only HTTP needs to know. */
export function* jsonOfSteps(result: ExecutionResult): Steps<Buffer> {
  const { errors } = result;
  const shown = errors === undefined ? result : { ...result, errors: errors.map(formatted) };
  const parts: Buffer[] = [];
  yield* writeJsonSteps(shown, (text) => parts.push(Buffer.from(text)));
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function httpOf(error: GraphQLError): HttpOfError {
  return (error.extensions["http"] as HttpOfError | undefined) ?? {};
}
