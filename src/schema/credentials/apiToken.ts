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
  description: "What an API token may be used for. Accounts and tokens are managed by none.",
  values: {
    READ: { description: "Queries and subscriptions." },
    WRITE: { description: "Mutations, too." },
  } satisfies Record<Scope, { description: string }>,
});

export const ApiToken = builder.objectRef<ApiTokenRecord>("ApiToken").implement({
  description: "A token that its person made for a program; the token itself was shown once.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "What it is revoked by." }),
    name: t.exposeString("name", { description: "What it is for." }),
    scopes: t.expose("scopes", { type: [ApiTokenScope], description: "What it may be used for." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "When it ends by itself." }),
    teamId: t.id({
      nullable: true,
      description: "The team that it is limited to, with what is in it; null where it is not.",
      resolve: ({ limit }) => (limit?.kind === "team" ? limit.id : null),
    }),
    projectId: t.id({
      nullable: true,
      description: "The project that it is limited to; null where it is not.",
      resolve: ({ limit }) => (limit?.kind === "project" ? limit.id : null),
    }),
    templateId: t.id({
      nullable: true,
      description: "The template that it is limited to; null where it is not.",
      resolve: ({ limit }) => (limit?.kind === "template" ? limit.id : null),
    }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was last used, to the minute; null where it never was.",
    }),
  }),
});

builder.objectField(UserObject, "apiTokens", (t) =>
  t.field({
    type: [ApiToken],
    nullable: true,
    description:
      "The person's API tokens, newest first, at most `API_TOKENS_PER_USER_MAX` (50 unless set otherwise); null for everyone but oneself, and for who comes with an API token.",
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
    description: "A token for a program.",
    fields: (t) => ({
      name: t.string({ required: true, description: "What it is for; not empty." }),
      scopes: t.field({
        type: [ApiTokenScope],
        required: true,
        description: "What it may be used for; at least one.",
      }),
      expiresAt: t.field({
        type: "DateTime",
        required: true,
        description: "When it ends by itself: within 366 days.",
      }),
      teamId: t.id({
        description:
          "A team that it is limited to, with its projects and templates. At most one of the three; with none it reaches all that its person or service account does.",
      }),
      projectId: t.id({ description: "A project that it is limited to, with its templates." }),
      templateId: t.id({ description: "A template that it is limited to." }),
      serviceAccountId: t.id({
        description:
          "The service account that it shall be of, of a team that the viewer manages; what it is limited to is in that team. The viewer's own where omitted.",
      }),
    }),
  });

const RevokeApiTokenInputType = builder
  .inputRef<RevokeApiTokenInput, false>("RevokeApiTokenInput")
  .implement({
    description: "Which token to end.",
    fields: (t) => ({
      id: t.id({ required: true, description: "The API token's id." }),
      serviceAccountId: t.id({
        description:
          "Whose it is, where that is a service account of a team that the viewer manages.",
      }),
    }),
  });

const ApiTokenCreatedObject = builder.objectRef<ApiTokenCreated>("ApiTokenCreated").implement({
  description: "A new API token.",
  fields: (t) => ({
    token: t.exposeString("token", {
      description: "The token, used like that of a session. It is told here and never again.",
    }),
    apiToken: t.field({
      type: ApiToken,
      description: "What is kept of it.",
      resolve: ({ record }) => record,
    }),
  }),
});

const ApiTokenRevokedObject = builder.objectRef<ApiTokenRevoked>("ApiTokenRevoked").implement({
  description: "The API token is good for nothing any more.",
  fields: (t) => ({ id: t.exposeID("id", { description: "Which one." }) }),
});

const CreateApiTokenResult = builder.unionType("CreateApiTokenResult", {
  description: "A token or a refusal.",
  types: [ApiTokenCreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : ApiTokenCreatedObject),
});

const RevokeApiTokenResult = builder.unionType("RevokeApiTokenResult", {
  description: "The end of a token, or a refusal.",
  types: [ApiTokenRevokedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : ApiTokenRevokedObject),
});

const forSignedIn = { credentials: "session" };

builder.mutationFields((t) => ({
  createApiToken: t.field({
    type: CreateApiTokenResult,
    description:
      "Makes an API token of the viewer, or of a service account of a team that they manage. Refusals: UNAUTHENTICATED, FORBIDDEN (asked with an API token; a member who does not manage the team; a disabled service account), NOT_FOUND (what it shall be limited to, or the service account), INVALID_INPUT, RATE_LIMITED (there are too many).",
    extensions: forSignedIn,
    args: {
      input: t.arg({ type: CreateApiTokenInputType, required: true, description: "The token." }),
    },
    resolve: (_root, { input }, { services, viewer }) => createApiToken(services, viewer, input),
  }),
  revokeApiToken: t.field({
    type: RevokeApiTokenResult,
    description:
      "Ends an API token of the viewer, or of a service account of a team that they manage, within a second on all nodes. Refusals: UNAUTHENTICATED, FORBIDDEN (API token; a member who does not manage the team), NOT_FOUND.",
    extensions: forSignedIn,
    args: {
      input: t.arg({ type: RevokeApiTokenInputType, required: true, description: "Which token." }),
    },
    resolve: (_root, { input }, { services, viewer }) => revokeApiToken(services, viewer, input),
  }),
}));
