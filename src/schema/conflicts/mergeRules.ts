/** A template's own rules for writes that collide. */
import type { UpdateMergeRulesInput } from "../../commands/inputs.js";
import type { MergeRulesUpdated } from "../../commands/outcomes.js";
import { updateMergeRules } from "../../commands/conflicts/updateMergeRules.js";
import type { MergeRule } from "../../domain/merge/judging/mergeRules.js";
import type { StoredMergeRules } from "../../storage/templates/templateStore.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { TemplateObject } from "../templates/template.js";

const MergeRulePolicy = builder.enumType("MergeRulePolicy", {
  description: "Who wins where two people write one property, or one deletes what another changes.",
  values: {
    REJECT: { description: "Nobody: a person chooses, as where no rule fits." },
    LAST_WRITER: {
      description:
        "The later by the clients' clocks, and over deletions the deletion, as with the policy LAST_WRITER_WINS.",
    },
    CLIENT: {
      description:
        "The operation that comes in; where it changes what others deleted, a person chooses, since a merge brings nothing back.",
    },
    SERVER: {
      description:
        "The operation that is in the log already; a deletion that comes in over a change has no effect, and of a cleared page the element stays.",
    },
  } satisfies Record<MergeRule["policy"], { description: string }>,
});

const FIELDS = {
  elementType: "An element's `type`, or `*`: all elements, pages, the canvas, layers and clips.",
  property:
    "A property's name, or `*`: every property, and deletions of what is changed (by the type of the element that the other side still needs).",
  policy: "Who wins.",
};

const MergeRuleObject = builder.objectRef<MergeRule>("MergeRule").implement({
  description: "Who wins where two people write a property of an element of one type.",
  fields: (t) => ({
    elementType: t.exposeString("elementType", { description: FIELDS.elementType }),
    property: t.exposeString("property", { description: FIELDS.property }),
    policy: t.expose("policy", { type: MergeRulePolicy, description: FIELDS.policy }),
  }),
});

const MergeRulesObject = builder.objectRef<StoredMergeRules>("MergeRules").implement({
  description: "The rules of a template for writes that collide under MERGE.",
  fields: (t) => ({
    rules: t.field({
      type: [MergeRuleObject],
      description:
        "Of those that fit the most specific decides: type and property named, then the type, then the property, then neither; of two as specific the first.",
      resolve: ({ rules }) => [...rules],
    }),
    version: t.exposeInt("version", {
      description: "How often the rules were set; names them in `updateMergeRules`.",
    }),
  }),
});

builder.prismaObjectField(TemplateObject, "mergeRules", (t) =>
  t.field({
    type: MergeRulesObject,
    description:
      "Who wins, under the policy MERGE, where two people write one property or one deletes what another changes.",
    // With the template's other columns, so that a list of templates costs no query for each.
    select: { mergeRules: true, mergeRulesVersion: true },
    resolve: ({ mergeRules, mergeRulesVersion }): StoredMergeRules => ({
      rules: mergeRules as unknown as readonly MergeRule[],
      version: mergeRulesVersion,
    }),
  }),
);

const MergeRuleInput = builder
  .inputRef<UpdateMergeRulesInput["rules"][number], false>("MergeRuleInput")
  .implement({
    description: "One rule.",
    fields: (t) => ({
      elementType: t.string({ required: true, description: FIELDS.elementType }),
      property: t.string({ required: true, description: FIELDS.property }),
      policy: t.field({ type: MergeRulePolicy, required: true, description: FIELDS.policy }),
    }),
  });

const UpdateMergeRulesInputType = builder
  .inputRef<UpdateMergeRulesInput, false>("UpdateMergeRulesInput")
  .implement({
    description: "The rules a template shall have.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template whose rules to set." }),
      expectedVersion: t.int({
        required: true,
        description:
          "`mergeRules.version` that the change was made on; where it is another by now, nothing changes.",
      }),
      rules: t.field({
        type: [MergeRuleInput],
        required: true,
        description: "All of them, at most 100; they replace the ones before.",
      }),
    }),
  });

const MergeRulesUpdatedObject = builder
  .objectRef<MergeRulesUpdated>("MergeRulesUpdated")
  .implement({
    description: "The rules hold from the next request on.",
    fields: (t) => ({
      template: t.field({
        type: TemplateObject,
        description: "The template as it is now.",
        resolve: ({ templateId }) => ({ id: templateId }),
      }),
    }),
  });

const UpdateMergeRulesResult = builder.unionType("UpdateMergeRulesResult", {
  description: "The template with its rules or a refusal.",
  types: [MergeRulesUpdatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : MergeRulesUpdatedObject),
});

builder.mutationField("updateMergeRules", (t) =>
  t.field({
    type: UpdateMergeRulesResult,
    description:
      "Sets who wins where two people write one property or one deletes what another changes; for who may GOVERN it. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, VERSION_CONFLICT (on path `expectedVersion`).",
    args: {
      input: t.arg({
        type: UpdateMergeRulesInputType,
        required: true,
        description: "The template and its rules.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => updateMergeRules(services, viewer, input),
  }),
);
