/** The mutations `undo` and `redo`. */
import type { UndoInput } from "../../commands/inputs.js";
import { redo, undo } from "../../commands/history/undo.js";
import { OperationsApplied } from "../editing/applyOperations.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { VersionConflictObject } from "../conflicts/versionConflict.js";

const UndoInputType = builder.inputRef<UndoInput, false>("UndoInput").implement({
  description: "Whose step to take back, or to take again.",
  fields: (t) => ({
    templateId: t.id({ required: true, description: "The template to change." }),
    clientId: t.string({
      description:
        "Only what the viewer did on the client of this name; on all of theirs where omitted.",
    }),
    allOrNothing: t.boolean({
      required: true,
      defaultValue: false,
      description:
        "Answer VersionConflict and change nothing where others changed a part of the step since; else what can be undone of it is, and `skipped` tells the rest.",
    }),
    batchId: t.id({
      description:
        "The batch that the step is committed as, new for each step: the same request sent again is answered as the first time and takes no second step. Where it is omitted a client cannot know what became of a step whose answer was lost.",
    }),
  }),
});

const UndoResult = builder.unionType("UndoResult", {
  description:
    "The operations that undid or redid the batch, and what they left as it was; with `allOrNothing` a conflict where that is not all; or a refusal.",
  types: [OperationsApplied, VersionConflictObject, RequestErrorObject],
  resolveType: ({ kind }) => TYPE_OF_OUTCOME[kind],
});

const TYPE_OF_OUTCOME = {
  applied: "OperationsApplied",
  versionConflict: "VersionConflict",
  refused: "RequestError",
} as const;

builder.mutationFields((t) => ({
  undo: t.field({
    type: UndoResult,
    description:
      "Undoes the viewer's own newest batch that is not undone yet, whatever others did since: by operations at the head whose `undoes` names it. What others changed or deleted since stays and is told in `skipped`; batches of which nothing is left to undo are passed over and told in `passedOver`. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (there is nothing to undo), VERSION_CONFLICT (others committed more after the step than a request may read), OPERATION_ID_REUSED (`batchId` is that of something else), LOCKED, RATE_LIMITED.",
    args: {
      input: t.arg({ type: UndoInputType, required: true, description: "Template and client." }),
    },
    resolve: (_root, { input }, { services, viewer }) => undo(services, viewer, input),
  }),
  redo: t.field({
    type: UndoResult,
    description:
      "Redoes what was undone of the batch that the viewer undid last, unless they edited since: by operations at the head whose `redoes` names it; `skipped` and `passedOver` as with `undo`. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (there is nothing to redo), OPERATION_ID_REUSED (`batchId` is that of something else), LOCKED, RATE_LIMITED.",
    args: {
      input: t.arg({ type: UndoInputType, required: true, description: "Template and client." }),
    },
    resolve: (_root, { input }, { services, viewer }) => redo(services, viewer, input),
  }),
}));
