/** How the API refuses: outcomes that a client is expected to handle, and errors in what it asked for. */
import { GraphQLError } from "graphql";
import type { VersionConflict } from "../commands/outcomes.js";
import { DESIGN_ISSUES_MAX } from "../domain/document/parseDesign.js";
import type { ErrorCode, Problem, RequestError } from "../commands/requestError.js";
import { shownPath, shownText } from "../limits/work/shownText.js";
import { builder } from "./builder.js";
import { LockObject } from "./locks/lock.js";

const ErrorCodeEnum = builder.enumType("ErrorCode", {
  description: "The reason for refusing a request.",
  values: {
    UNAUTHENTICATED: {
      description: "The request is not authenticated, or e-mail and password do not match.",
    },
    FORBIDDEN: { description: "The viewer may see the object but may not change it." },
    NOT_FOUND: { description: "The object does not exist, or the viewer may not see it." },
    INVALID_INPUT: { description: "A field of the input is invalid; `path` names it." },
    INVALID_OPERATION: {
      description:
        "An operation does not apply; `operationId` and `path` name it. Nothing was applied.",
    },
    VERSION_CONFLICT: { description: "Other clients committed since `baseVersion`." },
    OPERATION_ID_REUSED: {
      description: "The log holds a different operation under this id; `operationId` names it.",
    },
    LOCKED: {
      description:
        "Another client holds a lock on a document node that the request would change (`lock`), or the design itself locks an element; `operationId` names the first operation that touches it. Nothing was applied.",
    },
    RATE_LIMITED: { description: "A rate limit is exceeded; retry after `retryAfterMs`." },
    QUOTA_EXCEEDED: {
      description:
        "A quota of the author, the team or the template is exhausted; retrying fails until something is deleted. Nothing was changed.",
    },
    PAYLOAD_TOO_LARGE: {
      description: "A limit on size or number is exceeded; `path` names the part.",
    },
  } satisfies Record<ErrorCode, { description: string }>,
});

/** What all outcomes that are no success have in common. */
export const UserError = builder.interfaceRef<RequestError | VersionConflict>("UserError");
UserError.implement({
  description: "An unsuccessful result that the client is expected to handle.",
  fields: (t) => ({
    code: t.field({
      type: ErrorCodeEnum,
      description: "The kind of error, for programs.",
      resolve: (error) => (error.kind === "refused" ? error.code : "VERSION_CONFLICT"),
    }),
    message: t.string({
      description: "The reason in English, for people.",
      resolve: ({ message }) => shownText(message),
    }),
  }),
});

const InputProblemObject = builder.objectRef<Problem>("InputProblem").implement({
  description: "One invalid part of the input.",
  fields: (t) => ({
    path: t.stringList({
      description: "The path from the input to the part, as in `RequestError.path`.",
      resolve: ({ path }) => [...shownPath(path)],
    }),
    message: t.string({
      description: "The reason why the part is invalid.",
      resolve: ({ message }) => shownText(message),
    }),
  }),
});

export const RequestErrorObject = builder.objectRef<RequestError>("RequestError");
RequestErrorObject.implement({
  description:
    "Any other expected error: `code` names its kind, `operationId` and `path` the place. Nothing was changed.",
  interfaces: [UserError],
  fields: (t) => ({
    operationId: t.id({
      nullable: true,
      description: "The refused operation; null if the error does not concern a single operation.",
      resolve: ({ operationId }) => operationId && shownText(operationId),
    }),
    path: t.stringList({
      nullable: true,
      description:
        'The path from the input to the invalid part, list positions as digits: `["operations", "0", "payload", "x"]`.',
      resolve: ({ path }) => path && shownPath(path),
    }),
    problems: t.field({
      type: [InputProblemObject],
      description: `For a whole design (\`designData\`, \`manualState\`): its invalid parts in order, the first ${DESIGN_ISSUES_MAX}. A client can omit those elements and send the rest. Empty for other errors.`,
      resolve: ({ problems }) => [...(problems ?? [])],
    }),
    retryAfterMs: t.int({
      nullable: true,
      description: "Milliseconds after which a retry may succeed; null if a retry would fail.",
      resolve: ({ retryAfterMs }) => retryAfterMs,
    }),
    lock: t.field({
      type: LockObject,
      nullable: true,
      description:
        "With LOCKED: the lock on the document nodes that the request would change. Null if the design itself locks the element (`locked: true`), and with every other code.",
      resolve: ({ lock }) => lock,
    }),
  }),
});

/** The error for arguments of a query that cannot be met: a cursor of another list, a page that is too large. */
export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}

/** The error for a subscription of whoever is not signed in. */
export function unauthenticated(): GraphQLError {
  return new GraphQLError("Sign in first.", { extensions: { code: "UNAUTHENTICATED" } });
}

/** The error for a subscription to what is not there, or not for this viewer. */
export function notFound(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "NOT_FOUND" } });
}
