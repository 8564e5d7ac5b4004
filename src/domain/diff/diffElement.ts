/** The way from one state of an element to another, but for its type, its group and its place. */
import type { DesignElement } from "../document/design.js";
import type { Json, JsonObject } from "../json.js";
import type { DomainLimits } from "../limits.js";
import type { OperationContent, OperationType } from "../operations/operation.js";
import type { DeltaStep } from "../text/delta.js";
import { sameJson, textUnits } from "../text/richText.js";
import type { RichText } from "../text/richText.js";
import { textDelta } from "./diffText.js";
import { chunked, chunkedList } from "./payloadChunks.js";
import { propertyChanges } from "./propertyChanges.js";

/**
 * Texts change by deltas, and strokes from where they differ on. Where nothing but position, size and rotation is
 * left they get their own operations, which merge with others; otherwise one update names what changed.
 */
export function elementChanges(
  pageId: string,
  from: DesignElement,
  to: DesignElement,
  limits: DomainLimits,
): OperationContent[] {
  const changes = propertyChanges(from, to, ["id", "type", "parentId"]);
  const target = { pageId, elementId: to.id };
  const operation = (type: OperationType, payload: JsonObject): OperationContent => ({
    type,
    target,
    payload,
  });
  const operations: OperationContent[] = [];
  if (Object.hasOwn(changes, "text") && bothTexts(from["text"], to["text"], limits)) {
    const delta = textDelta(from["text"] as unknown as RichText, to["text"] as unknown as RichText);
    for (const part of deltaParts(delta, limits)) {
      operations.push(operation("EDIT_TEXT", { delta: part }));
    }
    delete changes["text"];
  }
  const ending = strokeEnding(from["points"], to["points"]);
  if (ending !== undefined) {
    const [first = [], ...more] = chunkedList(ending.points, limits);
    const { kept, isCut } = ending;
    const payload = isCut ? { points: first, from: kept } : { points: first };
    operations.push(operation("EXTEND_STROKE", payload));
    for (const part of more) operations.push(operation("EXTEND_STROKE", { points: part }));
    delete changes["points"];
  }
  const geometry = geometryOperations(to, changes);
  for (const [type, payload] of geometry ?? []) operations.push(operation(type, payload));
  if (geometry !== undefined) return operations;
  for (const payload of chunked(changes, limits)) {
    operations.push(operation("UPDATE_ELEMENT_PROPS", payload));
  }
  return operations;
}

/** The operations for changes of position, size and rotation alone; undefined where other things changed too. */
function geometryOperations(
  to: DesignElement,
  changes: JsonObject,
): [OperationType, JsonObject][] | undefined {
  const { x, y, width, height } = to;
  for (const [key, value] of Object.entries(changes)) {
    if (!geometry.has(key) || value === null) return undefined;
  }
  const operations: [OperationType, JsonObject][] = [];
  const moves = Object.hasOwn(changes, "x") || Object.hasOwn(changes, "y");
  if (Object.hasOwn(changes, "width") || Object.hasOwn(changes, "height")) {
    if (width === undefined || height === undefined) return undefined;
    operations.push(["RESIZE_ELEMENT", moves ? { width, height, x, y } : { width, height }]);
  } else if (moves) {
    operations.push(["MOVE_ELEMENT", { x, y }]);
  }
  if (changes["rotation"] !== undefined) {
    operations.push(["ROTATE_ELEMENT", { rotation: changes["rotation"] }]);
  }
  return operations;
}

const geometry: ReadonlySet<string> = new Set(["x", "y", "width", "height", "rotation"]);

/** What follows the points that both begin with; undefined where they begin with none, or do not differ. */
function strokeEnding(from: Json | undefined, to: Json | undefined) {
  if (!Array.isArray(from) || !Array.isArray(to)) return undefined;
  const differing = from.findIndex((point, index) => !sameJson(point, to[index]));
  const kept = differing < 0 ? from.length : differing;
  const isCut = kept < from.length;
  if ((isCut && kept === 0) || (!isCut && to.length === kept)) return undefined;
  return { kept, isCut, points: to.slice(kept) as readonly Json[] };
}

/** The delta in parts to apply one after the other, each of which fits one operation. */
function deltaParts(delta: readonly DeltaStep[], limits: DomainLimits): JsonObject[][] {
  let doneUnits = 0;
  return chunkedList(delta as readonly JsonObject[], limits).map((steps) => {
    const part = doneUnits === 0 ? steps : [{ retain: doneUnits }, ...steps];
    for (const step of steps as unknown as readonly DeltaStep[]) {
      if ("insert" in step) doneUnits += step.insert.length;
      else if ("retain" in step) doneUnits += step.retain;
    }
    return part;
  });
}

/** Whether a delta can lead from one to the other: it cannot make a text appear, go, or be longer than may be. */
function bothTexts(from: Json | undefined, to: Json | undefined, limits: DomainLimits): boolean {
  return (
    from !== undefined &&
    to !== undefined &&
    textUnits(to as unknown as RichText) <= limits.stringUnitsMax
  );
}
