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
  description: "Which account.",
  fields: (t) => ({ userId: t.id({ required: true, description: "The id of its user." }) }),
});

const CreateAccountInputType = builder
  .inputRef<CreateAccountInput, false>("CreateAccountInput")
  .implement({
    description: "An account for somebody.",
    fields: (t) => ({
      email: t.string({ required: true, description: "The address that they sign in with." }),
      name: t.string({ required: true, description: "The name others will see; not empty." }),
    }),
  });

const SignOutAccountInput = builder.inputType("SignOutAccountInput", {
  description: "Which account to sign out.",
  fields: (t) => ({
    userId: t.id({ required: true, description: "The id of its user." }),
    apiTokens: t.boolean({ description: "Whether its API tokens end, too; not where omitted." }),
  }),
});

const ConfirmEmailInput = builder.inputType("ConfirmEmailInput", {
  description: "Which account has proven its address.",
  fields: (t) => ({
    userId: t.id({ required: true, description: "The id of its user." }),
    email: t.string({ required: true, description: "The address that the account has." }),
  }),
});

const ResetPasswordInputType = builder
  .inputRef<ResetPasswordInput, false>("ResetPasswordInput")
  .implement({
    description: "A new password in the place of a forgotten one.",
    fields: (t) => ({
      token: t.string({ required: true, description: "What an administrator handed out." }),
      newPassword: t.string({ required: true, description: "The password from now on." }),
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
        description: "The account as it is now; null where it was erased meanwhile.",
        resolve: ({ userId }, _args, { prisma }) => readAccount(prisma, userId),
      }),
    }),
  });
  return builder.unionType(`${mutation}Result`, {
    description: "The account or a refusal.",
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const PasswordResetCreatedObject = builder
  .objectRef<PasswordResetCreated>("PasswordResetCreated")
  .implement({
    description: "A new password can be set, once.",
    fields: (t) => ({
      userId: t.exposeID("userId", { description: "Whose." }),
      token: t.exposeString("token", {
        description:
          "For `resetPassword`, to be handed to the person alone: whoever has it gets the account. Told here and never again.",
      }),
      link: t.string({
        description:
          "The link to the server's page where the person sets it, with the token in its fragment. It begins with `PUBLIC_URL`; where that is not set, with the path, to be put after the server's address.",
        resolve: ({ token }, _args, { services }) =>
          linkOf(token, services.accounts.settings.publicUrl),
      }),
      expiresAt: t.expose("expiresAt", { type: "DateTime", description: "Until when." }),
    }),
  });

const AccountCreatedObject = builder.objectRef<AccountCreated>("AccountCreated").implement({
  description: "The account is there, and its person can set its password, once.",
  fields: (t) => ({
    account: t.field({
      type: AccountObject,
      nullable: true,
      description: "The account; null where it was erased meanwhile.",
      resolve: ({ userId }, _args, { prisma }) => readAccount(prisma, userId),
    }),
    token: t.exposeString("token", {
      description:
        "For `resetPassword`, to be handed to the person alone: whoever has it gets the account. Told here and never again.",
    }),
    link: t.string({
      description:
        "The link to the server's page where the person sets it, with the token in its fragment. It begins with `PUBLIC_URL`; where that is not set, with the path, to be put after the server's address.",
      resolve: ({ token }, _args, { services }) =>
        linkOf(token, services.accounts.settings.publicUrl),
    }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "Until when." }),
  }),
});

const CreateAccountResult = builder.unionType("CreateAccountResult", {
  description: "An account or a refusal.",
  types: [AccountCreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : AccountCreatedObject),
});

const PasswordResetResult = builder.unionType("CreatePasswordResetResult", {
  description: "A token or a refusal.",
  types: [PasswordResetCreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : PasswordResetCreatedObject),
});

const AccountErasedObject = builder.objectRef<AccountErased>("AccountErased").implement({
  description: "The account is gone.",
  fields: (t) => ({ userId: t.exposeID("userId", { description: "Whose it was." }) }),
});

const EraseAccountResult = builder.unionType("EraseAccountResult", {
  description: "The end of an account, or a refusal.",
  types: [AccountErasedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : AccountErasedObject),
});

const disabled = accountResult("DisableAccount", "AccountDisabled", "It cannot be used.");
const enabled = accountResult("EnableAccount", "AccountEnabled", "It can be used.");
const confirmed = accountResult("ConfirmEmail", "EmailConfirmed", "Its address is proven.");
const signedOut = accountResult("SignOutAccount", "AccountSignedOut", "It is signed out.");

const extensions = { credentials: "session" };
const REFUSALS = "Refusals: UNAUTHENTICATED, FORBIDDEN (not an administrator, API token";

builder.mutationField("createAccount", (t) =>
  t.field({
    type: CreateAccountResult,
    extensions,
    description: `Makes an account for somebody, however sign-up is limited, for administrators. ${REFUSALS}), INVALID_INPUT (on path \`email\` also for an address that has an account already), RATE_LIMITED.`,
    args: {
      input: t.arg({ type: CreateAccountInputType, required: true, description: "Whose." }),
    },
    resolve: (_root, { input }, { services, viewer }) => createAccount(services, viewer, input),
  }),
);

builder.mutationFields((t) => ({
  disableAccount: t.field({
    type: disabled,
    extensions,
    description: `Keeps an account from being used until it is enabled, for administrators. All that it is signed in with ends within a second on all nodes, API tokens too, with its subscriptions, sessions and locks. ${REFUSALS}, the last administrator), NOT_FOUND.`,
    args: { input: t.arg({ type: AccountInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, { services, viewer }) => disableAccount(services, viewer, input),
  }),
  enableAccount: t.field({
    type: enabled,
    extensions,
    description: `Lets an account be used again, for administrators; its person signs in anew and makes new API tokens. ${REFUSALS}), NOT_FOUND.`,
    args: { input: t.arg({ type: AccountInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, { services, viewer }) => enableAccount(services, viewer, input),
  }),
  confirmEmail: t.field({
    type: confirmed,
    extensions,
    description: `Makes the address of an account count as proven, for administrators, who know that mail to it reaches the account's person. What waits at the address, permissions and invitations, is the account's from then on. ${REFUSALS}), NOT_FOUND, INVALID_INPUT (on path \`email\`: the account has another address, or another account proved this one).`,
    args: { input: t.arg({ type: ConfirmEmailInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, { services, viewer }) => confirmEmail(services, viewer, input),
  }),
  signOutAccount: t.field({
    type: signedOut,
    extensions,
    description: `Ends all that an account is signed in with, within a second on all nodes, for administrators. ${REFUSALS}), NOT_FOUND.`,
    args: { input: t.arg({ type: SignOutAccountInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, { services, viewer }) => signOutAccount(services, viewer, input),
  }),
  createPasswordReset: t.field({
    type: PasswordResetResult,
    extensions,
    description: `Makes a token with which the person of an account sets a new password, once and within a day unless set otherwise, in the place of earlier ones; for administrators. ${REFUSALS}), NOT_FOUND, INVALID_INPUT (an account without a password, a disabled one).`,
    args: { input: t.arg({ type: AccountInput, required: true, description: "Whose." }) },
    resolve: (_root, { input }, { services, viewer }) =>
      createPasswordReset(services, viewer, input),
  }),
  eraseAccount: t.field({
    type: EraseAccountResult,
    extensions,
    description: `Erases an account for good, as \`deleteAccount\` does one's own, for administrators. ${REFUSALS}, the last administrator), NOT_FOUND.`,
    args: { input: t.arg({ type: AccountInput, required: true, description: "Which." }) },
    resolve: (_root, { input }, { services, viewer }) => eraseAccount(services, viewer, input),
  }),
  resetPassword: t.field({
    type: sessionResult("ResetPasswordResult"),
    extensions: { credentials: "nothing" },
    description:
      "Sets a new password with an administrator's token and signs out everywhere; the answer is the one session that is left. API tokens stay. Refusals: INVALID_INPUT (on path `token`, the same for one that was used, ran out, was replaced or never was; on path `newPassword`), RATE_LIMITED.",
    args: {
      input: t.arg({ type: ResetPasswordInputType, required: true, description: "Both." }),
    },
    resolve: (_root, { input }, { services, origin }) => resetPassword(services, input, origin),
  }),
}));
