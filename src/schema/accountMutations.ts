/** The mutations that make an account and sign in. */
import type { SignInInput, SignUpInput } from "../commands/inputs.js";
import type { SignedIn } from "../commands/outcomes.js";
import { signIn } from "../commands/signIn.js";
import { signUp } from "../commands/signUp.js";
import { builder } from "./builder.js";
import { RequestErrorObject } from "./errors.js";
import { selfOf, UserObject } from "./user.js";

const SignUpInputType = builder.inputRef<SignUpInput, false>("SignUpInput").implement({
  description: "A new account.",
  fields: (t) => ({
    email: t.string({
      required: true,
      description: "The address to sign in with; spaces around it and upper case do not count.",
    }),
    name: t.string({ required: true, description: "The name others will see; not empty." }),
    password: t.string({ required: true, description: "The password; its length is bounded." }),
  }),
});

const SignInInputType = builder.inputRef<SignInInput, false>("SignInInput").implement({
  description: "Who signs in.",
  fields: (t) => ({
    email: t.string({ required: true, description: "The address of the account." }),
    password: t.string({ required: true, description: "Its password." }),
  }),
});

const Session = builder.objectRef<SignedIn>("Session").implement({
  description: "Somebody is signed in: the success of signUp and signIn.",
  fields: (t) => ({
    token: t.exposeString("token", {
      description:
        "A JSON Web Token: `Authorization: Bearer <token>` on HTTP, `authorization` in the connection parameters of a WebSocket.",
    }),
    user: t.field({
      type: UserObject,
      description: "Who is signed in.",
      resolve: ({ userId }, _args, context) => selfOf(userId, context),
    }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      description: "When the token stops being good; sign in again before.",
    }),
  }),
});

const SignUpResult = builder.unionType("SignUpResult", {
  description: "A session or a refusal.",
  types: [Session, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : Session),
});

const SignInResult = builder.unionType("SignInResult", {
  description: "A session or a refusal.",
  types: [Session, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : Session),
});

builder.mutationFields((t) => ({
  signUp: t.field({
    type: SignUpResult,
    description:
      "Makes an account and signs in. Refusals: INVALID_INPUT (also for an address that has an account already, on path `email`), RATE_LIMITED.",
    args: {
      input: t.arg({ type: SignUpInputType, required: true, description: "The account." }),
    },
    resolve: (_root, { input }, { services }) => signUp(services, input),
  }),
  signIn: t.field({
    type: SignInResult,
    description:
      "Signs in. Refusals: UNAUTHENTICATED (the same for an unknown address and a wrong password), RATE_LIMITED.",
    args: {
      input: t.arg({ type: SignInInputType, required: true, description: "Address and password." }),
    },
    resolve: (_root, { input }, { services }) => signIn(services, input),
  }),
}));
