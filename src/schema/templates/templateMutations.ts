/** The mutations that make, describe, bin and copy templates. */
import { createTemplate } from "../../commands/templates/createTemplate.js";
import { deleteTemplate, restoreTemplate } from "../../commands/templates/deleteTemplate.js";
import { duplicateTemplate } from "../../commands/templates/duplicateTemplate.js";
import type {
  CreateTemplateInput,
  DuplicateTemplateInput,
  UpdateTemplateInput,
} from "../../commands/inputs.js";
import { updateTemplate } from "../../commands/templates/updateTemplate.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { IDEMPOTENCY_KEY } from "../retryRules.js";
import { TemplateObject } from "./template.js";

/** The success of each of these mutations is the template; what it is called says what happened to it. */
export function templateOutcome(name: string, description: string) {
  return builder.objectRef<{ kind: string; templateId: string }>(name).implement({
    description,
    fields: (t) => ({
      template: t.field({
        type: TemplateObject,
        description: "The template as it is now.",
        resolve: ({ templateId }) => ({ id: templateId }),
      }),
    }),
  });
}

export function resultOf(
  name: string,
  success: ReturnType<typeof templateOutcome>,
  description: string,
) {
  return builder.unionType(name, {
    description,
    types: [success, RequestErrorObject],
    resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : success),
  });
}

const PLACE = {
  teamId: "The team that it shall belong to; personal where neither is given.",
  projectId: "The project that it shall be in; not together with `teamId`.",
};

const DETAILS = {
  name: "What people call it; not empty.",
  description: "What it is for.",
  category: "The one kind it belongs to.",
  tags: "Keywords, in the order given.",
  isPublic: "Whether everyone who is signed in may read and duplicate it",
};

const CreateTemplateInputType = builder
  .inputRef<CreateTemplateInput, false>("CreateTemplateInput")
  .implement({
    description: "A new template.",
    fields: (t) => ({
      name: t.string({ required: true, description: DETAILS.name }),
      description: t.string({ description: DETAILS.description }),
      category: t.string({ description: DETAILS.category }),
      tags: t.stringList({ description: DETAILS.tags }),
      isPublic: t.boolean({ description: `${DETAILS.isPublic}; private where omitted.` }),
      designData: t.field({ type: "JSON", description: "Where omitted: one empty page." }),
      teamId: t.id({ description: PLACE.teamId }),
      projectId: t.id({ description: PLACE.projectId }),
      idempotencyKey: t.id({ description: IDEMPOTENCY_KEY }),
    }),
  });

const UpdateTemplateInputType = builder
  .inputRef<UpdateTemplateInput, false>("UpdateTemplateInput")
  .implement({
    description: "New details of a template. What is omitted stays.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to describe." }),
      name: t.string({ description: DETAILS.name }),
      description: t.string({ description: `${DETAILS.description} Null removes it.` }),
      category: t.string({ description: `${DETAILS.category} Null removes it.` }),
      tags: t.stringList({ description: DETAILS.tags }),
      isPublic: t.boolean({ description: `${DETAILS.isPublic}.` }),
      openToGuests: t.boolean({
        description:
          "Whether it may be read without an account while it is public. For who may SHARE; FORBIDDEN where the server lets nobody read without an account.",
      }),
    }),
  });

const DuplicateTemplateInputType = builder
  .inputRef<DuplicateTemplateInput, false>("DuplicateTemplateInput")
  .implement({
    description: "What to copy.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to copy." }),
      name: t.string({ description: 'The copy\'s name; "Copy of ..." where omitted.' }),
      teamId: t.id({ description: PLACE.teamId }),
      projectId: t.id({ description: PLACE.projectId }),
      idempotencyKey: t.id({ description: IDEMPOTENCY_KEY }),
    }),
  });

const DeleteTemplateInput = builder.inputType("DeleteTemplateInput", {
  description: "What to put into the bin.",
  fields: (t) => ({
    templateId: t.id({ required: true, description: "The template to put into the bin." }),
  }),
});

const RestoreTemplateInput = builder.inputType("RestoreTemplateInput", {
  description: "What to take out of the bin.",
  fields: (t) => ({
    templateId: t.id({ required: true, description: "The template to take out of the bin." }),
  }),
});

const CreateTemplateResult = resultOf(
  "CreateTemplateResult",
  templateOutcome("TemplateCreated", "The template is there, at version 1."),
  "The new template or a refusal.",
);
const UpdateTemplateResult = resultOf(
  "UpdateTemplateResult",
  templateOutcome("TemplateUpdated", "The details are stored."),
  "The template or a refusal.",
);
const DeleteTemplateResult = resultOf(
  "DeleteTemplateResult",
  templateOutcome(
    "TemplateDeleted",
    "The template is in the bin, where its content cannot be read.",
  ),
  "The template or a refusal.",
);
const RestoreTemplateResult = resultOf(
  "RestoreTemplateResult",
  templateOutcome("TemplateRestored", "The template is out of the bin, with its whole history."),
  "The template or a refusal.",
);
const DuplicateTemplateResult = resultOf(
  "DuplicateTemplateResult",
  templateOutcome("TemplateDuplicated", "The copy is there, at version 1."),
  "The copy or a refusal.",
);

builder.mutationFields((t) => ({
  createTemplate: t.field({
    type: CreateTemplateResult,
    description:
      "Makes a template of the viewer's own, in a team of theirs or a project that they edit where one is named. Refusals: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE, RATE_LIMITED, QUOTA_EXCEEDED, NOT_FOUND and FORBIDDEN (the place).",
    args: {
      input: t.arg({
        type: CreateTemplateInputType,
        required: true,
        description: "Details and document.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => createTemplate(services, viewer, input),
  }),
  updateTemplate: t.field({
    type: UpdateTemplateResult,
    description:
      "Changes the details of a template of the viewer's own; document and version stay. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT.",
    args: {
      input: t.arg({
        type: UpdateTemplateInputType,
        required: true,
        description: "The template and its new details.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => updateTemplate(services, viewer, input),
  }),
  deleteTemplate: t.field({
    type: DeleteTemplateResult,
    description:
      "Puts a template that the viewer administers into the bin; nobody reads or changes it there. Once it is there, nothing changes. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.",
    args: {
      input: t.arg({ type: DeleteTemplateInput, required: true, description: "The template." }),
    },
    resolve: (_root, { input }, { services, viewer }) => deleteTemplate(services, viewer, input),
  }),
  restoreTemplate: t.field({
    type: RestoreTemplateResult,
    description:
      "Takes a template that the viewer administers out of the bin. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.",
    args: {
      input: t.arg({ type: RestoreTemplateInput, required: true, description: "The template." }),
    },
    resolve: (_root, { input }, { services, viewer }) => restoreTemplate(services, viewer, input),
  }),
  duplicateTemplate: t.field({
    type: DuplicateTemplateResult,
    description:
      "Copies the current document of a template that the viewer may read into a private one of their own, in a team of theirs or a project that they edit where one is named. Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT, RATE_LIMITED, QUOTA_EXCEEDED, FORBIDDEN (the place).",
    args: {
      input: t.arg({
        type: DuplicateTemplateInputType,
        required: true,
        description: "What to copy.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => duplicateTemplate(services, viewer, input),
  }),
}));
