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
  description: "The winner if two clients write one property, or one deletes what another changes.",
  values: {
    REJECT: { description: "Neither side: a user decides, as without a matching rule." },
    LAST_WRITER: {
      description:
        "The later client timestamp; a deletion wins over a change, as with the policy LAST_WRITER_WINS.",
    },
    CLIENT: {
      description:
        "The incoming operation. If it changes what others deleted, a user decides, because a merge never restores.",
    },
    SERVER: {
      description:
        "The operation already in the log. An incoming deletion of a changed document node has no effect; an incoming CLEAR_PAGE keeps the changed element.",
    },
  } satisfies Record<MergeRule["policy"], { description: string }>,
});

const FIELDS = {
  elementType: "An element's `type`, or `*`: all elements, pages, the canvas, layers and clips.",
  property:
    "A property name, or `*`: every property, and deletions of changed document nodes (matched by the type of the element that the other side still needs).",
  policy: "The winner of a matching collision.",
};

const MergeRuleObject = builder.objectRef<MergeRule>("MergeRule").implement({
  description: "The winner if two clients write a property of an element of one type.",
  fields: (t) => ({
    elementType: t.exposeString("elementType", { description: FIELDS.elementType }),
    property: t.exposeString("property", { description: FIELDS.property }),
    policy: t.expose("policy", { type: MergeRulePolicy, description: FIELDS.policy }),
  }),
});

const MergeRulesObject = builder.objectRef<StoredMergeRules>("MergeRules").implement({
  description: "A template's rules for colliding writes under MERGE.",
  fields: (t) => ({
    rules: t.field({
      type: [MergeRuleObject],
      description:
        "The most specific matching rule decides: type and property named, then type, then property, then neither. Of equally specific rules the first decides.",
      resolve: ({ rules }) => [...rules],
    }),
    version: t.exposeInt("version", {
      description: "The number of times the rules were set; pass it to `updateMergeRules`.",
    }),
  }),
});

builder.prismaObjectField(TemplateObject, "mergeRules", (t) =>
  t.field({
    type: MergeRulesObject,
    description:
      "The winner, under the policy MERGE, if two clients write one property or one deletes what another changes.",
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
    description: "One merge rule.",
    fields: (t) => ({
      elementType: t.string({ required: true, description: FIELDS.elementType }),
      property: t.string({ required: true, description: FIELDS.property }),
      policy: t.field({ type: MergeRulePolicy, required: true, description: FIELDS.policy }),
    }),
  });

const UpdateMergeRulesInputType = builder
  .inputRef<UpdateMergeRulesInput, false>("UpdateMergeRulesInput")
  .implement({
    description: "The new merge rules of a template.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template whose rules to set." }),
      expectedVersion: t.int({
        required: true,
        description:
          "The `mergeRules.version` that the change is based on; if it differs from the current one, nothing changes.",
      }),
      rules: t.field({
        type: [MergeRuleInput],
        required: true,
        description: "All rules, at most 100; they replace the current ones.",
      }),
    }),
  });

const MergeRulesUpdatedObject = builder
  .objectRef<MergeRulesUpdated>("MergeRulesUpdated")
  .implement({
    description: "The rules were set and apply from the next request.",
    fields: (t) => ({
      template: t.field({
        type: TemplateObject,
        description: "The current template.",
        resolve: ({ templateId }) => ({ id: templateId }),
      }),
    }),
  });

const UpdateMergeRulesResult = builder.unionType("UpdateMergeRulesResult", {
  description: "The template with its rules, or an error.",
  types: [MergeRulesUpdatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : MergeRulesUpdatedObject),
});

builder.mutationField("updateMergeRules", (t) =>
  t.field({
    type: UpdateMergeRulesResult,
    description:
      "Sets the winner if two clients write one property or one deletes what another changes. Requires the right GOVERN. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, VERSION_CONFLICT (on path `expectedVersion`).",
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
