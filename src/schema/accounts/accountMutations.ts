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
      description: "The address to sign in with; spaces around it and upper case do not count.",
    }),
    name: t.string({ required: true, description: "The name others will see; not empty." }),
    password: t.string({ required: true, description: "The password; its length is bounded." }),
    invitation: t.string({
      description:
        "The token of an invitation to a team, or of a permission that was granted to an e-mail address: the person has what they were invited to at once. Needed where the server lets in who was invited alone.",
    }),
  }),
});

const SignInInputType = builder.inputRef<SignInInput, false>("SignInInput").implement({
  description: "Who signs in.",
  fields: (t) => ({
    email: t.string({ required: true, description: "The address of the account." }),
    password: t.string({ required: true, description: "Its password." }),
  }),
});

const RefreshSessionInput = builder.inputType("RefreshSessionInput", {
  description: "Who stays signed in.",
  fields: (t) => ({
    refreshToken: t.string({ required: true, description: "From the newest session." }),
  }),
});

const SignOutInput = builder.inputType("SignOutInput", {
  description: "What to end.",
  fields: (t) => ({
    refreshToken: t.string({ required: true, description: "Any of the sign-in." }),
  }),
});

const SignOutEverywhereInput = builder.inputType("SignOutEverywhereInput", {
  description: "What to end.",
  fields: (t) => ({
    apiTokens: t.boolean({ description: "Whether API tokens end, too; not where omitted." }),
  }),
});

const ChangePasswordInputType = builder
  .inputRef<ChangePasswordInput, false>("ChangePasswordInput")
  .implement({
    description: "Another password.",
    fields: (t) => ({
      currentPassword: t.string({ required: true, description: "The one until now." }),
      newPassword: t.string({ required: true, description: "The one from now on." }),
    }),
  });

const DeleteAccountInputType = builder
  .inputRef<DeleteAccountInput, false>("DeleteAccountInput")
  .implement({
    description: "The proof that it is meant.",
    fields: (t) => ({
      password: t.string({
        description: "The account's password; omitted where it has none (identity provider).",
      }),
    }),
  });

const SignedOutObject = builder.objectRef<SignedOut>("SignedOut").implement({
  description: "The sign-in is over, if there was one.",
  fields: (t) => ({
    everywhere: t.exposeBoolean("everywhere", {
      description: "Whether all of the person's sign-ins are.",
    }),
  }),
});

const AccountDeletedObject = builder.objectRef<AccountDeleted>("AccountDeleted").implement({
  description: "The account is gone.",
  fields: (t) => ({ userId: t.exposeID("userId", { description: "Whose it was." }) }),
});

const SignOutResult = builder.unionType("SignOutResult", {
  description: "The end of a sign-in, or a refusal.",
  types: [SignedOutObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : SignedOutObject),
});

const DeleteAccountResult = builder.unionType("DeleteAccountResult", {
  description: "The end of an account, or a refusal.",
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
      "Makes an account and signs in. Refusals: FORBIDDEN (sign-up is closed; or, on path `invitation`, no invitation waits under the token), INVALID_INPUT (on path `email` also for an address that has an account already, or of a domain that the server does not take), RATE_LIMITED.",
    extensions: forEverybody,
    args: {
      input: t.arg({ type: SignUpInputType, required: true, description: "The account." }),
    },
    resolve: (_root, { input }, { services, origin }) => signUp(services, input, origin),
  }),
  signIn: t.field({
    type: sessionResult("SignInResult"),
    description:
      "Signs in. Refusals: UNAUTHENTICATED (the same for an unknown address and a wrong password), FORBIDDEN (with the right password, an account that an administrator disabled), RATE_LIMITED (the same whether there is such an account or not).",
    extensions: forEverybody,
    args: {
      input: t.arg({ type: SignInInputType, required: true, description: "Address and password." }),
    },
    resolve: (_root, { input }, { services, origin }) => signIn(services, input, origin),
  }),
  refreshSession: t.field({
    type: sessionResult("RefreshSessionResult"),
    description:
      "A new access token and the next refresh token. A refresh token is good once: one that comes again ends the sign-in, but for the same request within 10 s, which is answered alike. Refusal: UNAUTHENTICATED.",
    extensions: forEverybody,
    args: {
      input: t.arg({ type: RefreshSessionInput, required: true, description: "The token." }),
    },
    resolve: (_root, { input }, { services }) => refreshSession(services, input),
  }),
  signOut: t.field({
    type: SignOutResult,
    description:
      "Ends the sign-in of a refresh token, with the access tokens that came of it. Succeeds also where it is over already.",
    extensions: forEverybody,
    args: { input: t.arg({ type: SignOutInput, required: true, description: "The sign-in." }) },
    resolve: (_root, { input }, { services }) => signOut(services, input),
  }),
}));

builder.mutationFields((t) => ({
  signOutEverywhere: t.field({
    type: SignOutResult,
    description:
      "Ends all that the viewer is signed in with, this too, within a second on all nodes: WebSockets are closed with 4403. Refusals: UNAUTHENTICATED, FORBIDDEN (API token).",
    extensions: forSignedIn,
    args: {
      input: t.arg({ type: SignOutEverywhereInput, description: "What to end beside sign-ins." }),
    },
    resolve: (_root, { input }, { services, viewer }) =>
      signOutEverywhere(services, viewer, input ?? {}),
  }),
  changePassword: t.field({
    type: sessionResult("ChangePasswordResult"),
    description:
      "Replaces the password and signs out everywhere; the answer is the one session that is left. Refusals: UNAUTHENTICATED, FORBIDDEN (API token), INVALID_INPUT (on path `currentPassword` where it is wrong or there is none), RATE_LIMITED.",
    extensions: forSignedIn,
    args: {
      input: t.arg({ type: ChangePasswordInputType, required: true, description: "Both." }),
    },
    resolve: (_root, { input }, { services, viewer, origin }) =>
      changePassword(services, viewer, input, origin),
  }),
  deleteAccount: t.field({
    type: DeleteAccountResult,
    description:
      "Erases the viewer's account for good. What they did stays in histories, without a name; their templates stay without an author, private ones then out of everybody's sight. Refusals: UNAUTHENTICATED, FORBIDDEN (API token, the last administrator), INVALID_INPUT (on path `password`), RATE_LIMITED.",
    extensions: forSignedIn,
    args: {
      input: t.arg({ type: DeleteAccountInputType, required: true, description: "The proof." }),
    },
    resolve: (_root, { input }, { services, viewer, origin }) =>
      deleteAccount(services, viewer, input, origin),
  }),
}));
