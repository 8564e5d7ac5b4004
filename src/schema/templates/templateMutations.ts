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
        description: "The current template.",
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
  teamId: "The team to place it in; personal if neither `teamId` nor `projectId` is given.",
  projectId: "The project to place it in; excludes `teamId`.",
};

const DETAILS = {
  name: "The name of the template; not empty.",
  description: "The purpose of the template.",
  category: "The category of the template.",
  tags: "Keywords, in the given order.",
  isPublic: "Whether every signed-in user may read and duplicate it",
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
      isPublic: t.boolean({ description: `${DETAILS.isPublic}; default false.` }),
      designData: t.field({ type: "JSON", description: "The document. Default: one empty page." }),
      teamId: t.id({ description: PLACE.teamId }),
      projectId: t.id({ description: PLACE.projectId }),
      idempotencyKey: t.id({ description: IDEMPOTENCY_KEY }),
    }),
  });

const UpdateTemplateInputType = builder
  .inputRef<UpdateTemplateInput, false>("UpdateTemplateInput")
  .implement({
    description: "New details of a template; omitted fields stay unchanged.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to change." }),
      name: t.string({ description: DETAILS.name }),
      description: t.string({ description: `${DETAILS.description} Null removes it.` }),
      category: t.string({ description: `${DETAILS.category} Null removes it.` }),
      tags: t.stringList({ description: DETAILS.tags }),
      isPublic: t.boolean({ description: `${DETAILS.isPublic}.` }),
      openToGuests: t.boolean({
        description:
          "Whether guests without an account may read the template while it is public. Requires the right SHARE; FORBIDDEN if the deployment has no guest access.",
      }),
    }),
  });

const DuplicateTemplateInputType = builder
  .inputRef<DuplicateTemplateInput, false>("DuplicateTemplateInput")
  .implement({
    description: "The template to copy, and the copy's name and place.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to copy." }),
      name: t.string({ description: 'The copy\'s name; default "Copy of ...".' }),
      teamId: t.id({ description: PLACE.teamId }),
      projectId: t.id({ description: PLACE.projectId }),
      idempotencyKey: t.id({ description: IDEMPOTENCY_KEY }),
    }),
  });

const DeleteTemplateInput = builder.inputType("DeleteTemplateInput", {
  description: "The template to delete (soft delete).",
  fields: (t) => ({
    templateId: t.id({ required: true, description: "The template to delete." }),
  }),
});

const RestoreTemplateInput = builder.inputType("RestoreTemplateInput", {
  description: "The template to restore.",
  fields: (t) => ({
    templateId: t.id({ required: true, description: "The deleted template to restore." }),
  }),
});

const CreateTemplateResult = resultOf(
  "CreateTemplateResult",
  templateOutcome("TemplateCreated", "The template was created, at version 1."),
  "The new template or an error.",
);
const UpdateTemplateResult = resultOf(
  "UpdateTemplateResult",
  templateOutcome("TemplateUpdated", "The details were changed."),
  "The template or an error.",
);
const DeleteTemplateResult = resultOf(
  "DeleteTemplateResult",
  templateOutcome(
    "TemplateDeleted",
    "The template was deleted (soft delete); its content cannot be read.",
  ),
  "The template or an error.",
);
const RestoreTemplateResult = resultOf(
  "RestoreTemplateResult",
  templateOutcome("TemplateRestored", "The template was restored, with its complete history."),
  "The template or an error.",
);
const DuplicateTemplateResult = resultOf(
  "DuplicateTemplateResult",
  templateOutcome("TemplateDuplicated", "The copy was created, at version 1."),
  "The copy or an error.",
);

builder.mutationFields((t) => ({
  createTemplate: t.field({
    type: CreateTemplateResult,
    description:
      "Creates a template owned by the viewer, optionally in a team of the viewer or a project that the viewer may edit. Errors: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE, RATE_LIMITED, QUOTA_EXCEEDED, NOT_FOUND and FORBIDDEN (team or project).",
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
      "Changes the details of a template; document and version stay unchanged. Requires the right DESCRIBE. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT.",
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
      "Deletes a template that the viewer administers (soft delete). No user can read or change it until it is restored. Deleting it again has no effect. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.",
    args: {
      input: t.arg({ type: DeleteTemplateInput, required: true, description: "The template." }),
    },
    resolve: (_root, { input }, { services, viewer }) => deleteTemplate(services, viewer, input),
  }),
  restoreTemplate: t.field({
    type: RestoreTemplateResult,
    description:
      "Restores a deleted template that the viewer administers. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.",
    args: {
      input: t.arg({ type: RestoreTemplateInput, required: true, description: "The template." }),
    },
    resolve: (_root, { input }, { services, viewer }) => restoreTemplate(services, viewer, input),
  }),
  duplicateTemplate: t.field({
    type: DuplicateTemplateResult,
    description:
      "Copies the current document of a template that the viewer may read into a private template owned by the viewer, optionally in a team of the viewer or a project that the viewer may edit. Errors: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT, RATE_LIMITED, QUOTA_EXCEEDED, FORBIDDEN (team or project).",
    args: {
      input: t.arg({
        type: DuplicateTemplateInputType,
        required: true,
        description: "The template to copy.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => duplicateTemplate(services, viewer, input),
  }),
}));
