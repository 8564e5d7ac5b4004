/** What an undo or redo left as it was. */
import type { SkipCause, SkippedOperation } from "../../commands/outcomes.js";
import type { SkipReason } from "../../domain/operations/operation.js";
import { builder } from "../builder.js";
import { OperationTargetObject } from "../editing/operation.js";
import { OperationTypeEnum } from "../editing/operationType.js";
import { UserObject } from "../accounts/user.js";

const SkipReasonEnum = builder.enumType("SkipReason", {
  description: "Why a part of a step could not be undone or redone.",
  values: {
    DELETED_BY_OTHERS: {
      description:
        "Others deleted it, or what it is on; or who added it has undone that since, so that it does not come back.",
    },
    CHANGED_BY_OTHERS: { description: "Others changed the same since, and theirs stays." },
    ID_TAKEN: {
      description:
        "Others put something under the same id, or under that of its group: another thing, or the same that they brought back.",
    },
    NOT_APPLICABLE: {
      description: "What it needs is not there any more or is elsewhere, such as a group.",
    },
    NOT_PERMITTED: {
      description:
        "The viewer's access does not extend to it: it was restricted to pages or types.",
    },
    LOCKED: { description: "The design locks the element, its group or something on its page." },
  } satisfies Record<SkipReason, { description: string }>,
});

const SkipCauseObject = builder.objectRef<SkipCause>("SkipCause").implement({
  description: "An operation that stands against undoing or redoing another one.",
  fields: (t) => ({
    operationId: t.exposeID("operationId", { description: "The operation in the log." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "Who made it; null where the account is gone.",
      resolve: ({ userId }) => userId,
    }),
  }),
});

export const SkippedOperationObject = builder
  .objectRef<SkippedOperation>("SkippedOperation")
  .implement({
    description: "A part of a step that was not undone or redone, and why.",
    fields: (t) => ({
      batchId: t.exposeID("batchId", { description: "The batch of the step." }),
      operationId: t.exposeID("operationId", {
        description: "The operation that was to be taken back.",
      }),
      reason: t.expose("reason", { type: SkipReasonEnum, description: "Why it was not." }),
      type: t.expose("type", {
        type: OperationTypeEnum,
        description: "The kind of operation that would have taken it back.",
      }),
      target: t.expose("target", {
        type: OperationTargetObject,
        description: "The node that stays as it is, or away.",
      }),
      properties: t.stringList({
        description: "The properties that stay; empty where it is about the node as a whole.",
        resolve: ({ properties }) => [...properties],
      }),
      attributes: t.stringList({
        description: "Of a text, the attributes that stay where others set them.",
        resolve: ({ attributes }) => [...attributes],
      }),
      causes: t.field({
        type: [SkipCauseObject],
        description: "The newest operations that stand against it, 10 at most, oldest first.",
        resolve: ({ causes }) => [...causes],
      }),
    }),
  });
