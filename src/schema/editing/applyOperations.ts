/** The mutation `applyOperations`: the edit itself. */
import { applyOperations } from "../../commands/editing/applyOperations.js";
import type { ApplyOperationsInput, ConflictPolicy } from "../../commands/inputs.js";
import type { Applied } from "../../commands/outcomes.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { OperationObject } from "./operation.js";
import { OperationInputType } from "./operationInput.js";
import { SkippedOperationObject } from "../history/skippedOperation.js";
import { TemplateObject } from "../templates/template.js";
import { VersionConflictObject } from "../conflicts/versionConflict.js";

const ConflictPolicyEnum = builder.enumType("ConflictPolicy", {
  description: "The treatment of operations whose `baseVersion` is not the head.",
  values: {
    REJECT: {
      description: "Any version mismatch returns VersionConflict; nothing is applied.",
    },
    MERGE: {
      description:
        "Rebase onto the head; return VersionConflict only if intents collide. The template's `mergeRules` may settle writes of one property and deletions.",
    },
    LAST_WRITER_WINS: {
      description:
        "As MERGE, but collisions are settled: of two writes of one property the one with the later client timestamp wins (ties: the greater clientId); a deletion wins over a change of what it deletes, in either order. A property that holds an object or a list is one value: one of two writes is lost completely. `requested`, `transformedFrom` and `Template.conflicts` report the loss.",
    },
    FORCE: {
      description: "Apply on top of the head, regardless of the operations committed in between.",
    },
  } satisfies Record<ConflictPolicy, { description: string }>,
});

const ApplyOperationsInputType = builder
  .inputRef<ApplyOperationsInput, false>("ApplyOperationsInput")
  .implement({
    description: "A batch of operations and the version they were made on.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template to change." }),
      baseVersion: t.int({
        required: true,
        description: "The version that the client's operations were made on.",
      }),
      operations: t.field({
        type: [OperationInputType],
        required: true,
        description: "The operations, applied in order, all or none.",
      }),
      clientId: t.string({
        description: "The client's own name for itself; stored with each operation.",
      }),
      sessionSequence: t.int({
        description: "The client's own request counter; stored with each operation.",
      }),
      batchId: t.id({
        description: "The id of the batch. Default: the id of the first operation.",
      }),
      fence: t.int({
        description:
          "Apply only while this client holds the lock with this fence, else LOCKED. Prevents writes under a lost lock.",
      }),
      onConflict: t.field({
        type: ConflictPolicyEnum,
        required: true,
        defaultValue: "REJECT",
        description: "The treatment of a `baseVersion` that is not the head.",
      }),
    }),
  });

export const OperationsApplied = builder.objectRef<Applied>("OperationsApplied").implement({
  description: "The operations are committed: the log holds them permanently.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The current template, including later changes of others.",
      resolve: ({ templateId }) => ({ id: templateId }),
    }),
    appliedOps: t.idList({
      description:
        "The ids of the request's operations that are in the log, including those committed by an earlier attempt.",
      resolve: ({ appliedOps }) => [...appliedOps],
    }),
    duplicateOps: t.idList({
      description: "The ids that were in the log before this request.",
      resolve: ({ duplicateOps }) => [...duplicateOps],
    }),
    supersededOps: t.idList({
      description:
        "The ids of applied operations that a merge made no-ops: they are in the log without effect, because others had made the same change, a later write won, or a document node they need was deleted. `Operation.requested` holds the original.",
      resolve: ({ supersededOps }) => [...supersededOps],
    }),
    operations: t.field({
      type: [OperationObject],
      description: "The operations as committed, including rewrites by a merge.",
      resolve: ({ operations }) => [...operations],
    }),
    skipped: t.field({
      type: [SkippedOperationObject],
      description:
        "For an undo or redo: the parts left unchanged because others' work prevents them. Empty if the whole step was undone or redone.",
      resolve: ({ skipped }) => [...skipped],
    }),
    passedOver: t.idList({
      description:
        "For an undo or redo: the batches with nothing left to undo or redo, so the server took the one before. Later requests do not consider them again.",
      resolve: ({ passedOver }) => [...passedOver],
    }),
    newVersion: t.exposeInt("newVersion", {
      description: "The version after the request's last operation.",
    }),
    serverTimestamp: t.expose("serverTimestamp", {
      type: "DateTime",
      description: "The time at which the server accepted the request's last operation.",
    }),
  }),
});

const ApplyOperationsResult = builder.unionType("ApplyOperationsResult", {
  description: "The committed batch, a conflict with changes of others, or an error.",
  types: [OperationsApplied, VersionConflictObject, RequestErrorObject],
  resolveType: ({ kind }) => TYPE_OF_OUTCOME[kind],
});

const TYPE_OF_OUTCOME = {
  applied: "OperationsApplied",
  versionConflict: "VersionConflict",
  refused: "RequestError",
} as const;

builder.mutationField("applyOperations", (t) =>
  t.field({
    type: ApplyOperationsResult,
    description:
      "Commits a batch of operations, all or none. A repeated request is not applied again and returns the same result. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, INVALID_OPERATION, PAYLOAD_TOO_LARGE, OPERATION_ID_REUSED, LOCKED, RATE_LIMITED.",
    args: {
      input: t.arg({
        type: ApplyOperationsInputType,
        required: true,
        description: "The operations and their base version.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => applyOperations(services, viewer, input),
  }),
);
