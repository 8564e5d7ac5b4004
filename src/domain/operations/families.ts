/** The traits that operation types have in common which do the same to different nodes. */
import type { JsonObject } from "../json.js";
import type { Addition, ListChange, ListKind, OperationTraits } from "./hooks.js";
import { NO_OP } from "./noOp.js";
import type { OperationContent, OperationTarget, OperationType } from "./operation.js";

type Traits<P extends JsonObject | null = JsonObject> = OperationTraits<OperationTarget, P>;

/** Of what does none of the things that traits tell of. */
export const noTraits = {
  adds: null,
  deletes: null,
  setsProperties: false,
  incremental: null,
  regroups: null,
  restructures: false,
  placesIn: null,
} as const satisfies Partial<Traits>;

/** Of what is done as a whole or not at all. */
export const indivisible = {
  parts: () => [],
  without: () => undefined,
} as const satisfies Partial<Traits>;

/** Adds the node of its target to a list, above `afterId`. */
export function adding(list: ListKind, contents: Addition["contents"]): Traits {
  const restructures = list === "pages" || list === "elements";
  return {
    ...noTraits,
    ...indivisible,
    adds: { contents },
    restructures,
    placesIn: { list, placing: (target, { afterId }) => placingAbove(list, target, afterId) },
  };
}

/** Deletes the node of its target from a list, with all that is in it. */
export function deleting(list: ListKind): Traits<null> {
  const restructures = list === "pages" || list === "elements";
  return {
    ...noTraits,
    ...indivisible,
    deletes: { of: list === "elements" ? "elementTree" : "node" },
    restructures,
    placesIn: { list, placing: () => undefined },
  };
}

/** Sets properties of the node of its target. */
export function updating(type: OperationType): Traits {
  return {
    ...noTraits,
    setsProperties: true,
    parts: Object.keys,
    without: (target, payload, lost) => withoutEntries(type, target, payload, lost),
  };
}

/** Moves the node of its target in a list, above `afterId`. */
export function placing(type: OperationType, list: ListKind): Traits {
  return {
    ...noTraits,
    placesIn: placingWhereNamed(list),
    parts: Object.keys,
    without: (target, payload, lost) => withoutEntries(type, target, payload, lost),
  };
}

/** Of what moves something in a list where its payload names `afterId`. */
function placingWhereNamed(list: ListKind): ListChange<OperationTarget, JsonObject> {
  return {
    list,
    placing: (target, { afterId }) =>
      afterId === undefined ? undefined : placingAbove(list, target, afterId),
  };
}

/** An operation of the type without the entries of its payload that it lost; nothing where none is left. */
export function withoutEntries(
  type: OperationType,
  target: OperationTarget,
  payload: JsonObject,
  lost: ReadonlySet<string>,
): OperationContent {
  const left = Object.entries(payload).filter(([name]) => !lost.has(name));
  return left.length === 0 ? NO_OP : { type, target, payload: Object.fromEntries(left) };
}

function placingAbove(list: ListKind, target: OperationTarget, afterId: unknown) {
  return { id: target[idIn[list]] ?? "", afterId: afterId as string | null | undefined };
}

/** Which part of a target names a thing of the list. */
const idIn = {
  pages: "pageId",
  elements: "elementId",
  audioLayers: "audioLayerId",
  clips: "clipId",
} as const satisfies Record<ListKind, keyof OperationTarget>;
