/** Gives properties the values that the batches in effect leave of them. */
import type { Document } from "../document/document.js";
import { findClip, findElement, findLayer, findPage, holds } from "../operations/find.js";
import type { Json, JsonObject } from "../json.js";
import { isParent, typeSetting } from "../operations/nodeOperations.js";
import type { OperationContent, OperationTarget } from "../operations/operation.js";
import { forEachInSteps, type Steps } from "../steps.js";
import { sameJson } from "../text/richText.js";
import { pathOfTarget, targetOfPath } from "../operations/paths.js";
import { setsProperties } from "../operations/traits.js";
import type { EffectLedger } from "./effectLedger.js";
import type { NodePath } from "../operations/footprint.js";
import type { StepRows } from "./stepRows.js";

/** Adds a row for each node whose properties differ; what the person may not change, or the design locks, stays. */
export function* settleValues(rows: StepRows, ledger: EffectLedger): Steps<undefined> {
  const contents: OperationContent[] = [];
  yield* forEachInSteps(ledger.nodes, (path) => {
    const values = ledger.values(path);
    if (values.size > 0) contents.push(...settingsOf(rows.document, path, values));
  });
  for (const content of contents) yield* rows.addPermitted(content);
  return undefined;
}

/**
 * What changes properties of a node, with the values that the batches in effect leave of these; undefined where these are
 * others and the node has them already. Anything else is as it is.
 */
export function withEffectiveValues(
  document: Document,
  content: OperationContent,
  ledger: EffectLedger,
): OperationContent | undefined {
  const { target, payload } = content;
  if (payload === null || !setsProperties(content)) return content;
  const values = ledger.values(pathOfTarget(target));
  const others = Object.keys(payload).filter(
    (name) => values.has(name) && !sameJson(payload[name], values.get(name)),
  );
  if (others.length === 0 || !holds(document, target)) return content;
  const effective = others.map((name) => [name, values.get(name)!] as const);
  const settled = { ...payload, ...Object.fromEntries(effective) };
  const now = propertiesOf(document, target);
  const isSame = Object.entries(settled).every(([name, value]) =>
    sameJson(now[name] ?? null, value),
  );
  return isSame ? undefined : { ...content, payload: settled };
}

/** What sets those of the values that the node does not have; nothing where there is no such node. */
function settingsOf(
  document: Document,
  path: NodePath,
  values: ReadonlyMap<string, Json>,
): OperationContent[] {
  const target = targetOfPath(path);
  if (!holds(document, target)) return [];
  const now = propertiesOf(document, target);
  const others = [...values].filter(([name, value]) => !sameJson(now[name] ?? null, value));
  const isGroup = ([name]: readonly [string, Json]) => isParent(target, name);
  return [others.filter((each) => !isGroup(each)), others.filter(isGroup)].flatMap((entries) => {
    const [first] = entries;
    if (first === undefined) return [];
    return { type: typeSetting(target, first[0]), target, payload: Object.fromEntries(entries) };
  });
}

function propertiesOf(document: Document, target: OperationTarget): JsonObject {
  const { pageId, elementId, audioLayerId, clipId } = target;
  if (elementId !== undefined) {
    const found = findElement(document, pageId ?? "", elementId);
    return found.ok ? (found.value.element as unknown as JsonObject) : {};
  }
  if (pageId !== undefined) {
    const found = findPage(document, pageId);
    return found.ok ? found.value.properties : {};
  }
  if (clipId !== undefined) {
    const found = findClip(document, audioLayerId ?? "", clipId);
    return found.ok ? (found.value.clip as unknown as JsonObject) : {};
  }
  if (audioLayerId === undefined) return document.canvas;
  const found = findLayer(document, audioLayerId);
  return found.ok ? found.value.properties : {};
}
