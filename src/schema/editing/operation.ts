/** Operations as the log holds them. They resolve from memory (mutations, changes) as from records of the log. */
import type { OperationTarget, SentOperation } from "../../domain/operations/operation.js";
import type { OperationRecord } from "../../storage/templates/templateStore.js";
import { builder } from "../builder.js";
import { OperationTypeEnum } from "./operationType.js";
import { UserObject } from "../accounts/user.js";

const HAS_PAYLOAD =
  "Whether the operation has a payload. If false, `payload` returns `{}`, and the log and its hashes hold null.";

/** What the fields need; operations of mutations and changes have it all, records of the log `payload` where asked for. */
export type OperationView = Omit<OperationRecord, "templateId">;

export const OperationTargetObject = builder.objectRef<OperationTarget>("OperationTarget");
OperationTargetObject.implement({
  description:
    "The document node that an operation changes; the operation type determines which ids are set.",
  fields: (t) => ({
    pageId: t.id({
      nullable: true,
      description: "The page, or the page of the element.",
      resolve: ({ pageId }) => pageId,
    }),
    elementId: t.id({
      nullable: true,
      description: "The element.",
      resolve: ({ elementId }) => elementId,
    }),
    audioLayerId: t.id({
      nullable: true,
      description: "The audio layer, or the layer of the clip.",
      resolve: ({ audioLayerId }) => audioLayerId,
    }),
    clipId: t.id({
      nullable: true,
      description: "The audio clip.",
      resolve: ({ clipId }) => clipId,
    }),
  }),
});

export const SentOperationObject = builder.objectRef<SentOperation>("SentOperation").implement({
  description: "An operation as a client sent it; the log need not hold it.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "An id chosen by the client." }),
    type: t.expose("type", { type: OperationTypeEnum, description: "The type of the operation." }),
    target: t.expose("target", {
      type: OperationTargetObject,
      description: "The document node to change.",
    }),
    payload: t.field({
      type: "JSON",
      description: "The change; `{}` for types without a payload.",
      resolve: ({ payload }) => payload ?? {},
    }),
    hasPayload: t.boolean({
      description: HAS_PAYLOAD,
      resolve: ({ payload }) => payload !== null,
    }),
    timestamp: t.expose("timestamp", {
      type: "Timestamp",
      nullable: true,
      description: "The client's clock when the change was made; null if not sent.",
    }),
  }),
});

export const OperationObject = builder.objectRef<OperationView>("Operation");
OperationObject.implement({
  description: "One entry of a template's log: a committed change.",
  fields: (t) => ({
    id: t.exposeID("id", {
      description: "An id chosen by the client, unique within the template.",
    }),
    type: t.expose("type", { type: OperationTypeEnum, description: "The type of the operation." }),
    target: t.expose("target", {
      type: OperationTargetObject,
      description: "The document node that the operation changes.",
    }),
    payload: t.field({
      type: "JSON",
      description: "The change, as `operationTypes` describes; `{}` for types without a payload.",
      resolve: (operation) => payloadOf(operation) ?? {},
    }),
    baseVersion: t.exposeInt("baseVersion", {
      description: "The template version that the client made the operation on.",
    }),
    resultingVersion: t.exposeInt("resultingVersion", {
      description: "The template version after the operation, unique within the template.",
    }),
    batchId: t.exposeID("batchId", {
      nullable: true,
      description: "The id of the batch; shared by operations sent together.",
    }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description:
        "The user who sent the operation; null if the account was deleted, and for guests.",
      resolve: ({ userId }) => userId,
    }),
    clientId: t.string({
      nullable: true,
      description: "The client's own name for itself; null if not sent, and for guests.",
      resolve: ({ clientId }, _args, { viewer }) => (viewer.kind === "guest" ? null : clientId),
    }),
    sessionSequence: t.exposeInt("sessionSequence", {
      nullable: true,
      description: "The client's own request counter; null if not sent.",
    }),
    clientTimestamp: t.expose("clientTimestamp", {
      type: "Timestamp",
      nullable: true,
      description:
        "The client's clock when the change was made, in milliseconds; null if not sent.",
    }),
    serverTimestamp: t.expose("serverTimestamp", {
      type: "DateTime",
      description: "The time at which the server accepted the operation.",
    }),
    transformedFrom: t.idList({
      description:
        "The ids of the operations that this one overlapped when it was merged: those that changed it or won over it, and the newest of those it won over. Empty if there was no overlap.",
      resolve: ({ transformedFrom }) => [...transformedFrom],
    }),
    requested: t.field({
      type: SentOperationObject,
      nullable: true,
      description:
        "The original request if the committed operation differs from it: a merge dropped the losing parts, rewrote them, or made the operation a no-op. Null if committed as requested.",
      resolve: requestedOf,
    }),
  }),
});

builder.objectFields(OperationObject, (t) => ({
  undoes: t.exposeID("undoes", {
    nullable: true,
    description:
      "The `batchId` of the batch that this operation undoes; null if it is not part of an undo.",
  }),
  redoes: t.exposeID("redoes", {
    nullable: true,
    description:
      "The `batchId` of the batch that this operation redoes; null if it is not part of a redo.",
  }),
}));

builder.objectField(OperationObject, "hasPayload", (t) =>
  t.boolean({
    description: HAS_PAYLOAD,
    resolve: (operation) => payloadOf(operation) !== null,
  }),
);

function payloadOf({ id, payload }: OperationView) {
  if (payload === undefined) throw new Error(`the payload of operation ${id} was not read`);
  return payload;
}

function requestedOf({ id, payload, requested, clientTimestamp }: OperationView) {
  if (payload === undefined) throw new Error(`what operation ${id} says was not read`);
  return requested == null ? null : { id, ...requested, timestamp: clientTimestamp };
}
