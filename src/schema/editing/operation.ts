/** Operations as the log holds them. They resolve from memory (mutations, changes) as from records of the log. */
import type { OperationTarget, SentOperation } from "../../domain/operations/operation.js";
import type { OperationRecord } from "../../storage/templates/templateStore.js";
import { builder } from "../builder.js";
import { OperationTypeEnum } from "./operationType.js";
import { UserObject } from "../accounts/user.js";

const HAS_PAYLOAD =
  "Whether there is a payload. False where there is none: then `payload` shows `{}`, and the log and its hashes hold null.";

/** What the fields need; operations of mutations and changes have it all, records of the log `payload` where asked for. */
export type OperationView = Omit<OperationRecord, "templateId">;

export const OperationTargetObject = builder.objectRef<OperationTarget>("OperationTarget");
OperationTargetObject.implement({
  description:
    "The node of the document that an operation is about; its type says which ids there are.",
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
  description: "An operation as a client sent it; it need not be in the log.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Chosen by the client." }),
    type: t.expose("type", { type: OperationTypeEnum, description: "What kind of change it is." }),
    target: t.expose("target", {
      type: OperationTargetObject,
      description: "The node of the document that it is about.",
    }),
    payload: t.field({
      type: "JSON",
      description: "What it changes; `{}` for types without a payload.",
      resolve: ({ payload }) => payload ?? {},
    }),
    hasPayload: t.boolean({
      description: HAS_PAYLOAD,
      resolve: ({ payload }) => payload !== null,
    }),
    timestamp: t.expose("timestamp", {
      type: "Timestamp",
      nullable: true,
      description: "The client's clock when the change was made; null where not sent.",
    }),
  }),
});

export const OperationObject = builder.objectRef<OperationView>("Operation");
OperationObject.implement({
  description: "One entry of a template's log: a change that was committed.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Chosen by the client; unique within the template." }),
    type: t.expose("type", { type: OperationTypeEnum, description: "What kind of change it is." }),
    target: t.expose("target", {
      type: OperationTargetObject,
      description: "The node of the document that it is about.",
    }),
    payload: t.field({
      type: "JSON",
      description:
        "What it changes, as `operationTypes` describes; `{}` for types without a payload.",
      resolve: (operation) => payloadOf(operation) ?? {},
    }),
    baseVersion: t.exposeInt("baseVersion", {
      description: "The version of the template that the client made it on.",
    }),
    resultingVersion: t.exposeInt("resultingVersion", {
      description: "The version of the template right after it; no two share one.",
    }),
    batchId: t.exposeID("batchId", {
      nullable: true,
      description: "What was sent together shares it.",
    }),
    user: t.field({
      type: UserObject,
      nullable: true,
      description: "Who sent it; null where the account is gone, and for guests.",
      resolve: ({ userId }) => userId,
    }),
    clientId: t.string({
      nullable: true,
      description: "What the client called itself; null where it did not, and for guests.",
      resolve: ({ clientId }, _args, { viewer }) => (viewer.kind === "guest" ? null : clientId),
    }),
    sessionSequence: t.exposeInt("sessionSequence", {
      nullable: true,
      description: "The client's own count of its requests; null where it sent none.",
    }),
    clientTimestamp: t.expose("clientTimestamp", {
      type: "Timestamp",
      nullable: true,
      description:
        "The client's clock when the change was made, in milliseconds; null where not sent.",
    }),
    serverTimestamp: t.expose("serverTimestamp", {
      type: "DateTime",
      description: "When the server took it.",
    }),
    transformedFrom: t.idList({
      description:
        "Ids of the operations that this one met when it was merged: those that changed it or won over it, and the newest of those that it won over. Empty where it met none.",
      resolve: ({ transformedFrom }) => [...transformedFrom],
    }),
    requested: t.field({
      type: SentOperationObject,
      nullable: true,
      description:
        "What was asked for, where something else was committed: a merge left out what lost, or rewrote it, or turned all of it into nothing. Null where it was committed as asked.",
      resolve: requestedOf,
    }),
    undoes: t.exposeID("undoes", {
      nullable: true,
      description: "The `batchId` of what it undid; null where it is no undo.",
    }),
    redoes: t.exposeID("redoes", {
      nullable: true,
      description: "The `batchId` of what it did again after an undo; null where it is no redo.",
    }),
  }),
});

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
