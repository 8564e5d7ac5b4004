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
  description: "What to do where the template moved on since the client's version.",
  values: {
    REJECT: {
      description: "Any version mismatch answers VersionConflict; nothing is applied.",
    },
    MERGE: {
      description:
        "Rebase onto the head; answer VersionConflict only where intents really collide. The template's `mergeRules` may decide on writes of one property and on deletions.",
    },
    LAST_WRITER_WINS: {
      description:
        "As MERGE, and where two writes of one property collide the later client timestamp wins (ties: the greater clientId); of a deletion and a change of what it deletes the deletion wins, whichever comes first. A property that holds an object or a list is one value: of two writes of it one is lost as a whole. `requested`, `transformedFrom` and `Template.conflicts` tell it.",
    },
    FORCE: { description: "Apply on top of the head whatever happened in between." },
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
        description: "Applied in order, all or none.",
      }),
      clientId: t.string({
        description: "What the client calls itself; stored with each operation.",
      }),
      sessionSequence: t.int({
        description: "The client's own count of its requests; stored with each operation.",
      }),
      batchId: t.id({
        description: "Names what was sent together; the id of the first operation where omitted.",
      }),
      fence: t.int({
        description:
          "Apply only while this client's lock with the fence is there; else LOCKED. So nothing is applied under a lock that was lost.",
      }),
      onConflict: t.field({
        type: ConflictPolicyEnum,
        required: true,
        defaultValue: "REJECT",
        description: "What to do where the template is no longer at `baseVersion`.",
      }),
    }),
  });

export const OperationsApplied = builder.objectRef<Applied>("OperationsApplied").implement({
  description:
    "The operations are committed: they are in the log, and nothing takes them out again.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The template as it is now, which others may have changed since.",
      resolve: ({ templateId }) => ({ id: templateId }),
    }),
    appliedOps: t.idList({
      description:
        "Ids of the request's operations that are in the log now, those of an earlier try included.",
      resolve: ({ appliedOps }) => [...appliedOps],
    }),
    duplicateOps: t.idList({
      description: "Ids that were already in the log before this request.",
      resolve: ({ duplicateOps }) => [...duplicateOps],
    }),
    supersededOps: t.idList({
      description:
        "Ids of the applied operations that a merge turned into nothing: they are in the log, without effect, because others had done the same, a later write won, or what it needs was deleted. `Operation.requested` has what they were.",
      resolve: ({ supersededOps }) => [...supersededOps],
    }),
    operations: t.field({
      type: [OperationObject],
      description: "As committed: what a merge rewrote shows here.",
      resolve: ({ operations }) => [...operations],
    }),
    skipped: t.field({
      type: [SkippedOperationObject],
      description:
        "Of an undo or redo: what it left as it was since others' work stands against it. Empty where the whole step was taken back.",
      resolve: ({ skipped }) => [...skipped],
    }),
    passedOver: t.idList({
      description:
        "Of an undo or redo: the batches of which nothing was left to take back, so that the one before was taken. They are not looked at again.",
      resolve: ({ passedOver }) => [...passedOver],
    }),
    newVersion: t.exposeInt("newVersion", {
      description: "The version right after the request's last operation.",
    }),
    serverTimestamp: t.expose("serverTimestamp", {
      type: "DateTime",
      description: "When the server took the request's last operation.",
    }),
  }),
});

const ApplyOperationsResult = builder.unionType("ApplyOperationsResult", {
  description: "The commit, a conflict with what others did, or a refusal.",
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
      "Commits a batch of operations, all or none. Sending it again applies nothing twice and answers the same. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, INVALID_OPERATION, PAYLOAD_TOO_LARGE, OPERATION_ID_REUSED, LOCKED, RATE_LIMITED.",
    args: {
      input: t.arg({
        type: ApplyOperationsInputType,
        required: true,
        description: "The operations and what they were made on.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => applyOperations(services, viewer, input),
  }),
);
