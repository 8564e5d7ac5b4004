/**
 * What of others' work the rows of a merged batch undo, told from what the rows touch and what others touched since the
 * batch's base. What both sides only blend, a position or an edited text, is merged and not undone.
 */
import { holds } from "../operations/find.js";
import type { Document } from "../document/document.js";
import {
  collisionIndexSteps,
  deletersOf,
  type CollisionIndex,
  type Footprinted,
} from "./collide.js";
import { targetOfPath } from "../operations/paths.js";
import { registersOf, toldName, type NodePath, type Touch } from "../operations/footprint.js";
import type { Steps } from "../steps.js";

export interface Overridden {
  /**
   * - `removes`: a row deletes what others added
   * - `deletes`: a row deletes what others changed
   * - `restores`: a row brings back what others deleted
   * - `overwrites`: a row sets what others set
   */
  readonly kind: "removes" | "deletes" | "restores" | "overwrites";
  readonly path: NodePath;
  /** The properties that others set there; empty where it is about the node as a whole. */
  readonly properties: readonly string[];
  readonly serverOperation: string;
}

/**
 * `head` is the document before the rows, `end` the one after them. Each override is told once, in the order of the rows;
 * what the rows bring back
 * or set and delete again is none. A touched node a step.
 */
export function* overriddenSteps(
  rows: readonly Footprinted[],
  history: readonly Footprinted[],
  head: Document,
  end: Document,
): Steps<readonly Overridden[]> {
  const index = yield* collisionIndexSteps(history.map(withoutVainDeletions));
  const byKey = new Map<string, Overridden>();
  for (const { footprint } of rows) {
    for (const touch of footprint) {
      yield;
      for (const overridden of overriddenAt(touch, index)) {
        if (isOverridden(overridden, head, end)) byKey.set(JSON.stringify(overridden), overridden);
      }
    }
  }
  return [...byKey.values()];
}

function isOverridden({ kind, path }: Overridden, head: Document, end: Document): boolean {
  if (kind === "overwrites") return holds(end, targetOfPath(path));
  if (kind === "restores")
    return !holds(head, targetOfPath(path)) && holds(end, targetOfPath(path));
  // What is added again under the id of something that was deleted is another thing.
  return holds(head, targetOfPath(path));
}

/** CLEAR_PAGE may name what was not there: it tells no group that it took it out of. */
function withoutVainDeletions({ id, footprint }: Footprinted): Footprinted {
  const isVain = (touch: Touch) =>
    touch.kind === "delete" &&
    touch.formerParentId === undefined &&
    targetOfPath(touch.path).elementId !== undefined;
  return footprint.some(isVain)
    ? { id, footprint: footprint.filter((touch) => !isVain(touch)) }
    : { id, footprint };
}

function overriddenAt(touch: Touch, index: CollisionIndex): Overridden[] {
  switch (touch.kind) {
    case "create":
      return deletersOf(index, touch.path).map((serverOperation) => {
        return { kind: "restores", path: touch.path, properties: [], serverOperation };
      });
    case "delete":
      return deletedWith(touch.path, index);
    case "write":
    case "blend":
      return overwrittenBy(touch, index);
    case "read":
      return [];
  }
}

function deletedWith(path: NodePath, index: CollisionIndex): Overridden[] {
  const touches = [...(index.at.get(path) ?? []), ...(index.under.get(path) ?? [])];
  return touches.flatMap((theirs): Overridden[] => {
    const { operationId: serverOperation, creates, writes, blends } = theirs;
    const properties = [...new Set([...writes, ...blends].map(toldName))].toSorted();
    if (!creates && properties.length === 0) return [];
    const kind = creates ? "removes" : "deletes";
    return [{ kind, path: theirs.path, properties: creates ? [] : properties, serverOperation }];
  });
}

function overwrittenBy(
  touch: Touch & { readonly kind: "write" | "blend" },
  index: CollisionIndex,
): Overridden[] {
  const { kind, path } = touch;
  const properties = registersOf(touch);
  return (index.at.get(path) ?? []).flatMap((theirs): Overridden[] => {
    const set = kind === "write" ? [...theirs.writes, ...theirs.blends] : theirs.writes;
    // What others created under an id that was deleted came with all its properties.
    const lost = theirs.creates ? properties : properties.filter((name) => set.includes(name));
    if (lost.length === 0) return [];
    return [
      {
        kind: "overwrites",
        path,
        properties: lost.map(toldName).toSorted(),
        serverOperation: theirs.operationId,
      },
    ];
  });
}
