/** The mutations `undo` and `redo`. */
import type { UndoInput } from "../../commands/inputs.js";
import { redo, undo } from "../../commands/history/undo.js";
import { OperationsApplied } from "../editing/applyOperations.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { VersionConflictObject } from "../conflicts/versionConflict.js";

const UndoInputType = builder.inputRef<UndoInput, false>("UndoInput").implement({
  description: "The template and the undo history to step through.",
  fields: (t) => ({
    templateId: t.id({ required: true, description: "The template to change." }),
    clientId: t.string({
      description:
        "Only batches that the viewer made on the client with this name. Default: on any client.",
    }),
    allOrNothing: t.boolean({
      required: true,
      defaultValue: false,
      description:
        "Return VersionConflict and change nothing if others changed a part of the step since. Otherwise the server undoes the remaining parts, and `skipped` lists the others.",
    }),
    batchId: t.id({
      description:
        "The id of the batch that commits the step, new for each step; an idempotency key: the same request repeated under it returns the first result and takes no second step. Without it the client cannot know the outcome of a step whose response was lost.",
    }),
  }),
});

const UndoResult = builder.unionType("UndoResult", {
  description:
    "The operations that undid or redid the batch, and the parts left unchanged; with `allOrNothing` a conflict if the step is incomplete; or an error.",
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
      "Undoes the viewer's newest batch that is not undone yet, by operations at the head whose `undoes` names it; changes of others in between do not prevent it. Parts that others changed or deleted since stay and are listed in `skipped`; batches with nothing left to undo are passed over and listed in `passedOver`. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (there is nothing to undo), VERSION_CONFLICT (more operations follow the step than a request may read), OPERATION_ID_REUSED (another batch has this `batchId`), LOCKED, RATE_LIMITED.",
    args: {
      input: t.arg({
        type: UndoInputType,
        required: true,
        description: "The template and the client.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => undo(services, viewer, input),
  }),
  redo: t.field({
    type: UndoResult,
    description:
      "Redoes the batch that the viewer undid last, unless the viewer edited since, by operations at the head whose `redoes` names it; `skipped` and `passedOver` as with `undo`. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (there is nothing to redo), OPERATION_ID_REUSED (another batch has this `batchId`), LOCKED, RATE_LIMITED.",
    args: {
      input: t.arg({
        type: UndoInputType,
        required: true,
        description: "The template and the client.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => redo(services, viewer, input),
  }),
}));
