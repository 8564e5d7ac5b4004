/** The mutations that keep a version and that go back to one. */
import { createSnapshot } from "../../commands/history/createSnapshot.js";
import { deleteSnapshot } from "../../commands/history/deleteSnapshot.js";
import type {
  CreateSnapshotInput,
  DeleteSnapshotInput,
  RevertTemplateInput,
} from "../../commands/inputs.js";
import type {
  SnapshotCreated,
  SnapshotDeleted,
  TemplateReverted,
} from "../../commands/outcomes.js";
import { revertTemplate } from "../../commands/history/revertTemplate.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { IDEMPOTENCY_KEY } from "../idempotencyKey.js";
import { SnapshotObject } from "./snapshot.js";
import { TemplateObject } from "../templates/template.js";

const RevertTemplateInputType = builder
  .inputRef<RevertTemplateInput, false>("RevertTemplateInput")
  .implement({
    description: "Which version to go back to.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to revert." }),
      targetVersion: t.int({
        required: true,
        description: "The version whose document is wanted; any that the log still reaches.",
      }),
      reason: t.string({ description: "Why; stored with the snapshot that the revert leaves." }),
      clientId: t.string({
        description:
          "What the client calls itself; stored with the operations. Without it the revert passes no lock, the viewer's own neither.",
      }),
      batchId: t.id({
        description:
          "The batch that the revert is committed as, new for each: the same request sent again is answered as the first time and reverts nothing twice. Without it a client cannot know what became of a revert whose answer was lost.",
      }),
      headVersion: t.int({
        description:
          "The version that was seen when the revert was chosen. Where others committed since, nothing is reverted: VERSION_CONFLICT, on path `headVersion`.",
      }),
    }),
  });

const TemplateRevertedObject = builder.objectRef<TemplateReverted>("TemplateReverted").implement({
  description:
    "A revert is itself logged as operations at the head, so it can be undone and nobody has to reload.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The template as it is now.",
      resolve: ({ templateId }) => ({ id: templateId }),
    }),
    revertedFrom: t.exposeInt("revertedFrom", { description: "The version before the revert." }),
    revertedTo: t.exposeInt("revertedTo", { description: "The version whose document is back." }),
    operationsRolledBack: t.exposeInt("operationsRolledBack", {
      description: "The number of operations between the two.",
    }),
    newVersion: t.exposeInt("newVersion", { description: "The version after the revert." }),
  }),
});

const RevertTemplateResult = builder.unionType("RevertTemplateResult", {
  description: "The revert or a refusal.",
  types: [TemplateRevertedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : TemplateRevertedObject),
});

const CreateSnapshotInputType = builder
  .inputRef<CreateSnapshotInput, false>("CreateSnapshotInput")
  .implement({
    description: "What to keep and under which name.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template whose document to keep." }),
      name: t.string({ required: true, description: "The snapshot's name; not empty." }),
      reason: t.string({ description: "Why it is kept." }),
      idempotencyKey: t.id({ description: IDEMPOTENCY_KEY }),
    }),
  });

const SnapshotCreatedObject = builder.objectRef<SnapshotCreated>("SnapshotCreated").implement({
  description: "The snapshot is stored.",
  fields: (t) => ({
    snapshot: t.field({
      type: SnapshotObject,
      description: "The snapshot.",
      resolve: ({ snapshotId }) => ({ id: snapshotId }),
    }),
    created: t.exposeBoolean("created", {
      description:
        "False where the version had a named snapshot already: it is that one, with the name and reason that it was kept under.",
    }),
  }),
});

const CreateSnapshotResult = builder.unionType("CreateSnapshotResult", {
  description: "The snapshot or a refusal.",
  types: [SnapshotCreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : SnapshotCreatedObject),
});

const DeleteSnapshotInputType = builder
  .inputRef<DeleteSnapshotInput, false>("DeleteSnapshotInput")
  .implement({
    description: "Which named snapshot to delete.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "Its template." }),
      snapshotId: t.id({ required: true, description: "The snapshot; a named one." }),
    }),
  });

const SnapshotDeletedObject = builder.objectRef<SnapshotDeleted>("SnapshotDeleted").implement({
  description: "The named snapshot is gone; the history of the template is as before.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "Its template.",
      resolve: ({ templateId }) => ({ id: templateId }),
    }),
    snapshotId: t.exposeID("snapshotId", { description: "Which it was." }),
  }),
});

const DeleteSnapshotResult = builder.unionType("DeleteSnapshotResult", {
  description: "The end of a snapshot, or a refusal.",
  types: [SnapshotDeletedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : SnapshotDeletedObject),
});

builder.mutationFields((t) => ({
  deleteSnapshot: t.field({
    type: DeleteSnapshotResult,
    description:
      "Deletes a named snapshot that the viewer kept, or anybody's where the viewer administers the template; its place and bytes are free again. Automatic ones and those of reverts stay. Refusals: UNAUTHENTICATED, NOT_FOUND (also on path `snapshotId`), FORBIDDEN (on path `snapshotId`: another person's), INVALID_INPUT (the log was pruned through its version, and older versions are read from it).",
    args: {
      input: t.arg({ type: DeleteSnapshotInputType, required: true, description: "Which." }),
    },
    resolve: (_root, { input }, { services, viewer }) => deleteSnapshot(services, viewer, input),
  }),
  revertTemplate: t.field({
    type: RevertTemplateResult,
    description:
      "Brings the document of an older version back by operations at the head; what happened stays in the log. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, OPERATION_ID_REUSED (`batchId` is that of something else), VERSION_CONFLICT (`headVersion` is not the head), LOCKED, RATE_LIMITED.",
    args: {
      input: t.arg({
        type: RevertTemplateInputType,
        required: true,
        description: "The template and the version.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => revertTemplate(services, viewer, input),
  }),
  createSnapshot: t.field({
    type: CreateSnapshotResult,
    description:
      "Keeps the current document under a name. A version has one snapshot of each kind: where it has a named one, that is the answer, also to those who ask at the same time. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, RATE_LIMITED, QUOTA_EXCEEDED.",
    args: {
      input: t.arg({
        type: CreateSnapshotInputType,
        required: true,
        description: "The template and the name.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => createSnapshot(services, viewer, input),
  }),
}));
