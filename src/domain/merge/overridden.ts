/**
 * What of others' work the rows of a merged batch undo, told from what the rows touch and what others touched since the
 * batch's base. What both sides only blend, a position or an edited text, is merged and not undone.
 */
import type { Document } from "../document/document.js";
import { collisionIndex, deletersOf, type CollisionIndex, type Footprinted } from "./collide.js";
import type { NodePath, Touch } from "./footprint.js";
import { isThere } from "./isThere.js";

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

/** `head` is the document before the rows; each override is told once, in the order of the rows. */
export function overriddenBy(
  rows: readonly Footprinted[],
  history: readonly Footprinted[],
  head: Document,
): readonly Overridden[] {
  const index = collisionIndex(history);
  const found = rows.flatMap(({ footprint }) =>
    footprint.flatMap((touch) => overriddenAt(touch, index, head)),
  );
  const byKey = new Map(found.map((overridden) => [JSON.stringify(overridden), overridden]));
  return [...byKey.values()];
}

function overriddenAt(touch: Touch, index: CollisionIndex, head: Document): Overridden[] {
  switch (touch.kind) {
    case "create":
      if (isThere(head, touch.path)) return [];
      return deletersOf(index, touch.path).map((serverOperation) => {
        return { kind: "restores", path: touch.path, properties: [], serverOperation };
      });
    case "delete":
      return deletedWith(touch.path, index, head);
    case "write":
    case "blend":
      return overwrittenBy(touch, index);
    case "read":
      return [];
  }
}

function deletedWith(path: NodePath, index: CollisionIndex, head: Document): Overridden[] {
  const touches = [...(index.at.get(path) ?? []), ...(index.under.get(path) ?? [])];
  return touches.flatMap((theirs): Overridden[] => {
    const { operationId: serverOperation, creates, writes, blends } = theirs;
    const properties = [...new Set([...writes, ...blends])].toSorted();
    if ((!creates && properties.length === 0) || !isThere(head, theirs.path)) return [];
    const kind = creates ? "removes" : "deletes";
    return [{ kind, path: theirs.path, properties: creates ? [] : properties, serverOperation }];
  });
}

function overwrittenBy(
  { kind, path, properties }: Touch & { readonly kind: "write" | "blend" },
  index: CollisionIndex,
): Overridden[] {
  return (index.at.get(path) ?? []).flatMap((theirs): Overridden[] => {
    const set = kind === "write" ? [...theirs.writes, ...theirs.blends] : theirs.writes;
    // What others created under an id that was deleted came with all its properties.
    const lost = theirs.creates ? properties : properties.filter((name) => set.includes(name));
    if (lost.length === 0) return [];
    return [
      {
        kind: "overwrites",
        path,
        properties: lost.toSorted(),
        serverOperation: theirs.operationId,
      },
    ];
  });
}
