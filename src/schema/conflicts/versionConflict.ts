/** The answer to operations that were made on an older version. */
import type { Resolution, VersionConflict } from "../../commands/outcomes.js";
import { targetOfPath } from "../../domain/operations/paths.js";
import type { Collision } from "../../domain/merge/collide.js";
import { builder } from "../builder.js";
import { UserError } from "../errors.js";
import { OperationObject, OperationTargetObject } from "../editing/operation.js";
import { selectsContent } from "../selects.js";

export const ResolutionEnum = builder.enumType("Resolution", {
  description: "The resolution strategies of a conflict.",
  values: {
    CLIENT_WINS: { description: "Keep the client's operations, despite any collision." },
    SERVER_WINS: { description: "Drop the client's colliding operations, keep the rest." },
    MANUAL: { description: "A user provides the complete document." },
  } satisfies Record<Resolution, { description: string }>,
});

const ConflictKind = builder.enumType("ConflictKind", {
  description: "How two operations collide.",
  values: {
    CONCURRENT_EDIT: { description: "Both change the same properties of one document node." },
    DELETED_TARGET: { description: "One deletes what the other changes." },
    DUPLICATE_ID: { description: "Both add a document node under the same id." },
  } satisfies Record<Collision["kind"], { description: string }>,
});

export const CollisionObject = builder.objectRef<Collision>("Conflict").implement({
  description: "One collision. It is symmetric: swapping the two sides reports the same collision.",
  fields: (t) => ({
    kind: t.expose("kind", { type: ConflictKind, description: "The kind of collision." }),
    clientOperation: t.exposeID("clientOperation", {
      description: "The id of the client's operation.",
    }),
    serverOperation: t.exposeID("serverOperation", {
      description: "The id of the operation in the log.",
    }),
    target: t.field({
      type: OperationTargetObject,
      description:
        "The document node they collide on; without ids: the canvas or the order of pages.",
      resolve: ({ path }) => targetOfPath(path),
    }),
    properties: t.stringList({
      description:
        "The properties that both change, an object or list in one of them as one value; empty if the collision is on the whole document node.",
      resolve: ({ properties }) => [...properties],
    }),
  }),
});

const AutoMerge = builder.objectRef<VersionConflict["autoMerge"]>("AutoMerge").implement({
  description: "Whether the two sides can be merged without a user's choice.",
  fields: (t) => ({
    available: t.exposeBoolean("available", { description: "Whether they can be merged." }),
    reason: t.exposeString("reason", {
      nullable: true,
      description: "The reason why they cannot be merged; null if they can.",
    }),
    preview: t.field({
      type: "JSON",
      nullable: true,
      description: "The document that the merge would produce; null if they cannot be merged.",
      resolve: ({ preview, previewBytes }, _args, { work }) =>
        work.read(previewBytes, async () => preview()),
    }),
  }),
});

const ResolutionStrategy = builder
  .objectRef<VersionConflict["strategies"][number]>("ResolutionStrategy")
  .implement({
    description: "A resolution strategy and its effect on this conflict.",
    fields: (t) => ({
      strategy: t.expose("strategy", { type: ResolutionEnum, description: "The strategy." }),
      description: t.exposeString("description", { description: "The effect of the strategy." }),
      warning: t.exposeString("warning", {
        nullable: true,
        description:
          "What would be lost, or the reason why the server would refuse it; null if nothing would be lost, never null if the loss is unknown. Names at most 10 losses and the number of further ones.",
      }),
      discardedOps: t.idList({
        description:
          "The ids of all operations of the request that the strategy would drop, as in `ConflictResolved.discardedOps`.",
        resolve: ({ discardedOps }) => [...discardedOps],
      }),
      overriddenOps: t.idList({
        description:
          "The ids of all operations of others whose effect the strategy would overwrite, delete or reverse. Empty for MANUAL, which depends on the document provided.",
        resolve: ({ overriddenOps }) => [...overriddenOps],
      }),
    }),
  });

const ResolutionOptions = builder.objectRef<VersionConflict>("ResolutionOptions").implement({
  description: "The resolution strategies for one conflict.",
  fields: (t) => ({
    autoMerge: t.expose("autoMerge", {
      type: AutoMerge,
      description: "Whether the two sides can be merged without a user's choice.",
    }),
    strategies: t.field({
      type: [ResolutionStrategy],
      description: "The strategies to choose from.",
      resolve: ({ strategies }) => [...strategies],
    }),
  }),
});

export const VersionConflictObject = builder.objectRef<VersionConflict>("VersionConflict");
VersionConflictObject.implement({
  description:
    "Other clients committed since `baseVersion`: their operations, the collisions and the resolution strategies. Nothing was applied.",
  interfaces: [UserError],
  fields: (t) => ({
    currentVersion: t.exposeInt("currentVersion", { description: "The template's version." }),
    requestedVersion: t.exposeInt("requestedVersion", {
      description: "The request's `baseVersion`.",
    }),
    serverState: t.field({
      type: "JSON",
      description: "The document at `currentVersion`.",
      resolve: ({ serverState, stateBytes }, _args, { work }) =>
        work.read(stateBytes, async () => serverState()),
    }),
    serverOperations: t.field({
      type: [OperationObject],
      description:
        "The operations of others after `requestedVersion`, oldest first, through `serverOperationsThrough`. Empty if the log no longer reaches back, or if the base is further behind than the server reads at once (default 10,000 operations): read `Template.operations`, or use `serverState`.",
      resolve: async ({ serverOperations }, _args, { work }, info) => {
        const columns = { payload: selectsContent(info) };
        const { throughVersion, bytes } = await serverOperations.measure(work.pageBytesMax);
        const operations = await work.read(columns.payload ? bytes : 0, () =>
          serverOperations.read(throughVersion, columns),
        );
        return [...operations];
      },
    }),
    serverOperationsThrough: t.int({
      description:
        "The last version covered by `serverOperations`: `currentVersion`, or less if the payloads are too large for one response. Read the rest with `Template.operations(fromVersion: serverOperationsThrough + 1)`.",
      resolve: async ({ serverOperations, currentVersion }, _args, { work }) => {
        const { throughVersion } = await serverOperations.measure(work.pageBytesMax);
        return throughVersion === 0 ? currentVersion : throughVersion;
      },
    }),
    conflictingOps: t.idList({
      description: "The ids of the request's operations that collide.",
      resolve: ({ conflictingOps }) => [...conflictingOps],
    }),
    conflicts: t.field({
      type: [CollisionObject],
      description: "Each collision; empty if the two sides change different things.",
      resolve: ({ collisions }) => [...collisions],
    }),
    suggestedResolution: t.expose("suggestedResolution", {
      type: ResolutionEnum,
      description:
        "SERVER_WINS if operations collide: the committed state stays. CLIENT_WINS if none do. MANUAL if the log no longer reaches back, the operations cannot be applied, or `resolveConflict` named no operations.",
    }),
    resolutionOptions: t.field({
      type: ResolutionOptions,
      description: "The available resolution strategies.",
      resolve: (conflict) => conflict,
    }),
  }),
});
