/** The mutation `resolveConflict`: a person takes one of the ways out. */
import type { ResolveConflictInput } from "../../commands/inputs.js";
import type { ConflictResolved } from "../../commands/outcomes.js";
import { resolveConflict } from "../../commands/conflicts/resolveConflict.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { OperationObject } from "../editing/operation.js";
import { OperationInputType } from "../editing/operationInput.js";
import { TemplateObject } from "../templates/template.js";
import { ResolutionEnum, VersionConflictObject } from "./versionConflict.js";

const ResolveConflictInputType = builder
  .inputRef<ResolveConflictInput, false>("ResolveConflictInput")
  .implement({
    description: "The chosen resolution strategy, and the versions it is based on.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template of the conflict." }),
      baseVersion: t.int({
        required: true,
        description: "The version that the client's operations were made on.",
      }),
      headVersion: t.int({
        required: true,
        description:
          "The head that the client saw when it chose; a newer head returns VersionConflict again.",
      }),
      resolution: t.field({
        type: ResolutionEnum,
        required: true,
        description: "The resolution strategy.",
      }),
      clientOperations: t.field({
        type: [OperationInputType],
        description:
          "CLIENT_WINS: kept, despite any collision. SERVER_WINS: colliding ones are dropped, the rest is kept; if omitted, the server's state stays unchanged. MANUAL: optional, and dropped.",
      }),
      manualState: t.field({
        type: "JSON",
        description:
          "MANUAL: the complete document chosen by the user; stored as the operations that lead to it.",
      }),
      clientId: t.string({
        description: "The client's own name for itself; stored with each operation.",
      }),
    }),
  });

const ConflictResolvedObject = builder.objectRef<ConflictResolved>("ConflictResolved").implement({
  description: "The resolution is committed; repeating it returns the same result.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The current template, including later changes of others.",
      resolve: ({ templateId }) => ({ id: templateId }),
    }),
    resolution: t.expose("resolution", {
      type: ResolutionEnum,
      description:
        "The strategy that was applied. CLIENT_WINS instead of the requested one if other requests had already committed all of the operations.",
    }),
    newVersion: t.exposeInt("newVersion", {
      description: "The version after the resolution.",
    }),
    discardedOps: t.idList({
      description:
        "The ids of the client's operations that are not in the log: with SERVER_WINS those that collide and those that cannot apply without them, with MANUAL all.",
      resolve: ({ discardedOps }) => [...discardedOps],
    }),
    operations: t.field({
      type: [OperationObject],
      description: "The committed operations, in order.",
      resolve: ({ operations }) => [...operations],
    }),
    resolvedAt: t.expose("resolvedAt", {
      type: "DateTime",
      description: "The time at which the server accepted the resolution.",
    }),
  }),
});

const ResolveConflictResult = builder.unionType("ResolveConflictResult", {
  description: "The committed resolution, a conflict with later changes of others, or an error.",
  types: [ConflictResolvedObject, VersionConflictObject, RequestErrorObject],
  resolveType: ({ kind }) => TYPE_OF_OUTCOME[kind],
});

const TYPE_OF_OUTCOME = {
  resolved: "ConflictResolved",
  versionConflict: "VersionConflict",
  refused: "RequestError",
} as const;

builder.mutationField("resolveConflict", (t) =>
  t.field({
    type: ResolveConflictResult,
    description:
      "Resolves a conflict by one of the strategies, all or nothing. Operations already in the log return their logged result; new operations beside them are decided as usual. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, INVALID_OPERATION, PAYLOAD_TOO_LARGE, OPERATION_ID_REUSED, VERSION_CONFLICT (the log no longer reaches back to `baseVersion`), LOCKED, RATE_LIMITED.",
    args: {
      input: t.arg({
        type: ResolveConflictInputType,
        required: true,
        description: "The strategy and the versions it is based on.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => resolveConflict(services, viewer, input),
  }),
);
