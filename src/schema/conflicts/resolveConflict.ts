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
    description: "The choice, and what it was made on.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template of the conflict." }),
      baseVersion: t.int({
        required: true,
        description: "The version the client's operations were made on.",
      }),
      headVersion: t.int({
        required: true,
        description:
          "The head that the client saw when it chose; a newer head answers VersionConflict again.",
      }),
      resolution: t.field({ type: ResolutionEnum, required: true, description: "The way out." }),
      clientOperations: t.field({
        type: [OperationInputType],
        description:
          "CLIENT_WINS: kept, whatever they collide with. SERVER_WINS: those that collide are dropped, the rest kept; omitted: the server's state stays as it is. MANUAL: they may be named, and are dropped.",
      }),
      manualState: t.field({
        type: "JSON",
        description:
          "MANUAL: the whole state the person settled on; stored as the operations that lead to it.",
      }),
      clientId: t.string({
        description: "What the client calls itself; stored with each operation.",
      }),
    }),
  });

const ConflictResolvedObject = builder.objectRef<ConflictResolved>("ConflictResolved").implement({
  description: "The choice is committed; choosing the same again answers the same.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The template as it is now, which others may have changed since.",
      resolve: ({ templateId }) => ({ id: templateId }),
    }),
    resolution: t.expose("resolution", {
      type: ResolutionEnum,
      description:
        "The choice that was made. CLIENT_WINS where another was asked for, but other requests had committed all of the operations before.",
    }),
    newVersion: t.exposeInt("newVersion", {
      description: "The version right after the choice.",
    }),
    discardedOps: t.idList({
      description:
        "Ids of the client's operations that are not in the log: with SERVER_WINS those that collide and those that cannot apply without them, with MANUAL all.",
      resolve: ({ discardedOps }) => [...discardedOps],
    }),
    operations: t.field({
      type: [OperationObject],
      description: "What was committed, in order.",
      resolve: ({ operations }) => [...operations],
    }),
    resolvedAt: t.expose("resolvedAt", {
      type: "DateTime",
      description: "When the server took the choice.",
    }),
  }),
});

const ResolveConflictResult = builder.unionType("ResolveConflictResult", {
  description: "The choice as committed; a conflict with what others did since; or a refusal.",
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
      "Takes one of the ways out of a conflict, all or nothing. Operations that the log holds already are answered from there; those that are new beside them are decided like any others. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, INVALID_OPERATION, PAYLOAD_TOO_LARGE, OPERATION_ID_REUSED, VERSION_CONFLICT (the log no longer reaches back to `baseVersion`), LOCKED, RATE_LIMITED.",
    args: {
      input: t.arg({
        type: ResolveConflictInputType,
        required: true,
        description: "The choice, and what it was made on.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => resolveConflict(services, viewer, input),
  }),
);
