/**
 * Bus messages as text on a Redis channel: `{"v":1,"node":"…","message":{…}}`. Whoever can write to Redis can write
 * anything there, so what arrives is checked down to what the subscriptions rely on, and refused as a whole.
 */
import { operationTypes } from "../domain/operations/registry.js";
import {
  activityKinds,
  changeOperationOf,
  type BusMessage,
  type ChangeOperation,
} from "./changeBus.js";
import {
  isInstant,
  isListOf,
  isNumberOrNull,
  isRecord,
  isString,
  isStringOrNull,
  isWhole,
} from "./shape.js";
import { isPresenceEntry } from "./presenceShape.js";

export interface BusEnvelope {
  /** The node that published; a node ignores its own. */
  readonly node: string;
  readonly message: BusMessage;
}

const envelopeVersion = 1;
const knownTypes: ReadonlySet<unknown> = new Set(operationTypes);
const knownActivities: ReadonlySet<unknown> = new Set(activityKinds);

/** The text of an envelope; operations that would make it longer than so many UTF-8 bytes stay out, to be read from the log. */
export function encodeEnvelope(envelope: BusEnvelope, messageBytesMax: number): string {
  const { node, message } = envelope;
  if (message.kind !== "changed") return textOf(node, message);
  // Whoever publishes may hand over logged operations, with what only the engine needs.
  const operations = message.operations?.map(changeOperationOf) ?? null;
  const text = textOf(node, { ...message, operations });
  if (Buffer.byteLength(text) <= messageBytesMax) return text;
  return textOf(node, { ...message, operations: null });
}

function textOf(node: string, message: BusMessage): string {
  return JSON.stringify({ v: envelopeVersion, node, message });
}

/** The envelope in the text, or undefined where it is not one, or not one of this version. */
export function decodeEnvelope(text: string): BusEnvelope | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value["v"] !== envelopeVersion) return undefined;
  const { node, message } = value;
  return typeof node === "string" && isBusMessage(message) ? { node, message } : undefined;
}

function isBusMessage(value: unknown): value is BusMessage {
  if (!isRecord(value) || typeof value["templateId"] !== "string") return false;
  switch (value["kind"]) {
    case "accessChanged":
    case "locks":
      return true;
    case "changed":
      return isChange(value);
    case "presence":
      return isListOf(value["entries"], isPresenceEntry) && isListOf(value["left"], isString);
    case "activity":
      return isActivity(value["activity"]);
    case "comments":
    case "notified":
      return isWhole(value["sequence"]);
    default:
      return false;
  }
}

function isActivity(value: unknown): boolean {
  return (
    isRecord(value) &&
    knownActivities.has(value["kind"]) &&
    isStringOrNull(value["userId"]) &&
    isInstant(value["at"])
  );
}

function isChange(value: Record<string, unknown>): boolean {
  const { fromVersion, toVersion, operations, accessRevision } = value;
  if (!isWhole(fromVersion) || !isWhole(toVersion) || fromVersion >= toVersion) return false;
  if (accessRevision !== undefined && !isWhole(accessRevision)) return false;
  if (operations === null) return true;
  if (!Array.isArray(operations) || operations.length !== toVersion - fromVersion) return false;
  return operations.every(
    (operation, index) =>
      isOperation(operation) && operation.resultingVersion === fromVersion + 1 + index,
  );
}

function isOperation(value: unknown): value is ChangeOperation {
  return (
    isRecord(value) &&
    typeof value["id"] === "string" &&
    knownTypes.has(value["type"]) &&
    isRecord(value["target"]) &&
    Object.values(value["target"]).every((id) => typeof id === "string") &&
    (value["payload"] === null || isRecord(value["payload"])) &&
    isWhole(value["baseVersion"]) &&
    isWhole(value["resultingVersion"]) &&
    typeof value["batchId"] === "string" &&
    isStringOrNull(value["userId"]) &&
    isStringOrNull(value["clientId"]) &&
    isNumberOrNull(value["sessionSequence"]) &&
    isNumberOrNull(value["clientTimestamp"]) &&
    typeof value["serverTimestamp"] === "number" &&
    Array.isArray(value["transformedFrom"]) &&
    value["transformedFrom"].every((id) => typeof id === "string") &&
    isContentOrAbsent(value["requested"]) &&
    isStringOrNull(value["undoes"]) &&
    isStringOrNull(value["redoes"]) &&
    Array.isArray(value["footprint"])
  );
}

/** Nodes of a version that did not keep what was asked for leave it out. */
function isContentOrAbsent(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return (
    isRecord(value) &&
    knownTypes.has(value["type"]) &&
    isRecord(value["target"]) &&
    (value["payload"] === null || isRecord(value["payload"]))
  );
}
