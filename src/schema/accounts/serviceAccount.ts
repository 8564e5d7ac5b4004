/** Service accounts of teams, as who manages the team sees and makes them. */
import {
  createServiceAccount,
  deleteServiceAccount,
  type CreateServiceAccountInput,
  type ServiceAccountChanged,
} from "../../commands/accounts/serviceAccounts.js";
import { decideScope } from "../../domain/access/credentials.js";
import type { UserRecord } from "../../storage/accounts/userStore.js";
import { ApiToken } from "../credentials/apiToken.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { IDEMPOTENCY_KEY } from "../retryRules.js";
import { mayInTeam, TeamObject } from "../teams/team.js";
import { UserObject } from "./user.js";

const ServiceAccountObject = builder.objectRef<UserRecord>("ServiceAccount").implement({
  description:
    "A team's account for a program: a member without a password, authenticated by API tokens.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The id of its user, a UUID." }),
    name: t.exposeString("name", { description: "The name of the service account." }),
    user: t.field({
      type: UserObject,
      description: "The user, as visible to others; its `kind` is SERVICE.",
      resolve: ({ id }) => id,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "The time of creation." }),
    apiTokens: t.field({
      type: [ApiToken],
      description: "Its API tokens, newest first, at most `API_TOKENS_PER_USER_MAX` (default 50).",
      resolve: ({ id }, _args, { services }) => services.accounts.credentials.apiTokens(id),
    }),
  }),
});

builder.objectField(TeamObject, "serviceAccounts", (t) =>
  t.field({
    type: [ServiceAccountObject],
    description:
      "The team's service accounts, oldest first, at most `SERVICE_ACCOUNTS_PER_TEAM_MAX` (default 100). Empty if the viewer does not manage the team or uses an API token.",
    extensions: { viewerDependent: true },
    resolve: (team, _args, context) => {
      const isTold = mayInTeam(team, "manage", context) && decideScope(context.viewer, "session");
      return isTold ? context.services.users.servicesOf(team.id) : [];
    },
  }),
);

const CreateServiceAccountInputType = builder
  .inputRef<CreateServiceAccountInput, false>("CreateServiceAccountInput")
  .implement({
    description: "A new service account.",
    fields: (t) => ({
      teamId: t.id({ required: true, description: "The team it belongs to." }),
      name: t.string({
        required: true,
        description: "The name of the service account; not empty.",
      }),
      idempotencyKey: t.id({ description: IDEMPOTENCY_KEY }),
    }),
  });

const DeleteServiceAccountInput = builder.inputType("DeleteServiceAccountInput", {
  description: "The service account to delete.",
  fields: (t) => ({
    teamId: t.id({ required: true, description: "The team." }),
    userId: t.id({ required: true, description: "The user id of the service account." }),
  }),
});

const CreatedObject = builder.objectRef<ServiceAccountChanged>("ServiceAccountCreated").implement({
  description: "The service account was created, as a member of the team.",
  fields: (t) => ({
    serviceAccount: t.field({
      type: ServiceAccountObject,
      nullable: true,
      description: "The service account; null if it was deleted meanwhile.",
      resolve: ({ userId }, _args, { services }) => services.users.findById(userId),
    }),
  }),
});

const DeletedObject = builder.objectRef<ServiceAccountChanged>("ServiceAccountDeleted").implement({
  description: "The service account and its tokens were deleted.",
  fields: (t) => ({
    userId: t.exposeID("userId", { description: "The id of the deleted service account." }),
  }),
});

const CreateServiceAccountResult = builder.unionType("CreateServiceAccountResult", {
  description: "The service account or an error.",
  types: [CreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : CreatedObject),
});

const DeleteServiceAccountResult = builder.unionType("DeleteServiceAccountResult", {
  description: "The deleted service account or an error.",
  types: [DeletedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : DeletedObject),
});

// Accounts are managed by who signed in, not by a program with a token.
const extensions = { credentials: "session" };

builder.mutationFields((t) => ({
  createServiceAccount: t.field({
    type: CreateServiceAccountResult,
    extensions,
    description:
      "Creates a service account of a team that the viewer manages. It is a member of the team and has access to the team's resources only. `createApiToken` makes its tokens. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN (also API token), INVALID_INPUT, PAYLOAD_TOO_LARGE (too many).",
    args: {
      input: t.arg({
        type: CreateServiceAccountInputType,
        required: true,
        description: "The service account to create.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) =>
      createServiceAccount(services, viewer, input),
  }),
  deleteServiceAccount: t.field({
    type: DeleteServiceAccountResult,
    extensions,
    description:
      "Erases a service account of a team that the viewer manages, with its tokens, within a second on all nodes. Its operations stay in histories, without a name. Errors: UNAUTHENTICATED, NOT_FOUND (also on path `userId`), FORBIDDEN (also API token).",
    args: {
      input: t.arg({
        type: DeleteServiceAccountInput,
        required: true,
        description: "The service account to delete.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) =>
      deleteServiceAccount(services, viewer, input),
  }),
}));
