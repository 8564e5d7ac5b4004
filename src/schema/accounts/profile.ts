/** The mutations with which people change what their account says of them. */
import type { AccountChanged } from "../../commands/accounts/accountOutcomes.js";
import { changeEmail, type ChangeEmailInput } from "../../commands/accounts/changeEmail.js";
import { updateProfile, type UpdateProfileInput } from "../../commands/accounts/updateProfile.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { selfOf, UserObject } from "./user.js";

const UpdateProfileInputType = builder
  .inputRef<UpdateProfileInput, false>("UpdateProfileInput")
  .implement({
    description: "How others see the viewer from now on; what is omitted stays.",
    fields: (t) => ({
      name: t.string({ description: "The name; not empty, not null." }),
      avatarUrl: t.string({
        description:
          "Where a picture is: an https address without user name and password, which the browsers of others load. Null: none.",
      }),
    }),
  });

const ChangeEmailInputType = builder
  .inputRef<ChangeEmailInput, false>("ChangeEmailInput")
  .implement({
    description: "Another address to sign in with.",
    fields: (t) => ({
      email: t.string({ required: true, description: "The address from now on." }),
      currentPassword: t.string({ required: true, description: "The account's password." }),
    }),
  });

function selfResult(mutation: string, name: string, description: string) {
  const success = builder.objectRef<AccountChanged>(name).implement({
    description,
    fields: (t) => ({
      user: t.field({
        type: UserObject,
        description: "The viewer as they are now.",
        resolve: ({ userId }, _args, context) => selfOf(userId, context),
      }),
    }),
  });
  return builder.unionType(`${mutation}Result`, {
    description: "The viewer or a refusal.",
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const updated = selfResult("UpdateProfile", "ProfileUpdated", "Others see the viewer like this.");
const changed = selfResult("ChangeEmail", "EmailChanged", "The viewer signs in with the address.");

const extensions = { credentials: "session" };

builder.mutationFields((t) => ({
  updateProfile: t.field({
    type: updated,
    extensions,
    description:
      "Changes the viewer's name and picture. Refusals: UNAUTHENTICATED, FORBIDDEN (API token), INVALID_INPUT.",
    args: {
      input: t.arg({ type: UpdateProfileInputType, required: true, description: "What changes." }),
    },
    resolve: (_root, { input }, { services, viewer }) => updateProfile(services, viewer, input),
  }),
  changeEmail: t.field({
    type: changed,
    extensions,
    description:
      "Changes the address that the viewer signs in with. It counts as not proven from then on, so nothing that waits for an address can be had by it. An account of an identity provider keeps the provider's. Refusals: UNAUTHENTICATED, FORBIDDEN (API token), INVALID_INPUT (on path `email`, also where another account has it; on path `currentPassword` where it is wrong or there is none), RATE_LIMITED.",
    args: {
      input: t.arg({ type: ChangeEmailInputType, required: true, description: "Both." }),
    },
    resolve: (_root, { input }, { services, viewer, origin }) =>
      changeEmail(services, viewer, input, origin),
  }),
}));
