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
import { IDEMPOTENCY_KEY } from "../retryRules.js";
import { SnapshotObject } from "./snapshot.js";
import { TemplateObject } from "../templates/template.js";

const RevertTemplateInputType = builder
  .inputRef<RevertTemplateInput, false>("RevertTemplateInput")
  .implement({
    description: "The version to revert to.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to revert." }),
      targetVersion: t.int({
        required: true,
        description: "The version whose document to restore; any that the log still reaches.",
      }),
      reason: t.string({
        description: "The reason; stored with the snapshot that the revert makes.",
      }),
      clientId: t.string({
        description:
          "The client's own name for itself; stored with the operations. Without it the revert is subject to every lock, including the viewer's own.",
      }),
      batchId: t.id({
        description:
          "The id of the batch that commits the revert, new for each revert; an idempotency key: the same request repeated under it returns the first result. Without it the client cannot know the outcome of a revert whose response was lost.",
      }),
      headVersion: t.int({
        description:
          "The head that the client saw. If others committed since, nothing is reverted: VERSION_CONFLICT on path `headVersion`.",
      }),
    }),
  });

const TemplateRevertedObject = builder.objectRef<TemplateReverted>("TemplateReverted").implement({
  description:
    "The template was reverted by operations at the head, so the revert can be undone and no client has to reload.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The current template.",
      resolve: ({ templateId }) => ({ id: templateId }),
    }),
    revertedFrom: t.exposeInt("revertedFrom", { description: "The version before the revert." }),
    revertedTo: t.exposeInt("revertedTo", {
      description: "The version whose document was restored.",
    }),
    operationsRolledBack: t.exposeInt("operationsRolledBack", {
      description: "The number of operations between the two.",
    }),
    newVersion: t.exposeInt("newVersion", { description: "The version after the revert." }),
  }),
});

const RevertTemplateResult = builder.unionType("RevertTemplateResult", {
  description: "The revert or an error.",
  types: [TemplateRevertedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : TemplateRevertedObject),
});

const CreateSnapshotInputType = builder
  .inputRef<CreateSnapshotInput, false>("CreateSnapshotInput")
  .implement({
    description: "The snapshot to create.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template whose document to store." }),
      name: t.string({ required: true, description: "The snapshot's name; not empty." }),
      reason: t.string({ description: "The reason for the snapshot." }),
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
        "False if the version already had a named snapshot: `snapshot` is that one, with its original name and reason.",
    }),
  }),
});

const CreateSnapshotResult = builder.unionType("CreateSnapshotResult", {
  description: "The snapshot or an error.",
  types: [SnapshotCreatedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : SnapshotCreatedObject),
});

const DeleteSnapshotInputType = builder
  .inputRef<DeleteSnapshotInput, false>("DeleteSnapshotInput")
  .implement({
    description: "The named snapshot to delete.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template." }),
      snapshotId: t.id({
        required: true,
        description: "The snapshot; a named one.",
      }),
    }),
  });

const SnapshotDeletedObject = builder.objectRef<SnapshotDeleted>("SnapshotDeleted").implement({
  description: "The named snapshot was deleted; the template's history is unchanged.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The template.",
      resolve: ({ templateId }) => ({ id: templateId }),
    }),
    snapshotId: t.exposeID("snapshotId", { description: "The id of the deleted snapshot." }),
  }),
});

const DeleteSnapshotResult = builder.unionType("DeleteSnapshotResult", {
  description: "The deleted snapshot or an error.",
  types: [SnapshotDeletedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : SnapshotDeletedObject),
});

builder.mutationFields((t) => ({
  deleteSnapshot: t.field({
    type: DeleteSnapshotResult,
    description:
      "Deletes a named snapshot made by the viewer, or by any user if the viewer administers the template; it no longer counts against the quotas. Automatic snapshots and those of reverts cannot be deleted. Errors: UNAUTHENTICATED, NOT_FOUND (also on path `snapshotId`), FORBIDDEN (on path `snapshotId`: another user's), INVALID_INPUT (the log was pruned through its version, and older versions depend on it).",
    args: {
      input: t.arg({ type: DeleteSnapshotInputType, required: true, description: "The snapshot." }),
    },
    resolve: (_root, { input }, { services, viewer }) => deleteSnapshot(services, viewer, input),
  }),
  revertTemplate: t.field({
    type: RevertTemplateResult,
    description:
      "Restores the document of an older version by operations at the head; the log keeps its history. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, OPERATION_ID_REUSED (another batch has this `batchId`), VERSION_CONFLICT (`headVersion` is not the head), LOCKED, RATE_LIMITED.",
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
      "Stores the current document under a name. A version has one snapshot of each kind: if it already has a named one, that one is returned, also to concurrent requests. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, RATE_LIMITED, QUOTA_EXCEEDED.",
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
