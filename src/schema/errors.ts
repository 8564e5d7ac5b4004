/** How the API refuses: outcomes that a client is expected to handle, and errors in what it asked for. */
import { GraphQLError } from "graphql";
import type { VersionConflict } from "../commands/outcomes.js";
import { DESIGN_ISSUES_MAX } from "../domain/document/parseDesign.js";
import type { ErrorCode, Problem, RequestError } from "../commands/requestError.js";
import { shownPath, shownText } from "../limits/work/shownText.js";
import { builder } from "./builder.js";
import { LockObject } from "./locks/lock.js";

const ErrorCodeEnum = builder.enumType("ErrorCode", {
  description: "Why a request was refused.",
  values: {
    UNAUTHENTICATED: { description: "Nobody is signed in, or e-mail and password do not match." },
    FORBIDDEN: { description: "The viewer may see this but not change it." },
    NOT_FOUND: { description: "There is no such thing, or the viewer may not see it." },
    INVALID_INPUT: { description: "A field of the input is not acceptable; `path` names it." },
    INVALID_OPERATION: {
      description:
        "An operation cannot apply; `operationId` and `path` name it. Nothing was applied.",
    },
    VERSION_CONFLICT: { description: "Others committed since `baseVersion`." },
    OPERATION_ID_REUSED: {
      description: "The log holds another operation under this id; `operationId` names it.",
    },
    LOCKED: {
      description:
        "Somebody else has locked what the request would change (`lock`), or the design itself locks an element; `operationId` names the first operation that touches it. Nothing was applied.",
    },
    RATE_LIMITED: { description: "Too much at once; try again after `retryAfterMs`." },
    QUOTA_EXCEEDED: {
      description:
        "A quota of the author, the team or the template has no room for this; trying again does not help before something is removed. Nothing was changed.",
    },
    PAYLOAD_TOO_LARGE: {
      description: "A limit on size or number is exceeded; `path` says which part.",
    },
  } satisfies Record<ErrorCode, { description: string }>,
});

/** What all outcomes that are no success have in common. */
export const UserError = builder.interfaceRef<RequestError | VersionConflict>("UserError");
UserError.implement({
  description: "An outcome that is no success and that a client is expected to handle.",
  fields: (t) => ({
    code: t.field({
      type: ErrorCodeEnum,
      description: "The kind of refusal, for programs.",
      resolve: (error) => (error.kind === "refused" ? error.code : "VERSION_CONFLICT"),
    }),
    message: t.string({
      description: "The reason in English, for people.",
      resolve: ({ message }) => shownText(message),
    }),
  }),
});

const InputProblemObject = builder.objectRef<Problem>("InputProblem").implement({
  description: "A part of the input that is wrong.",
  fields: (t) => ({
    path: t.stringList({
      description: "Leads from the input to the part, as `RequestError.path` does.",
      resolve: ({ path }) => [...shownPath(path)],
    }),
    message: t.string({
      description: "What is wrong with it.",
      resolve: ({ message }) => shownText(message),
    }),
  }),
});

export const RequestErrorObject = builder.objectRef<RequestError>("RequestError");
RequestErrorObject.implement({
  description:
    "Every other expected refusal; `code` says which, and `operationId` and `path` where. Nothing was changed.",
  interfaces: [UserError],
  fields: (t) => ({
    operationId: t.id({
      nullable: true,
      description: "The operation that was refused; null where the refusal is about no single one.",
      resolve: ({ operationId }) => operationId && shownText(operationId),
    }),
    path: t.stringList({
      nullable: true,
      description:
        'Leads from the input to the offending part, positions in lists as digits: `["operations", "0", "payload", "x"]`.',
      resolve: ({ path }) => path && shownPath(path),
    }),
    problems: t.field({
      type: [InputProblemObject],
      description: `With a whole design (\`designData\`, \`manualState\`): each of its parts that is wrong, in order, the first ${DESIGN_ISSUES_MAX}. A client can leave those elements out and send the rest. Empty with other refusals.`,
      resolve: ({ problems }) => [...(problems ?? [])],
    }),
    retryAfterMs: t.int({
      nullable: true,
      description: "Milliseconds after which trying again may help; null where it would not.",
      resolve: ({ retryAfterMs }) => retryAfterMs,
    }),
    lock: t.field({
      type: LockObject,
      nullable: true,
      description:
        "With LOCKED: who holds what the request would change. Null where the design itself locks the element (`locked: true`), and with every other code.",
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
