/** Tokens that people make for programs of theirs. */
import {
  createApiToken,
  revokeApiToken,
  type CreateApiTokenInput,
  type RevokeApiTokenInput,
} from "../../commands/credentials/apiTokens.js";
import type { ApiTokenCreated, ApiTokenRevoked } from "../../commands/outcomes.js";
import { decideScope } from "../../domain/access/credentials.js";
import type { Scope } from "../../domain/access/viewer.js";
import type { ApiTokenRecord } from "../../storage/credentials/credentialStore.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { UserObject } from "../accounts/user.js";

const ApiTokenScope = builder.enumType("ApiTokenScope", {
  description: "A right of an API token. No API token can manage accounts or tokens.",
  values: {
    READ: { description: "Queries and subscriptions." },
    WRITE: { description: "Mutations, too." },
  } satisfies Record<Scope, { description: string }>,
});

export const ApiToken = builder.objectRef<ApiTokenRecord>("ApiToken").implement({
  description: "A user's token for a program; the token itself was returned once.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The id to revoke it by." }),
    name: t.exposeString("name", { description: "The purpose of the token." }),
    scopes: t.expose("scopes", { type: [ApiTokenScope], description: "The rights of the token." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "The time of creation." }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      description: "The time at which it expires.",
    }),
    teamId: t.id({
      nullable: true,
      description:
        "The team it is limited to, including the team's projects and templates; null if not limited to a team.",
      resolve: ({ limit }) => (limit?.kind === "team" ? limit.id : null),
    }),
    projectId: t.id({
      nullable: true,
      description: "The project it is limited to; null if not limited to a project.",
      resolve: ({ limit }) => (limit?.kind === "project" ? limit.id : null),
    }),
    templateId: t.id({
      nullable: true,
      description: "The template it is limited to; null if not limited to a template.",
      resolve: ({ limit }) => (limit?.kind === "template" ? limit.id : null),
    }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: "The time of its last use, to the minute; null if never used.",
    }),
  }),
});

builder.objectField(UserObject, "apiTokens", (t) =>
  t.field({
    type: [ApiToken],
    nullable: true,
    description:
      "The user's API tokens, newest first, at most `API_TOKENS_PER_USER_MAX` (default 50); null for other users than the viewer, and if the viewer uses an API token.",
    extensions: { viewerDependent: true },
    resolve: ({ id }, _args, { services, viewer }) => {
      const isSelf = viewer.kind === "user" && viewer.userId === id;
      if (!isSelf || !decideScope(viewer, "session")) return null;
      return services.accounts.credentials.apiTokens(id);
    },
  }),
);

const CreateApiTokenInputType = builder
  .inputRef<CreateApiTokenInput, false>("CreateApiTokenInput")
  .implement({
    description: "A new API token.",
    fields: (t) => ({
      name: t.string({ required: true, description: "The purpose of the token; not empty." }),
      scopes: t.field({
        type: [ApiTokenScope],
        required: true,
        description: "The rights of the token; at least one.",
      }),
      expiresAt: t.field({
        type: "DateTime",
        required: true,
        description: "The time at which it expires, at most 366 days ahead.",
      }),
      teamId: t.id({
        description:
          "The team to limit it to, with the team's projects and templates. At most one of the three; without any, the token has all access of its user or service account.",
      }),
      projectId: t.id({ description: "The project to limit it to, with the project's templates." }),
      templateId: t.id({ description: "The template to limit it to." }),
      serviceAccountId: t.id({
        description:
          "The service account that the token belongs to, of a team that the viewer manages; the token's limit must be within that team. Default: the viewer.",
      }),
    }),
  });

const RevokeApiTokenInputType = builder
  .inputRef<RevokeApiTokenInput, false>("RevokeApiTokenInput")
  .implement({
    description: "The API token to revoke.",
    fields: (t) => ({
      id: t.id({ required: true, description: "The API token's id." }),
      serviceAccountId: t.id({
        description:
          "The service account that the token belongs to, of a team that the viewer manages; omitted for the viewer's own.",
      }),
    }),
  });

const ApiTokenCreatedObject = builder.objectRef<ApiTokenCreated>("ApiTokenCreated").implement({
  description: "A new API token.",
  fields: (t) => ({
    token: t.exposeString("token", {
      description: "The token, used like a session's access token. Returned only once.",
    }),
    apiToken: t.field({
      type: ApiToken,
      description: "The stored description of the token.",
      resolve: ({ record }) => record,
    }),
  }),
});

const ApiTokenRevokedObject = builder.objectRef<ApiTokenRevoked>("ApiTokenRevoked").implement({
  description: "The API token was revoked.",
  fields: (t) => ({ id: t.exposeID("id", { description: "The id of the revoked token." }) }),
});

const CreateApiTokenResult = builder.unionType("CreateApiTokenResult", {
  description: "The token or an error.",
  types: [ApiTokenCreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : ApiTokenCreatedObject),
});

const RevokeApiTokenResult = builder.unionType("RevokeApiTokenResult", {
  description: "The revoked token or an error.",
  types: [ApiTokenRevokedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : ApiTokenRevokedObject),
});

const forSignedIn = { credentials: "session" };

builder.mutationFields((t) => ({
  createApiToken: t.field({
    type: CreateApiTokenResult,
    description:
      "Creates an API token of the viewer, or of a service account of a team that the viewer manages. Errors: UNAUTHENTICATED, FORBIDDEN (authenticated by an API token; a member who does not manage the team; a disabled service account), NOT_FOUND (the limit or the service account), INVALID_INPUT, RATE_LIMITED (too many tokens).",
    extensions: forSignedIn,
    args: {
      input: t.arg({
        type: CreateApiTokenInputType,
        required: true,
        description: "The token to create.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => createApiToken(services, viewer, input),
  }),
  revokeApiToken: t.field({
    type: RevokeApiTokenResult,
    description:
      "Revokes an API token of the viewer, or of a service account of a team that the viewer manages, within a second on all nodes. Errors: UNAUTHENTICATED, FORBIDDEN (API token; a member who does not manage the team), NOT_FOUND.",
    extensions: forSignedIn,
    args: {
      input: t.arg({
        type: RevokeApiTokenInputType,
        required: true,
        description: "The token to revoke.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => revokeApiToken(services, viewer, input),
  }),
}));
