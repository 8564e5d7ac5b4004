/** The audit log, as administrators and those of a team read it. */
import { GraphQLError } from "graphql";
import { readAuditLog, type AuditLogRequest } from "../../commands/audit/readAuditLog.js";
import {
  type AuditActorKind,
  type AuditEntry,
  type AuditResult,
} from "../../domain/audit/auditEntry.js";
import { builder } from "../builder.js";
import { connectionOf, decodeCursor, encodeCursor, pageSize, UUID_PART } from "../cursor.js";
import { badUserInput } from "../errors.js";
import { UserObject } from "../accounts/user.js";

const ENTRIES_PER_PAGE = { max: 500, standard: 50 };

const AuditResultEnum = builder.enumType("AuditResult", {
  description: "The result of an attempt.",
  values: {
    ACCEPTED: { description: "It succeeded." },
    REFUSED: { description: "It was refused; `code` gives the reason. Nothing was changed." },
    FAILED: {
      description: "It failed, or its outcome is unknown; `code` gives the reason.",
    },
    UNKNOWN: { description: "The node stopped during the attempt." },
  } satisfies Record<AuditResult, { description: string }>,
});

const AuditActorKindEnum = builder.enumType("AuditActorKind", {
  description: "The kind of actor.",
  values: {
    USER: { description: "A signed-in person." },
    API_TOKEN: { description: "An API token of a person." },
    SERVICE_ACCOUNT: { description: "A service account of a team." },
    ANONYMOUS: { description: "An unauthenticated request." },
    SYSTEM: { description: "A command of the deployment, or the server itself." },
  } satisfies Record<AuditActorKind, { description: string }>,
});

const AuditEntryObject = builder.objectRef<AuditEntry>("AuditEntry").implement({
  description:
    "One attempt with its actor, time, origin and result. Entries never change and contain no document content, tokens or passwords.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    at: t.expose("at", { type: "DateTime", description: "The time at which the attempt began." }),
    actorKind: t.expose("actorKind", {
      type: AuditActorKindEnum,
      description: "The kind of actor.",
    }),
    actorId: t.id({
      nullable: true,
      description:
        "The actor's account; null if there is none. The id of an erased account no longer identifies a user.",
      resolve: ({ actorId }) => actorId,
    }),
    actor: t.field({
      type: UserObject,
      nullable: true,
      description:
        "The actor; null if the request was not authenticated, and if the account was deleted.",
      resolve: ({ actorId }) => actorId,
    }),
    address: t.exposeString("address", {
      nullable: true,
      description: "The IP address of the client, as reported by trusted proxies; null if unknown.",
    }),
    clientId: t.exposeString("clientId", {
      nullable: true,
      description: "The client's own name for itself.",
    }),
    action: t.exposeString("action", {
      description:
        "The mutation in upper case, such as APPLY_OPERATIONS; the action of a command, such as GRANT_ADMIN; or AUDIT_ENTRIES_DROPPED, with the number of refused attempts that an overloaded node did not write.",
    }),
    resourceKind: t.exposeString("resourceKind", {
      nullable: true,
      description: "The kind of resource: template, project, team, user …",
    }),
    resourceIds: t.field({
      type: "JSON",
      description: "The ids named in request and result, as an object: templateId, teamId …",
      resolve: ({ resourceIds }) => resourceIds,
    }),
    templateId: t.id({
      nullable: true,
      description: "The template concerned; null if none.",
      resolve: ({ templateId }) => templateId,
    }),
    teamId: t.id({
      nullable: true,
      description: "The team concerned, or that the template or project belonged to.",
      resolve: ({ teamId }) => teamId,
    }),
    result: t.expose("result", { type: AuditResultEnum, description: "The result." }),
    code: t.exposeString("code", {
      nullable: true,
      description: "The error code of a refusal or failure, such as FORBIDDEN.",
    }),
    details: t.field({
      type: "JSON",
      description:
        "An object: for edits `fromVersion` and `toVersion`, the versions after the first through the second; also versions, numbers and choices of the request. `restored`: rebuilt from the log after its node stopped.",
      resolve: ({ details }) => details,
    }),
  }),
});

const AuditFilter = builder.inputType("AuditFilter", {
  description: "A filter for entries; all given conditions must hold.",
  fields: (t) => ({
    from: t.field({
      type: "DateTime",
      description: "Entries of this instant or later; default: 31 days before `to`.",
    }),
    to: t.field({
      type: "DateTime",
      description: "Entries before this instant, at most 366 days after `from`; default: now.",
    }),
    actorId: t.id({ description: "Entries of this actor." }),
    templateId: t.id({ description: "Entries about this template." }),
    teamId: t.id({
      description:
        "Entries about this team and what belonged to it. Required for its owner and admins; not permitted for the author of a personal template.",
    }),
    action: t.string({ description: "Entries of exactly this action." }),
    result: t.field({ type: AuditResultEnum, description: "Entries with this result." }),
  }),
});

const AuditConnection = builder.connectionObject(
  { type: AuditEntryObject, name: "AuditConnection", description: "A page of the audit log." },
  { name: "AuditEdge", description: "An entry and its cursor." },
);

builder.queryField("auditLog", (t) =>
  t.field({
    type: AuditConnection,
    description:
      "The audit log, newest first. For administrators; for the owner and admins of the team in `filter.teamId`; and for the author of the personal template in `filter.templateId`, without the addresses of others and without entries from its time in a team. An entry appears within a second. Errors: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT for a page or range that is too large or a cursor of another list.",
    args: {
      filter: t.arg({ type: AuditFilter, description: "Restricts the list." }),
      first: t.arg.int({ description: "The number of results, 0 to 500; default 50." }),
      after: t.arg.string({ description: "Return results after this cursor." }),
    },
    resolve: async (_root, { filter, first, after }, { services, viewer }) => {
      const size = pageSize("first", first, ENTRIES_PER_PAGE);
      const request = { ...requestOf(filter ?? {}), ...placeOf(after), limit: size + 1 };
      const outcome = await readAuditLog(services, viewer, request);
      if (outcome.kind === "refused") {
        if (outcome.code === "INVALID_INPUT") throw badUserInput(outcome.message);
        throw new GraphQLError(outcome.message, { extensions: { code: outcome.code } });
      }
      const { entries } = outcome;
      return connectionOf(entries.slice(0, size), ({ at, id }) => encodeCursor(at, id), {
        hasNextPage: entries.length > size,
        hasPreviousPage: after != null,
      });
    },
  }),
);

function requestOf(filter: typeof AuditFilter.$inferInput): Omit<AuditLogRequest, "limit"> {
  const { from, to, actorId, templateId, teamId, action, result } = filter;
  // PostgreSQL knows no NUL, and no action has one.
  if (action?.includes("\0")) throw badUserInput("Text must not contain NUL.");
  return {
    ...(from != null && { from: from.getTime() }),
    ...(to != null && { to: to.getTime() }),
    ...(actorId != null && { actorId }),
    ...(templateId != null && { templateId }),
    ...(teamId != null && { teamId }),
    ...(action != null && { action }),
    ...(result != null && { result }),
  };
}

/** Thirteen digits of milliseconds reach the year 2286. */
const CURSOR = new RegExp(`^(\\d{1,13}) ${UUID_PART}$`);

function placeOf(cursor: string | null | undefined): Pick<AuditLogRequest, "after"> {
  const [at, id] = decodeCursor(cursor, CURSOR) ?? [];
  return at === undefined || id === undefined ? {} : { after: { at: Number(at), id } };
}
