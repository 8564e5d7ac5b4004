/** The ways out of a conflict, each with exactly what it would lose. */
import type { Document } from "../domain/document/document.js";
import type { IncomingOperation } from "../domain/history/append.js";
import type { LogEntry } from "../domain/history/logEntry.js";
import { targetOfPath, type Collision } from "../domain/merge/collide.js";
import type { Footprint, NodePath, Touch } from "../domain/merge/footprint.js";
import { footprintOf } from "../domain/operations/registry.js";
import type { VersionConflict } from "./outcomes.js";

/** Losses named in one warning, and things named in one loss, at most; the conflict itself lists all. */
const LOSSES_NAMED_MAX = 10;
const THINGS_NAMED_MAX = 5;

/** Both sides of a conflict, and the document at the head. */
export interface ConflictSides {
  readonly collisions: readonly Collision[];
  readonly operations: readonly IncomingOperation[];
  readonly history: readonly LogEntry[];
  readonly document: Document;
}

/** CLIENT_WINS, SERVER_WINS and MANUAL, in this order. */
export function strategiesOf(sides: ConflictSides): VersionConflict["strategies"] {
  return [
    {
      strategy: "CLIENT_WINS",
      description: "Keep your operations, whatever they collide with.",
      warning: warningOf(lossesOfServer(sides)),
    },
    {
      strategy: "SERVER_WINS",
      description: "Keep what others did and those of your operations that do not collide.",
      warning: warningOf(lossesOfClient(sides)),
    },
    manual,
  ];
}

/** The ways out where an undo or redo would undo what others did: nothing is at stake unless somebody settles anew. */
export const undoStrategies: VersionConflict["strategies"] = [
  { strategy: "SERVER_WINS", description: "Leave everything as it is.", warning: null },
  { strategy: "MANUAL", description: "Settle on a whole state yourself.", warning: null },
];

const manual = undoStrategies[1]!;

function warningOf(losses: readonly string[]): string | null {
  const different = [...new Set(losses)];
  if (different.length === 0) return null;
  return listed(different, LOSSES_NAMED_MAX, "; ");
}

function listed(items: readonly string[], max: number, separator = ", "): string {
  const more = items.length - max;
  const named = items.slice(0, max).join(separator);
  return more > 0 ? `${named}${separator}and ${more} more` : named;
}

function lossesOfServer({ collisions, history }: ConflictSides): string[] {
  const committed = new Map(history.map((operation) => [operation.id, operation.footprint]));
  return collisions.map((collision) => {
    const { kind, path, properties, serverOperation } = collision;
    const by = `(operation ${serverOperation})`;
    if (kind === "DUPLICATE_ID") return `deletes ${nameOf(path)}, which others added ${by}`;
    if (kind === "CONCURRENT_EDIT") {
      return `overwrites what others set: ${partsOf(path, properties)} ${by}`;
    }
    const footprint = committed.get(serverOperation) ?? [];
    // Bringing back one thing takes the inverse of the whole operation that deleted it.
    return deletedRoots(footprint).some((root) => isWithin(path, root))
      ? `brings back ${thingsOf(deletedRoots(footprint))}, which others deleted ${by}`
      : `deletes what others changed: ${partsOf(path, properties)} ${by}`;
  });
}

function lossesOfClient(sides: ConflictSides): string[] {
  const dropped = droppedOperations(sides);
  return [...dropped].map(
    ([{ id }, footprint]) => `drops your operation ${id}: ${effectOf(footprint)}`,
  );
}

/**
 * The operations that SERVER_WINS drops: those that collide, as a whole, and those that are about something which only
 * a dropped one would have made.
 */
function droppedOperations({
  collisions,
  operations,
  document,
}: ConflictSides): Map<IncomingOperation, Footprint> {
  const colliding = new Set(collisions.map(({ clientOperation }) => clientOperation));
  const taken = new Set(
    collisions.filter(({ kind }) => kind === "DUPLICATE_ID").map(({ path }) => path),
  );
  const missing = new Set<NodePath>();
  const dropped = new Map<IncomingOperation, Footprint>();
  for (const operation of operations) {
    const footprint = footprintOf(document, operation);
    const lacks = footprint.some(
      ({ kind, path }) => kind !== "create" && isWithinAny(path, missing),
    );
    if (!lacks && !colliding.has(operation.id)) continue;
    dropped.set(operation, footprint);
    for (const { kind, path } of footprint) {
      // Under an id that others took, too, there is something for later operations to find.
      if (kind === "create" && !taken.has(path)) missing.add(path);
    }
  }
  return dropped;
}

/** What an operation does, in words. */
function effectOf(footprint: Footprint): string {
  const made = rootsOf(footprint, "create");
  if (made.length > 0) return `adds ${thingsOf(made)}`;
  const gone = deletedRoots(footprint);
  if (gone.length > 0) return `deletes ${thingsOf(gone)}`;
  const sets = footprint.flatMap((touch) =>
    touch.kind === "write" || touch.kind === "blend" ? partsOf(touch.path, touch.properties) : [],
  );
  // What both writes and goes on from a value touches it twice.
  const changes = [...new Set(sets)];
  return changes.length === 0 ? "changes nothing" : `sets ${listed(changes, THINGS_NAMED_MAX)}`;
}

function deletedRoots(footprint: Footprint): NodePath[] {
  return rootsOf(footprint, "delete");
}

/** The nodes that are made or deleted, without those that are part of another one of them. */
function rootsOf(footprint: Footprint, kind: Touch["kind"]): NodePath[] {
  const paths = new Set(footprint.filter((touch) => touch.kind === kind).map(({ path }) => path));
  return [...paths].filter((path) => {
    const parent = path.slice(0, path.lastIndexOf("/"));
    return !isWithinAny(parent, paths);
  });
}

function isWithinAny(path: NodePath, nodes: ReadonlySet<NodePath>): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    if (nodes.has(path.slice(0, end))) return true;
  }
  return false;
}

function isWithin(path: NodePath, node: NodePath): boolean {
  return path === node || path.startsWith(`${node}/`);
}

function thingsOf(paths: readonly NodePath[]): string {
  return listed(paths.map(nameOf), THINGS_NAMED_MAX);
}

/** `fill, stroke of element "e1"`, or the thing alone where it is about it as a whole. */
function partsOf(path: NodePath, properties: readonly string[]): string {
  return properties.length === 0
    ? nameOf(path)
    : `${listed(properties, THINGS_NAMED_MAX)} of ${nameOf(path)}`;
}

/** The thing in words: `element "e1"`. */
function nameOf(path: NodePath): string {
  const { pageId, elementId, audioLayerId, clipId } = targetOfPath(path);
  if (elementId !== undefined) return `element "${elementId}"`;
  if (pageId !== undefined) return `page "${pageId}"`;
  if (clipId !== undefined) return `clip "${clipId}"`;
  if (audioLayerId !== undefined) return `audio layer "${audioLayerId}"`;
  return path === "/canvas" ? "the canvas" : "the order of pages";
}
