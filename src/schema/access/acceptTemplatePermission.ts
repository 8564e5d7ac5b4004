/** The mutation that takes what was granted to an e-mail address. */
import { acceptTemplatePermission } from "../../commands/access/setTemplatePermission.js";
import { builder } from "../builder.js";
import { resultOf, templateOutcome } from "../templates/templateMutations.js";

const AcceptInput = builder.inputType("AcceptTemplatePermissionInput", {
  description: "A permission granted to an e-mail address.",
  fields: (t) => ({
    token: t.string({ required: true, description: "The token sent to the address." }),
  }),
});

const AcceptedResult = resultOf(
  "AcceptTemplatePermissionResult",
  templateOutcome("TemplatePermissionAccepted", "The permission now belongs to the viewer."),
  "The template or an error.",
);

builder.mutationField("acceptTemplatePermission", (t) =>
  t.field({
    type: AcceptedResult,
    description:
      "Transfers a permission granted to an e-mail address to the viewer, regardless of the viewer's own address. Accepting it again has no effect. Errors: UNAUTHENTICATED, NOT_FOUND (also: expired, revoked, accepted by another user, replaced by another token, or its template deleted).",
    args: { input: t.arg({ type: AcceptInput, required: true, description: "The token." }) },
    resolve: (_root, { input }, { services, viewer }) =>
      acceptTemplatePermission(services, viewer, input),
  }),
);
