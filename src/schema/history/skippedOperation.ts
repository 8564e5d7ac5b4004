/** What an undo or redo left as it was. */
import type { SkipCause, SkippedOperation } from "../../commands/outcomes.js";
import type { SkipReason } from "../../domain/operations/operation.js";
import { builder } from "../builder.js";
import { OperationTargetObject } from "../editing/operation.js";
import { OperationTypeEnum } from "../editing/operationType.js";
import { UserObject } from "../accounts/user.js";

const SkipReasonEnum = builder.enumType("SkipReason", {
  description: "The reason why a part of a step could not be undone or redone.",
  values: {
    DELETED_BY_OTHERS: {
      description:
        "Others deleted the document node or its container; or the user who added it has undone that since, so it is not restored.",
    },
    CHANGED_BY_OTHERS: {
      description: "Others changed the same properties since; their change stays.",
    },
    ID_TAKEN: {
      description:
        "Others used the same id, or that of its group: for another document node, or for the same one, which they restored.",
    },
    NOT_APPLICABLE: {
      description: "Something it needs, such as a group, no longer exists or has moved.",
    },
    NOT_PERMITTED: {
      description:
        "The viewer's access is restricted to certain pages or types and does not cover it.",
    },
    LOCKED: { description: "The design locks the element, its group or an element on its page." },
  } satisfies Record<SkipReason, { description: string }>,
});

const SkipCauseObject = builder.objectRef<SkipCause>("SkipCause").implement({
  description: "An operation that prevents undoing or redoing another one.",
  fields: (t) => ({
    operationId: t.exposeID("operationId", { description: "The operation in the log." }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "The user who made it; null if the account was deleted.",
      resolve: ({ userId }) => userId,
    }),
  }),
});

export const SkippedOperationObject = builder
  .objectRef<SkippedOperation>("SkippedOperation")
  .implement({
    description: "A part of a step that was not undone or redone, and the reason.",
    fields: (t) => ({
      batchId: t.exposeID("batchId", { description: "The batch of the step." }),
      operationId: t.exposeID("operationId", {
        description: "The operation that was to be undone or redone.",
      }),
      reason: t.expose("reason", {
        type: SkipReasonEnum,
        description: "The reason for skipping it.",
      }),
      type: t.expose("type", {
        type: OperationTypeEnum,
        description: "The type of the operation that would have undone or redone it.",
      }),
      target: t.expose("target", {
        type: OperationTargetObject,
        description: "The document node that stays unchanged, or deleted.",
      }),
      properties: t.stringList({
        description: "The properties that stay; empty if the whole document node is concerned.",
        resolve: ({ properties }) => [...properties],
      }),
      attributes: t.stringList({
        description: "For a text: the attributes that stay as others set them.",
        resolve: ({ attributes }) => [...attributes],
      }),
      causes: t.field({
        type: [SkipCauseObject],
        description: "The newest operations that prevent it, at most 10, oldest first.",
        resolve: ({ causes }) => [...causes],
      }),
    }),
  });
