/** Keeping the payloads of operations that the engine itself writes within the limits that clients' have to keep. */
import { jsonBytes } from "../document/bytes.js";
import { checkJson } from "../document/validation.js";
import type { JsonObject, Json } from "../json.js";
import type { DomainLimits } from "../limits.js";

/** Room for the target and a neighbour's id, which stand beside the properties. */
function roomBytes(limits: DomainLimits): number {
  // Three ids, six bytes a unit at worst, and the keys and braces around them.
  return 18 * limits.idUnitsMax + 200;
}

/** Whether the payload can be sent as one operation, with a neighbour's id in it. */
export function fitsOneOperation(payload: JsonObject, limits: DomainLimits): boolean {
  return (
    Object.keys(payload).length < limits.propertiesPerObjectMax &&
    jsonBytes(payload) + roomBytes(limits) <= limits.operationBytesMax &&
    checkJson(payload, limits, []) === undefined
  );
}

/**
 * The properties in as few parts as fit one operation each, in order; none where there are no properties. A single
 * property that exceeds the limit by itself stays whole: it was accepted once, in pieces.
 */
export function chunked(properties: JsonObject, limits: DomainLimits): JsonObject[] {
  const chunks: Record<string, Json>[] = [];
  let bytesLeft = 0;
  let countLeft = 0;
  for (const [key, value] of Object.entries(properties)) {
    const bytes = jsonBytes(key) + jsonBytes(value) + 2;
    if (chunks.length === 0 || bytes > bytesLeft || countLeft === 0) {
      chunks.push({});
      bytesLeft = limits.operationBytesMax - roomBytes(limits);
      countLeft = limits.propertiesPerObjectMax - 1;
    }
    chunks.at(-1)![key] = value;
    bytesLeft -= bytes;
    countLeft -= 1;
  }
  return chunks;
}

/** The items in as few lists as fit one operation each, in order; none where there are no items. */
export function chunkedList<T extends Json>(items: readonly T[], limits: DomainLimits): T[][] {
  const lists: T[][] = [];
  let bytesLeft = 0;
  for (const item of items) {
    const bytes = jsonBytes(item) + 1;
    if (lists.length === 0 || bytes > bytesLeft) {
      lists.push([]);
      bytesLeft = limits.operationBytesMax - roomBytes(limits);
    }
    lists.at(-1)!.push(item);
    bytesLeft -= bytes;
  }
  return lists;
}
