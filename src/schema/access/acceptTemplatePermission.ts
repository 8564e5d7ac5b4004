/** The mutation that takes what was granted to an e-mail address. */
import { acceptTemplatePermission } from "../../commands/access/setTemplatePermission.js";
import { builder } from "../builder.js";
import { resultOf, templateOutcome } from "../templates/templateMutations.js";

const AcceptInput = builder.inputType("AcceptTemplatePermissionInput", {
  description: "What was granted to an e-mail address.",
  fields: (t) => ({ token: t.string({ required: true, description: "The token sent there." }) }),
});

const AcceptedResult = resultOf(
  "AcceptTemplatePermissionResult",
  templateOutcome("TemplatePermissionAccepted", "What was granted to the address is the viewer's."),
  "The template or a refusal.",
);

builder.mutationField("acceptTemplatePermission", (t) =>
  t.field({
    type: AcceptedResult,
    description:
      "Makes what was granted to an e-mail address the viewer's, whatever their own address is. Again changes nothing. Refusals: UNAUTHENTICATED, NOT_FOUND (also run out, taken away, accepted by another, replaced by another token, or its template in the bin).",
    args: { input: t.arg({ type: AcceptInput, required: true, description: "The token." }) },
    resolve: (_root, { input }, { services, viewer }) =>
      acceptTemplatePermission(services, viewer, input),
  }),
);
