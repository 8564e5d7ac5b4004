/** The mutations with which administrators of the deployment manage accounts, and the one that their links lead to. */
import type {
  AccountChanged,
  AccountCreated,
  AccountErased,
  PasswordResetCreated,
} from "../../commands/accounts/accountOutcomes.js";
import { createAccount, type CreateAccountInput } from "../../commands/accounts/createAccount.js";
import {
  confirmEmail,
  createPasswordReset,
  disableAccount,
  enableAccount,
  eraseAccount,
  signOutAccount,
} from "../../commands/accounts/administerAccounts.js";
import {
  resetPassword,
  type ResetPasswordInput,
} from "../../commands/credentials/resetPassword.js";
import { linkOf } from "../../commands/access/linkTokens.js";
import { readAccount } from "../../storage/accounts/accountPage.js";
import { AccountObject } from "./account.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { sessionResult } from "../credentials/session.js";

const AccountInput = builder.inputType("AccountInput", {
  description: "The account to manage.",
  fields: (t) => ({ userId: t.id({ required: true, description: "The user id of the account." }) }),
});

const CreateAccountInputType = builder
  .inputRef<CreateAccountInput, false>("CreateAccountInput")
  .implement({
    description: "A new account for a person.",
    fields: (t) => ({
      email: t.string({ required: true, description: "The e-mail address to sign in with." }),
      name: t.string({ required: true, description: "The display name; not empty." }),
    }),
  });

const SignOutAccountInput = builder.inputType("SignOutAccountInput", {
  description: "The account to sign out.",
  fields: (t) => ({
    userId: t.id({ required: true, description: "The user id of the account." }),
    apiTokens: t.boolean({ description: "Whether to revoke its API tokens too; default false." }),
  }),
});

const ConfirmEmailInput = builder.inputType("ConfirmEmailInput", {
  description: "The account whose e-mail address to confirm.",
  fields: (t) => ({
    userId: t.id({ required: true, description: "The user id of the account." }),
    email: t.string({ required: true, description: "The current address of the account." }),
  }),
});

const ResetPasswordInputType = builder
  .inputRef<ResetPasswordInput, false>("ResetPasswordInput")
  .implement({
    description: "The replacement of a forgotten password.",
    fields: (t) => ({
      token: t.string({ required: true, description: "The token issued by an administrator." }),
      newPassword: t.string({ required: true, description: "The new password." }),
    }),
  });

/** The outcome of a mutation whose success is the account as it is now. */
function accountResult(mutation: string, name: string, description: string) {
  const success = builder.objectRef<AccountChanged>(name).implement({
    description,
    fields: (t) => ({
      account: t.field({
        type: AccountObject,
        nullable: true,
        description: "The current account; null if it was erased meanwhile.",
        resolve: ({ userId }, _args, { prisma }) => readAccount(prisma, userId),
      }),
    }),
  });
  return builder.unionType(`${mutation}Result`, {
    description: "The account or an error.",
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const PasswordResetCreatedObject = builder
  .objectRef<PasswordResetCreated>("PasswordResetCreated")
  .implement({
    description: "A token was created that sets a new password once.",
    fields: (t) => ({
      userId: t.exposeID("userId", { description: "The user id of the account." }),
      token: t.exposeString("token", {
        description:
          "The token for `resetPassword`. Hand it to this person only: any holder can take over the account. Returned only once.",
      }),
      link: t.string({
        description:
          "The link to the server's page for setting the password, with the token in its fragment. It starts with `PUBLIC_URL`; if that is not set, it is a path to append to the server's address.",
        resolve: ({ token }, _args, { services }) =>
          linkOf(token, services.accounts.settings.publicUrl),
      }),
      expiresAt: t.expose("expiresAt", {
        type: "DateTime",
        description: "The time at which the token expires.",
      }),
    }),
  });

const AccountCreatedObject = builder.objectRef<AccountCreated>("AccountCreated").implement({
  description: "The account was created; its person can set the password, once.",
  fields: (t) => ({
    account: t.field({
      type: AccountObject,
      nullable: true,
      description: "The account; null if it was erased meanwhile.",
      resolve: ({ userId }, _args, { prisma }) => readAccount(prisma, userId),
    }),
    token: t.exposeString("token", {
      description:
        "The token for `resetPassword`. Hand it to this person only: any holder can take over the account. Returned only once.",
    }),
    link: t.string({
      description:
        "The link to the server's page for setting the password, with the token in its fragment. It starts with `PUBLIC_URL`; if that is not set, it is a path to append to the server's address.",
      resolve: ({ token }, _args, { services }) =>
        linkOf(token, services.accounts.settings.publicUrl),
    }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      description: "The time at which the token expires.",
    }),
  }),
});

const CreateAccountResult = builder.unionType("CreateAccountResult", {
  description: "The new account or an error.",
  types: [AccountCreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : AccountCreatedObject),
});

const PasswordResetResult = builder.unionType("CreatePasswordResetResult", {
  description: "The token or an error.",
  types: [PasswordResetCreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : PasswordResetCreatedObject),
});

const AccountErasedObject = builder.objectRef<AccountErased>("AccountErased").implement({
  description: "The account was erased.",
  fields: (t) => ({
    userId: t.exposeID("userId", { description: "The user id of the erased account." }),
  }),
});

const EraseAccountResult = builder.unionType("EraseAccountResult", {
  description: "The erased account or an error.",
  types: [AccountErasedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : AccountErasedObject),
});

const disabled = accountResult("DisableAccount", "AccountDisabled", "The account is disabled.");
const enabled = accountResult("EnableAccount", "AccountEnabled", "The account is enabled.");
const confirmed = accountResult(
  "ConfirmEmail",
  "EmailConfirmed",
  "The e-mail address is confirmed.",
);
const signedOut = accountResult("SignOutAccount", "AccountSignedOut", "The account is signed out.");

const extensions = { credentials: "session" };
const REFUSALS = "Errors: UNAUTHENTICATED, FORBIDDEN (not an administrator, API token";

builder.mutationField("createAccount", (t) =>
  t.field({
    type: CreateAccountResult,
    extensions,
    description: `Creates an account for a person, regardless of the sign-up mode. For administrators. ${REFUSALS}), INVALID_INPUT (on path \`email\` also for an address that already has an account), RATE_LIMITED.`,
    args: {
      input: t.arg({
        type: CreateAccountInputType,
        required: true,
        description: "The account to create.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => createAccount(services, viewer, input),
  }),
);

builder.mutationFields((t) => ({
  disableAccount: t.field({
    type: disabled,
    extensions,
    description: `Disables an account until it is enabled again. For administrators. Within a second, all nodes end its sign-ins and API tokens, with their subscriptions, sessions and locks. ${REFUSALS}, the last administrator), NOT_FOUND.`,
    args: { input: t.arg({ type: AccountInput, required: true, description: "The account." }) },
    resolve: (_root, { input }, { services, viewer }) => disableAccount(services, viewer, input),
  }),
  enableAccount: t.field({
    type: enabled,
    extensions,
    description: `Enables a disabled account. For administrators. Its person signs in again and makes new API tokens. ${REFUSALS}), NOT_FOUND.`,
    args: { input: t.arg({ type: AccountInput, required: true, description: "The account." }) },
    resolve: (_root, { input }, { services, viewer }) => enableAccount(services, viewer, input),
  }),
  confirmEmail: t.field({
    type: confirmed,
    extensions,
    description: `Marks the e-mail address of an account as proven. For administrators who know that mail to the address reaches the account's person. Permissions and invitations to the address then belong to the account. ${REFUSALS}), NOT_FOUND, INVALID_INPUT (on path \`email\`: the account has another address, or another account proved this one).`,
    args: {
      input: t.arg({
        type: ConfirmEmailInput,
        required: true,
        description: "The account and its address.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => confirmEmail(services, viewer, input),
  }),
  signOutAccount: t.field({
    type: signedOut,
    extensions,
    description: `Ends all sign-ins of an account, within a second on all nodes. For administrators. ${REFUSALS}), NOT_FOUND.`,
    args: {
      input: t.arg({ type: SignOutAccountInput, required: true, description: "The account." }),
    },
    resolve: (_root, { input }, { services, viewer }) => signOutAccount(services, viewer, input),
  }),
  createPasswordReset: t.field({
    type: PasswordResetResult,
    extensions,
    description: `Creates a token with which the person of an account sets a new password, once and within a day by default; it replaces earlier tokens. For administrators. ${REFUSALS}), NOT_FOUND, INVALID_INPUT (an account without a password, a disabled one).`,
    args: { input: t.arg({ type: AccountInput, required: true, description: "The account." }) },
    resolve: (_root, { input }, { services, viewer }) =>
      createPasswordReset(services, viewer, input),
  }),
  eraseAccount: t.field({
    type: EraseAccountResult,
    extensions,
    description: `Erases an account for good, as \`deleteAccount\` does for the viewer's own. For administrators. ${REFUSALS}, the last administrator), NOT_FOUND.`,
    args: { input: t.arg({ type: AccountInput, required: true, description: "The account." }) },
    resolve: (_root, { input }, { services, viewer }) => eraseAccount(services, viewer, input),
  }),
  resetPassword: t.field({
    type: sessionResult("ResetPasswordResult"),
    extensions: { credentials: "nothing" },
    description:
      "Sets a new password with an administrator's token, ends all other sign-ins and returns a new session. API tokens stay valid. Errors: INVALID_INPUT (on path `token`, alike for a used, expired, replaced or unknown token; on path `newPassword`), RATE_LIMITED.",
    args: {
      input: t.arg({
        type: ResetPasswordInputType,
        required: true,
        description: "The token and the new password.",
      }),
    },
    resolve: (_root, { input }, { services, origin }) => resetPassword(services, input, origin),
  }),
}));
