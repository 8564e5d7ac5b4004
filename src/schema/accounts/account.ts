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
  description: "An account's rights beyond its own templates, teams and projects.",
  values: {
    USER: { description: "No further rights." },
    ADMIN: { description: "Administer the deployment: its nodes, accounts and audit log." },
  } satisfies Record<UserRole, { description: string }>,
});

const UserKindEnum = builder.enumType("UserKind", {
  description: "The kind of an account.",
  values: {
    PERSON: { description: "A person who signs in." },
    SERVICE: {
      description: "A service account of a team, for a program, with API tokens and no password.",
    },
  } satisfies Record<UserKind, { description: string }>,
});

builder.objectFields(UserObject, (t) => ({
  kind: t.expose("kind", {
    type: UserKindEnum,
    description: "Whether the account is a person's or a service account.",
  }),
  role: t.field({
    type: UserRoleEnum,
    nullable: true,
    description:
      "Whether the user administers the deployment; null for other users than the viewer. Administrators see the role of every account in `accounts`.",
    extensions: { viewerDependent: true },
    resolve: async ({ id, isSelf }, _args, { services, viewer }) => {
      const isOwn = viewer.kind === "user" && viewer.userId === id && !viewer.limits;
      return isSelf || isOwn ? services.users.roleOf(id) : null;
    },
  }),
}));

export const AccountObject = builder.objectRef<AccountRow>("Account").implement({
  description: "An account, as visible to administrators of the deployment only.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The id of its user, a UUID." }),
    user: t.field({
      type: UserObject,
      description: "The user, as visible to others.",
      resolve: ({ id }) => id,
    }),
    email: t.exposeString("email", {
      nullable: true,
      description:
        "The e-mail address, proven or not; with a password, the account signs in with it. Null if it has none.",
    }),
    isEmailProven: t.exposeBoolean("isEmailProven", {
      description:
        "Whether the address is proven: by an identity provider, an administrator or a token sent to it. If false, permissions and invitations to the address do not belong to the account, and another account may prove it.",
    }),
    hasPassword: t.exposeBoolean("hasPassword", {
      description:
        "Whether the account signs in with a password; otherwise with an identity provider or tokens.",
    }),
    role: t.expose("role", { type: UserRoleEnum, description: "The role in the deployment." }),
    kind: t.expose("kind", { type: UserKindEnum, description: "The kind of account." }),
    serviceTeamId: t.id({
      nullable: true,
      description: "The team's id for a service account; null for a person.",
      resolve: ({ serviceTeamId }) => serviceTeamId,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "The time of creation." }),
    disabledAt: t.expose("disabledAt", {
      type: "DateTime",
      nullable: true,
      description: "The time at which the account was disabled; null if it is enabled.",
    }),
  }),
});

const AccountFilter = builder.inputType("AccountFilter", {
  description: "A filter for accounts; all given conditions must hold.",
  fields: (t) => ({
    role: t.field({ type: UserRoleEnum, description: "Accounts with this role." }),
    kind: t.field({ type: UserKindEnum, description: "Accounts of this kind." }),
    isDisabled: t.boolean({
      description: "True: only disabled accounts; false: only enabled ones.",
    }),
  }),
});

const AccountConnection = builder.connectionObject(
  { type: AccountObject, name: "AccountConnection", description: "A page of accounts." },
  { name: "AccountEdge", description: "An account and its cursor." },
);

// Accounts are managed by who signed in, not by a program with a token.
const extensions = { credentials: "session" };

builder.queryFields((t) => ({
  accounts: t.field({
    type: AccountConnection,
    extensions,
    description:
      "The accounts of the deployment, newest first. For administrators. Errors: UNAUTHENTICATED, FORBIDDEN (also with an API token), BAD_USER_INPUT for a page that is too large or a cursor of another list.",
    args: {
      search: t.arg.string({
        description:
          "Only accounts with this text in name or e-mail address, ignoring case, or with this id; at most 200 characters.",
      }),
      filter: t.arg({ type: AccountFilter, description: "Restricts the list." }),
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
      "One account; null if it does not exist. For administrators. Errors: UNAUTHENTICATED, FORBIDDEN (also with an API token).",
    args: { userId: t.arg.id({ required: true, description: "The user id of the account." }) },
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
