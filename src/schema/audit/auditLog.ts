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
  description: "What came of an attempt.",
  values: {
    ACCEPTED: { description: "It was done." },
    REFUSED: { description: "It may not be; `code` says why. Nothing was changed." },
    FAILED: {
      description: "It could not be done, or nobody knows whether it was; `code` says why.",
    },
    UNKNOWN: { description: "The node died while it was at it." },
  } satisfies Record<AuditResult, { description: string }>,
});

const AuditActorKindEnum = builder.enumType("AuditActorKind", {
  description: "As what somebody attempted something.",
  values: {
    USER: { description: "As a person who signed in." },
    API_TOKEN: { description: "With an API token of a person." },
    SERVICE_ACCOUNT: { description: "As a service account of a team." },
    ANONYMOUS: { description: "Nobody was signed in." },
    SYSTEM: { description: "A command of the deployment, or Strata itself." },
  } satisfies Record<AuditActorKind, { description: string }>,
});

const AuditEntryObject = builder.objectRef<AuditEntry>("AuditEntry").implement({
  description:
    "Who attempted what, when, from where, and what came of it. Entries never change; contents of documents, tokens and passwords are not in them.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "A UUID." }),
    at: t.expose("at", { type: "DateTime", description: "When it began." }),
    actorKind: t.expose("actorKind", { type: AuditActorKindEnum, description: "As what." }),
    actorId: t.id({
      nullable: true,
      description: "Whose account; null for nobody's. That of an erased account means nobody.",
      resolve: ({ actorId }) => actorId,
    }),
    actor: t.field({
      type: UserObject,
      nullable: true,
      description: "The person; null where nobody was signed in and where the account is gone.",
      resolve: ({ actorId }) => actorId,
    }),
    address: t.exposeString("address", {
      nullable: true,
      description:
        "The IP address it came from, told by proxies as far as they are trusted; null where it is not known.",
    }),
    clientId: t.exposeString("clientId", {
      nullable: true,
      description: "What the client calls itself.",
    }),
    action: t.exposeString("action", {
      description:
        "The mutation in upper case, such as APPLY_OPERATIONS; what a command did, such as GRANT_ADMIN; or AUDIT_ENTRIES_DROPPED, with the number of refused attempts that an overloaded node did not write.",
    }),
    resourceKind: t.exposeString("resourceKind", {
      nullable: true,
      description: "What it is about: template, project, team, user …",
    }),
    resourceIds: t.field({
      type: "JSON",
      description: "The ids that request and answer name, an object: templateId, teamId …",
      resolve: ({ resourceIds }) => resourceIds,
    }),
    templateId: t.id({
      nullable: true,
      description: "The template, where it is about one.",
      resolve: ({ templateId }) => templateId,
    }),
    teamId: t.id({
      nullable: true,
      description: "The team that it is about, or that the template or project belonged to.",
      resolve: ({ teamId }) => teamId,
    }),
    result: t.expose("result", { type: AuditResultEnum, description: "What came of it." }),
    code: t.exposeString("code", {
      nullable: true,
      description: "Of a refusal or failure, such as FORBIDDEN.",
    }),
    details: t.field({
      type: "JSON",
      description:
        "An object: for edits `fromVersion` and `toVersion`, the versions above the one through the other; further versions, numbers and choices of the request. `restored`: made from the log after its node died.",
      resolve: ({ details }) => details,
    }),
  }),
});

const AuditFilter = builder.inputType("AuditFilter", {
  description: "Which entries a list holds; what is given must all be so.",
  fields: (t) => ({
    from: t.field({
      type: "DateTime",
      description: "Those of this instant or later; 31 days before `to` where omitted.",
    }),
    to: t.field({
      type: "DateTime",
      description: "Those before this instant, at most 366 days after `from`; now where omitted.",
    }),
    actorId: t.id({ description: "Those of this person." }),
    templateId: t.id({ description: "Those about this template." }),
    teamId: t.id({
      description:
        "Those about this team and what belonged to it. Its owner and admins must give it, and the author of a personal template must not.",
    }),
    action: t.string({ description: "Those of exactly this action." }),
    result: t.field({ type: AuditResultEnum, description: "Those with this result." }),
  }),
});

const AuditConnection = builder.connectionObject(
  { type: AuditEntryObject, name: "AuditConnection", description: "A page of the audit log." },
  { name: "AuditEdge", description: "An entry and its place in the list." },
);

builder.queryField("auditLog", (t) =>
  t.field({
    type: AuditConnection,
    description:
      "What was attempted, newest first: for administrators; for the owner and admins of the team that `filter.teamId` names; and for the author of the personal template that `filter.templateId` names, without the addresses of others and what happened while it was a team's. An entry shows within a second. Errors: UNAUTHENTICATED, FORBIDDEN, BAD_USER_INPUT for a page or range that is too large or a cursor of another list.",
    args: {
      filter: t.arg({ type: AuditFilter, description: "Which of them." }),
      first: t.arg.int({ description: "How many, 0 to 500; 50 where omitted." }),
      after: t.arg.string({ description: "The cursor after which to go on." }),
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
