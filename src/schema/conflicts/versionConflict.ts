/** The answer to operations that were made on an older version. */
import type { Resolution, VersionConflict } from "../../commands/outcomes.js";
import { targetOfPath } from "../../domain/operations/paths.js";
import type { Collision } from "../../domain/merge/collide.js";
import { builder } from "../builder.js";
import { UserError } from "../errors.js";
import { OperationObject, OperationTargetObject } from "../editing/operation.js";
import { selectsContent } from "../selects.js";

export const ResolutionEnum = builder.enumType("Resolution", {
  description: "The ways out of a conflict.",
  values: {
    CLIENT_WINS: { description: "Keep the client's operations, whatever they collide with." },
    SERVER_WINS: { description: "Drop the client's operations that collide, keep the rest." },
    MANUAL: { description: "A person settles on a whole state." },
  } satisfies Record<Resolution, { description: string }>,
});

const ConflictKind = builder.enumType("ConflictKind", {
  description: "How two operations collide.",
  values: {
    CONCURRENT_EDIT: { description: "Both change the same properties of one thing." },
    DELETED_TARGET: { description: "One deletes what the other changes." },
    DUPLICATE_ID: { description: "Both add something under the same id." },
  } satisfies Record<Collision["kind"], { description: string }>,
});

export const CollisionObject = builder.objectRef<Collision>("Conflict").implement({
  description: "One collision, symmetric: swapping the two sides reports the same one.",
  fields: (t) => ({
    kind: t.expose("kind", { type: ConflictKind, description: "How the two collide." }),
    clientOperation: t.exposeID("clientOperation", {
      description: "The id of the one that was sent.",
    }),
    serverOperation: t.exposeID("serverOperation", {
      description: "The id of the one in the log.",
    }),
    target: t.field({
      type: OperationTargetObject,
      description:
        "The node they collide over; without ids it is the canvas or the order of pages.",
      resolve: ({ path }) => targetOfPath(path),
    }),
    properties: t.stringList({
      description:
        "The properties that both change, an object or list in one of them as one value; empty where it is about the thing as a whole.",
      resolve: ({ properties }) => [...properties],
    }),
  }),
});

const AutoMerge = builder.objectRef<VersionConflict["autoMerge"]>("AutoMerge").implement({
  description: "Whether the two sides can be merged without anyone choosing.",
  fields: (t) => ({
    available: t.exposeBoolean("available", { description: "Whether they can." }),
    reason: t.exposeString("reason", {
      nullable: true,
      description: "Why they cannot; null where they can.",
    }),
    preview: t.field({
      type: "JSON",
      nullable: true,
      description: "The document that the merge would lead to; null where there is none.",
      resolve: ({ preview, previewBytes }, _args, { work }) =>
        work.read(previewBytes, async () => preview()),
    }),
  }),
});

const ResolutionStrategy = builder
  .objectRef<VersionConflict["strategies"][number]>("ResolutionStrategy")
  .implement({
    description: "One way out of a conflict and what it means here.",
    fields: (t) => ({
      strategy: t.expose("strategy", { type: ResolutionEnum, description: "The way out." }),
      description: t.exposeString("description", { description: "What it does." }),
      warning: t.exposeString("warning", {
        nullable: true,
        description:
          "What would be lost, or why it would be refused; null where nothing would, never where that is not known. Names at most 10 losses and says how many more there are.",
      }),
      discardedOps: t.idList({
        description:
          "Ids of the request's operations that it would drop, all of them: what `ConflictResolved.discardedOps` will hold.",
        resolve: ({ discardedOps }) => [...discardedOps],
      }),
      overriddenOps: t.idList({
        description:
          "Ids of the operations of others of which it would overwrite, delete or bring back something, all of them. MANUAL: none, since that depends on the state.",
        resolve: ({ overriddenOps }) => [...overriddenOps],
      }),
    }),
  });

const ResolutionOptions = builder.objectRef<VersionConflict>("ResolutionOptions").implement({
  description: "The ways out of one conflict.",
  fields: (t) => ({
    autoMerge: t.expose("autoMerge", {
      type: AutoMerge,
      description: "Whether the two sides can be merged without anyone choosing.",
    }),
    strategies: t.field({
      type: [ResolutionStrategy],
      description: "What one can choose.",
      resolve: ({ strategies }) => [...strategies],
    }),
  }),
});

export const VersionConflictObject = builder.objectRef<VersionConflict>("VersionConflict");
VersionConflictObject.implement({
  description:
    "Others committed since `baseVersion`: what they did, what of it collides, and the ways out. Nothing was applied.",
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
        "What others did after `requestedVersion`, oldest first, through `serverOperationsThrough`; empty where the log no longer reaches back, and on a base further behind than the server reads at once (10,000 operations unless set otherwise): read `Template.operations`, or take `serverState`.",
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
        "The version through which `serverOperations` tells: `currentVersion`, or less where their payloads are too large for one answer. Read what follows with `Template.operations(fromVersion: serverOperationsThrough + 1)`.",
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
      description: "Each collision; none where the two sides change different things.",
      resolve: ({ collisions }) => [...collisions],
    }),
    suggestedResolution: t.expose("suggestedResolution", {
      type: ResolutionEnum,
      description:
        "SERVER_WINS where something collides: what is committed stays. CLIENT_WINS where nothing does. MANUAL where the log no longer reaches back or the operations cannot be applied, and with a choice that named none.",
    }),
    resolutionOptions: t.field({
      type: ResolutionOptions,
      description: "What there is to choose from.",
      resolve: (conflict) => conflict,
    }),
  }),
});
