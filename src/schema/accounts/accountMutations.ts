/** The mutations that make an account, keep somebody signed in, and end it. */
import {
  changePassword,
  type ChangePasswordInput,
} from "../../commands/credentials/changePassword.js";
import { deleteAccount, type DeleteAccountInput } from "../../commands/accounts/deleteAccount.js";
import type { SignInInput, SignUpInput } from "../../commands/inputs.js";
import type { AccountDeleted, SignedOut } from "../../commands/outcomes.js";
import { refreshSession } from "../../commands/credentials/refreshSession.js";
import { signIn, signOut, signOutEverywhere } from "../../commands/credentials/signIn.js";
import { signUp } from "../../commands/accounts/signUp.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { sessionResult } from "../credentials/session.js";

const SignUpInputType = builder.inputRef<SignUpInput, false>("SignUpInput").implement({
  description: "A new account.",
  fields: (t) => ({
    email: t.string({
      required: true,
      description: "The e-mail address to sign in with; surrounding spaces and case are ignored.",
    }),
    name: t.string({ required: true, description: "The display name; not empty." }),
    password: t.string({ required: true, description: "The password; its length is bounded." }),
    invitation: t.string({
      description:
        "The token of a team invitation, or of a permission granted to an e-mail address; accepted together with the sign-up. Required if the server accepts invited users only.",
    }),
  }),
});

const SignInInputType = builder.inputRef<SignInInput, false>("SignInInput").implement({
  description: "The credentials to sign in with.",
  fields: (t) => ({
    email: t.string({ required: true, description: "The e-mail address of the account." }),
    password: t.string({ required: true, description: "The password of the account." }),
  }),
});

const RefreshSessionInput = builder.inputType("RefreshSessionInput", {
  description: "The session to refresh.",
  fields: (t) => ({
    refreshToken: t.string({
      required: true,
      description: "The refresh token of the newest session.",
    }),
  }),
});

const SignOutInput = builder.inputType("SignOutInput", {
  description: "The sign-in to end.",
  fields: (t) => ({
    refreshToken: t.string({ required: true, description: "Any refresh token of the sign-in." }),
  }),
});

const SignOutEverywhereInput = builder.inputType("SignOutEverywhereInput", {
  description: "The credentials to end.",
  fields: (t) => ({
    apiTokens: t.boolean({ description: "Whether to revoke API tokens too; default false." }),
  }),
});

const ChangePasswordInputType = builder
  .inputRef<ChangePasswordInput, false>("ChangePasswordInput")
  .implement({
    description: "A new password.",
    fields: (t) => ({
      currentPassword: t.string({ required: true, description: "The current password." }),
      newPassword: t.string({ required: true, description: "The new password." }),
    }),
  });

const DeleteAccountInputType = builder
  .inputRef<DeleteAccountInput, false>("DeleteAccountInput")
  .implement({
    description: "The current password, to confirm the deletion.",
    fields: (t) => ({
      password: t.string({
        description: "The account's password; omitted if it has none (identity provider).",
      }),
    }),
  });

const SignedOutObject = builder.objectRef<SignedOut>("SignedOut").implement({
  description: "The sign-in has ended, or did not exist.",
  fields: (t) => ({
    everywhere: t.exposeBoolean("everywhere", {
      description: "Whether all of the user's sign-ins have ended.",
    }),
  }),
});

const AccountDeletedObject = builder.objectRef<AccountDeleted>("AccountDeleted").implement({
  description: "The account was deleted.",
  fields: (t) => ({
    userId: t.exposeID("userId", { description: "The user id of the deleted account." }),
  }),
});

const SignOutResult = builder.unionType("SignOutResult", {
  description: "The ended sign-in or an error.",
  types: [SignedOutObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : SignedOutObject),
});

const DeleteAccountResult = builder.unionType("DeleteAccountResult", {
  description: "The deleted account or an error.",
  types: [AccountDeletedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : AccountDeletedObject),
});

/** Who asks proves who they are in the input. */
const forEverybody = { credentials: "nothing" };
const forSignedIn = { credentials: "session" };

builder.mutationFields((t) => ({
  signUp: t.field({
    type: sessionResult("SignUpResult"),
    description:
      "Creates an account and signs in. Errors: FORBIDDEN (sign-up is closed; or, on path `invitation`, no invitation has this token), INVALID_INPUT (on path `email` also for an address that already has an account, or of a domain that the server does not accept), RATE_LIMITED.",
    extensions: forEverybody,
    args: {
      input: t.arg({
        type: SignUpInputType,
        required: true,
        description: "The account to create.",
      }),
    },
    resolve: (_root, { input }, { services, origin }) => signUp(services, input, origin),
  }),
  signIn: t.field({
    type: sessionResult("SignInResult"),
    description:
      "Signs in with a password. Errors: UNAUTHENTICATED (alike for an unknown address and a wrong password), FORBIDDEN (right password, but an administrator disabled the account), RATE_LIMITED (alike whether the account exists or not).",
    extensions: forEverybody,
    args: {
      input: t.arg({ type: SignInInputType, required: true, description: "Address and password." }),
    },
    resolve: (_root, { input }, { services, origin }) => signIn(services, input, origin),
  }),
  refreshSession: t.field({
    type: sessionResult("RefreshSessionResult"),
    description:
      "Returns a new access token and the next refresh token. A refresh token is single-use: a reused one ends the sign-in, except that the same request within 10 s gets the same result. Error: UNAUTHENTICATED.",
    extensions: forEverybody,
    args: {
      input: t.arg({
        type: RefreshSessionInput,
        required: true,
        description: "The refresh token.",
      }),
    },
    resolve: (_root, { input }, { services }) => refreshSession(services, input),
  }),
  signOut: t.field({
    type: SignOutResult,
    description:
      "Ends the sign-in of a refresh token, with its access tokens. Succeeds if it has ended already.",
    extensions: forEverybody,
    args: {
      input: t.arg({ type: SignOutInput, required: true, description: "The sign-in to end." }),
    },
    resolve: (_root, { input }, { services }) => signOut(services, input),
  }),
}));

builder.mutationFields((t) => ({
  signOutEverywhere: t.field({
    type: SignOutResult,
    description:
      "Ends all of the viewer's sign-ins, including the current one, within a second on all nodes: WebSockets are closed with 4403. Errors: UNAUTHENTICATED, FORBIDDEN (API token).",
    extensions: forSignedIn,
    args: {
      input: t.arg({ type: SignOutEverywhereInput, description: "Whether to end API tokens too." }),
    },
    resolve: (_root, { input }, { services, viewer }) =>
      signOutEverywhere(services, viewer, input ?? {}),
  }),
  changePassword: t.field({
    type: sessionResult("ChangePasswordResult"),
    description:
      "Changes the password, ends all other sign-ins and returns a new session. Errors: UNAUTHENTICATED, FORBIDDEN (API token), INVALID_INPUT (on path `currentPassword` if it is wrong or the account has none), RATE_LIMITED.",
    extensions: forSignedIn,
    args: {
      input: t.arg({
        type: ChangePasswordInputType,
        required: true,
        description: "The current and the new password.",
      }),
    },
    resolve: (_root, { input }, { services, viewer, origin }) =>
      changePassword(services, viewer, input, origin),
  }),
  deleteAccount: t.field({
    type: DeleteAccountResult,
    description:
      "Erases the viewer's account for good. The user's operations stay in histories, without a name; the user's templates stay without an author, and no user can see the private ones. Errors: UNAUTHENTICATED, FORBIDDEN (API token, the last administrator), INVALID_INPUT (on path `password`), RATE_LIMITED.",
    extensions: forSignedIn,
    args: {
      input: t.arg({
        type: DeleteAccountInputType,
        required: true,
        description: "The password, to confirm.",
      }),
    },
    resolve: (_root, { input }, { services, viewer, origin }) =>
      deleteAccount(services, viewer, input, origin),
  }),
}));
