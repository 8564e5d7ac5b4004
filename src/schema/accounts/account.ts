/** Accounts as administrators of the deployment see them. */
import { GraphQLError } from "graphql";
import { asAdministrator } from "../../commands/accounts/administerAccounts.js";
import type { UserRole } from "../../domain/access/administration.js";
import {
  readAccount,
  readAccountPage,
  type AccountPageQuery,
  type AccountRow,
} from "../../storage/accounts/accountPage.js";
import type { UserKind } from "../../storage/accounts/userStore.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { badUserInput } from "../errors.js";
import { timeConnection, timePageArgs, timePageOf } from "../timePage.js";
import { UserObject } from "./user.js";

const SEARCH_UNITS_MAX = 200;

const UserRoleEnum = builder.enumType("UserRole", {
  description: "What an account may do beyond its own templates, teams and projects.",
  values: {
    USER: { description: "Nothing more." },
    ADMIN: { description: "Administer the deployment: its nodes, accounts and audit log." },
  } satisfies Record<UserRole, { description: string }>,
});

const UserKindEnum = builder.enumType("UserKind", {
  description: "Who an account is of.",
  values: {
    PERSON: { description: "A person, who signs in." },
    SERVICE: { description: "A program of a team, which has API tokens and no password." },
  } satisfies Record<UserKind, { description: string }>,
});

builder.objectFields(UserObject, (t) => ({
  kind: t.expose("kind", {
    type: UserKindEnum,
    description: "Whether it is a person or a service account of a team.",
  }),
  role: t.field({
    type: UserRoleEnum,
    nullable: true,
    description:
      "Whether the person administers the deployment; null for everyone but oneself. Administrators see that of all in `accounts`.",
    extensions: { viewerDependent: true },
    resolve: async ({ id, isSelf }, _args, { services, viewer }) => {
      const isOwn = viewer.kind === "user" && viewer.userId === id && !viewer.limits;
      return isSelf || isOwn ? services.users.roleOf(id) : null;
    },
  }),
}));

export const AccountObject = builder.objectRef<AccountRow>("Account").implement({
  description: "An account as administrators of the deployment see it, and nobody else.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "That of its user, a UUID." }),
    user: t.field({
      type: UserObject,
      description: "Its person or service, as others see them.",
      resolve: ({ id }) => id,
    }),
    email: t.exposeString("email", {
      nullable: true,
      description:
        "Its address; with a password it signs in with it, proven or not. Null where it has none.",
    }),
    isEmailProven: t.exposeBoolean("isEmailProven", {
      description:
        "Whether an identity provider or an administrator proved the address, or a token that was sent to it. Where not, the account only named it: what waits at the address is not its own, and another account may prove it.",
    }),
    hasPassword: t.exposeBoolean("hasPassword", {
      description: "Whether it signs in with a password; else with an identity provider or tokens.",
    }),
    role: t.expose("role", { type: UserRoleEnum, description: "Whether it administers." }),
    kind: t.expose("kind", { type: UserKindEnum, description: "Who it is of." }),
    serviceTeamId: t.id({
      nullable: true,
      description: "Of a service account: its team's id. Null for people.",
      resolve: ({ serviceTeamId }) => serviceTeamId,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    disabledAt: t.expose("disabledAt", {
      type: "DateTime",
      nullable: true,
      description: "Since when it cannot be used; null where it can.",
    }),
  }),
});

const AccountFilter = builder.inputType("AccountFilter", {
  description: "Which accounts a list holds; what is given must all be so.",
  fields: (t) => ({
    role: t.field({ type: UserRoleEnum, description: "Those with this role." }),
    kind: t.field({ type: UserKindEnum, description: "Those of people, or of services." }),
    isDisabled: t.boolean({ description: "Only those that cannot be used, or only the others." }),
  }),
});

const AccountConnection = builder.connectionObject(
  { type: AccountObject, name: "AccountConnection", description: "A page of accounts." },
  { name: "AccountEdge", description: "An account and its place in the list." },
);

// Accounts are managed by who signed in, not by a program with a token.
const extensions = { credentials: "session" };

builder.queryFields((t) => ({
  accounts: t.field({
    type: AccountConnection,
    extensions,
    description:
      "The accounts of the deployment, newest first, for administrators. Errors: UNAUTHENTICATED, FORBIDDEN (also with an API token), BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      search: t.arg.string({
        description:
          "Only those with this text in name or e-mail address, in upper or lower case, or with this id; at most 200 characters.",
      }),
      filter: t.arg({ type: AccountFilter, description: "Which of them." }),
      ...timePageArgs(t.arg),
    },
    resolve: async (_root, args, context) => {
      await requireAdministrator(context);
      const page = timePageOf(args);
      const rows = await readAccountPage(context.prisma, {
        ...conditionsOf(args),
        ...{ after: page.after, limit: page.take },
      });
      return timeConnection(
        page,
        rows,
        ({ createdAt, id }) => ({ at: createdAt, id }),
        (row) => row,
      );
    },
  }),
  account: t.field({
    type: AccountObject,
    nullable: true,
    extensions,
    description:
      "One account, for administrators; null where there is none. Errors: UNAUTHENTICATED, FORBIDDEN (also with an API token).",
    args: { userId: t.arg.id({ required: true, description: "The id of its user." }) },
    resolve: async (_root, { userId }, context) => {
      await requireAdministrator(context);
      return readAccount(context.prisma, userId);
    },
  }),
}));

/** @throws GraphQLError UNAUTHENTICATED, FORBIDDEN */
async function requireAdministrator({ services, viewer }: GraphQLContext): Promise<void> {
  const administrator = await asAdministrator(services, viewer);
  if (administrator.kind !== "refused") return;
  const { code, message } = administrator;
  throw new GraphQLError(message, { extensions: { code } });
}

function conditionsOf({
  search,
  filter,
}: {
  readonly search?: string | null | undefined;
  readonly filter?: typeof AccountFilter.$inferInput | null | undefined;
}): Omit<AccountPageQuery, "after" | "limit"> {
  if ((search?.length ?? 0) > SEARCH_UNITS_MAX) {
    throw badUserInput(`\`search\` must be at most ${SEARCH_UNITS_MAX} characters.`);
  }
  // PostgreSQL knows no NUL.
  if (search?.includes("\0")) throw badUserInput("Text must not contain NUL.");
  const { role, kind, isDisabled } = filter ?? {};
  return {
    ...(search != null && search !== "" && { search }),
    ...(role != null && { role }),
    ...(kind != null && { kind }),
    ...(isDisabled != null && { isDisabled }),
  };
}
