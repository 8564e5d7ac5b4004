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
    description: "New details of the viewer's profile; omitted fields stay unchanged.",
    fields: (t) => ({
      name: t.string({ description: "The display name; not empty, not null." }),
      avatarUrl: t.string({
        description:
          "The https address of a picture, without user name and password; loaded by the browsers of other users. Null removes it.",
      }),
    }),
  });

const ChangeEmailInputType = builder
  .inputRef<ChangeEmailInput, false>("ChangeEmailInput")
  .implement({
    description: "A new e-mail address to sign in with.",
    fields: (t) => ({
      email: t.string({ required: true, description: "The new address." }),
      currentPassword: t.string({ required: true, description: "The account's current password." }),
    }),
  });

function selfResult(mutation: string, name: string, description: string) {
  const success = builder.objectRef<AccountChanged>(name).implement({
    description,
    fields: (t) => ({
      user: t.field({
        type: UserObject,
        description: "The updated viewer.",
        resolve: ({ userId }, _args, context) => selfOf(userId, context),
      }),
    }),
  });
  return builder.unionType(`${mutation}Result`, {
    description: "The viewer or an error.",
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const updated = selfResult("UpdateProfile", "ProfileUpdated", "The profile was updated.");
const changed = selfResult("ChangeEmail", "EmailChanged", "The e-mail address was changed.");

const extensions = { credentials: "session" };

builder.mutationFields((t) => ({
  updateProfile: t.field({
    type: updated,
    extensions,
    description:
      "Changes the viewer's name and picture. Errors: UNAUTHENTICATED, FORBIDDEN (API token), INVALID_INPUT.",
    args: {
      input: t.arg({
        type: UpdateProfileInputType,
        required: true,
        description: "The new details.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => updateProfile(services, viewer, input),
  }),
  changeEmail: t.field({
    type: changed,
    extensions,
    description:
      "Changes the e-mail address that the viewer signs in with. The new address is unproven, so permissions and invitations to it do not belong to the account. An account of an identity provider keeps the provider's address. Errors: UNAUTHENTICATED, FORBIDDEN (API token), INVALID_INPUT (on path `email`, also if another account has the address; on path `currentPassword` if it is wrong or the account has none), RATE_LIMITED.",
    args: {
      input: t.arg({
        type: ChangeEmailInputType,
        required: true,
        description: "The new address and the current password.",
      }),
    },
    resolve: (_root, { input }, { services, viewer, origin }) =>
      changeEmail(services, viewer, input, origin),
  }),
}));
