/**
 * Which operations of two sides that started from one state cannot both be meant. Told from footprints alone, so it
 * needs neither the state nor the payloads, and knows no operation type.
 *
 * - Two writes of one property collide, and a write with a blend or a needing read of it; two blends do not.
 * - A delete collides with any change or read at or under the node; not with another delete.
 * - Creating one path twice collides. A create collides with nothing else: what it needs, its footprint reads.
 *
 * Swapping the sides gives the same collisions with the sides swapped.
 */
import { finished, type Steps } from "../steps.js";
import { ancestorsOf, PLACE, registersOf, toldName } from "../operations/footprint.js";
import type { Footprint, NodePath } from "../operations/footprint.js";

export type CollisionKind = "CONCURRENT_EDIT" | "DELETED_TARGET" | "DUPLICATE_ID";

export interface Collision {
  readonly kind: CollisionKind;
  /** Ids of the two operations. */
  readonly clientOperation: string;
  readonly serverOperation: string;
  /** The node both touch; with DELETED_TARGET the one that a side still needed, at or under the deleted one. */
  readonly path: NodePath;
  /** The properties both touch, sorted; with DELETED_TARGET those that were changed, empty where it was only needed. */
  readonly properties: readonly string[];
}

/** An operation as far as collisions are concerned. */
export interface Footprinted {
  readonly id: string;
  readonly footprint: Footprint;
}

/** All that one operation does to one node. */
export interface NodeTouch {
  readonly operationId: string;
  readonly path: NodePath;
  creates: boolean;
  deletes: boolean;
  /** It changes the node or needs it to be there. */
  needs: boolean;
  writes: readonly string[];
  blends: readonly string[];
  reads: readonly string[];
  /** The group that it takes the node out of, null for none; undefined where it takes it out of nothing. */
  leaves: string | null | undefined;
}

/** The touches of one side at, or below, a node. */
export interface TouchesByNode {
  get(path: NodePath): readonly NodeTouch[] | undefined;
}

/** What collisions are looked up in. */
export interface Lookup {
  readonly at: TouchesByNode;
  readonly under: TouchesByNode;
}

/** The touches of one side by node, so that each operation of the other side finds its collisions at once. */
export interface CollisionIndex {
  readonly at: ReadonlyMap<NodePath, readonly NodeTouch[]>;
  /** What is touched below a node, at any depth. */
  readonly under: ReadonlyMap<NodePath, readonly NodeTouch[]>;
}

/** Every collision of a client's operation with a committed one, in the order of the client's operations. */
export function collisions(
  client: readonly Footprinted[],
  server: readonly Footprinted[],
): Collision[] {
  const index = collisionIndex(server);
  return client.flatMap((operation) => collisionsWith(index, operation));
}

/** Every collision of one operation with those of the index. */
export function collisionsWith(index: Lookup, operation: Footprinted): Collision[] {
  const found: Collision[] = [];
  for (const mine of nodeTouches(operation)) {
    for (const theirs of index.at.get(mine.path) ?? []) collideAtNode(mine, theirs, found);
    if (mine.deletes) {
      for (const theirs of index.under.get(mine.path) ?? []) {
        if (theirs.needs) found.push(deleted(mine, theirs, theirs));
      }
    }
    if (!mine.needs) continue;
    for (const ancestor of ancestorsOf(mine.path)) {
      for (const theirs of index.at.get(ancestor) ?? []) {
        if (theirs.deletes) found.push(deleted(mine, theirs, mine));
      }
    }
  }
  return found;
}

/** What a later operation sets anew, however it blends: who orders writes by clocks orders these, too. */
const replaced: ReadonlySet<string> = new Set(["x", "y", "width", "height", "rotation"]);

/** Where the operation and one of the index blend the same position, size or rotation: no collision, but one outlasts. */
export function replacements(index: Lookup, operation: Footprinted): Collision[] {
  const found: Collision[] = [];
  for (const mine of nodeTouches(operation)) {
    for (const theirs of index.at.get(mine.path) ?? []) {
      const names = mine.blends.filter(
        (name) => replaced.has(name) && theirs.blends.includes(name),
      );
      if (names.length > 0) {
        found.push(collision("CONCURRENT_EDIT", mine, theirs, mine.path, names.toSorted()));
      }
    }
  }
  return found;
}

/** What of two sides the one committed later sets anew: the above, and the place in an order. */
const placed: ReadonlySet<string> = new Set([...replaced, PLACE]);

/** Ids of the newest operations of the index whose position, size, rotation or place the operation replaces. */
export function replacedBy(
  index: Lookup,
  operation: Footprinted,
  concerns: (path: NodePath) => boolean,
): string[] {
  const ids: string[] = [];
  for (const { path, blends } of nodeTouches(operation)) {
    const open = new Set(blends.filter((name) => placed.has(name)));
    const touches = open.size > 0 && concerns(path) ? (index.at.get(path) ?? []) : [];
    for (let at = touches.length - 1; at >= 0 && open.size > 0; at -= 1) {
      const theirs = touches[at]!;
      const shared = theirs.blends.filter((name) => open.delete(name));
      if (shared.length > 0) ids.push(theirs.operationId);
    }
  }
  return ids;
}

/** The groups that the operations of the index took the node out of, the newest first; null for none. */
export function formerParents(index: CollisionIndex, path: NodePath): readonly (string | null)[] {
  return (index.at.get(path) ?? [])
    .flatMap(({ leaves }) => (leaves === undefined ? [] : [leaves]))
    .toReversed();
}

/** Ids of the operations that deleted the node, or one it was in. */
export function deletersOf(index: CollisionIndex, path: NodePath): string[] {
  return [path, ...ancestorsOf(path)].flatMap((node) =>
    (index.at.get(node) ?? []).flatMap(({ deletes, operationId }) => (deletes ? operationId : [])),
  );
}

/** Ids of the operations that created the node, or one it is in. */
export function creatorsOf(index: CollisionIndex, path: NodePath): string[] {
  return [path, ...ancestorsOf(path)].flatMap((node) => createdBy(index.at.get(node)));
}

/** Ids of the operations that created something under the node. */
export function creatorsUnder(index: CollisionIndex, path: NodePath): string[] {
  return createdBy(index.under.get(path));
}

function createdBy(touches: readonly NodeTouch[] = []): string[] {
  return touches.flatMap(({ creates, operationId }) => (creates ? operationId : []));
}

function collideAtNode(mine: NodeTouch, theirs: NodeTouch, found: Collision[]): void {
  if (mine.creates && theirs.creates) {
    found.push(collision("DUPLICATE_ID", mine, theirs, mine.path, []));
  } else if (mine.deletes || theirs.deletes) {
    if (mine.deletes && theirs.needs) found.push(deleted(mine, theirs, theirs));
    if (theirs.deletes && mine.needs) found.push(deleted(mine, theirs, mine));
  } else {
    const properties = sharedProperties(mine, theirs);
    if (properties.length > 0) {
      found.push(collision("CONCURRENT_EDIT", mine, theirs, mine.path, properties));
    }
  }
}

/** Runs for every pair that meets on a node, so it makes nothing until something is shared. */
function sharedProperties(mine: NodeTouch, theirs: NodeTouch): readonly string[] {
  let shared: string[] | undefined;
  for (const name of mine.writes) {
    if (touches(theirs, name)) shared = pushed(shared, name);
  }
  for (const name of theirs.writes) {
    if (mine.blends.includes(name) || mine.reads.includes(name)) shared = pushed(shared, name);
  }
  if (shared === undefined) return none;
  return shared.length > 1 ? [...new Set(shared)].toSorted() : shared;
}

const none: readonly string[] = [];

function touches({ writes, blends, reads }: NodeTouch, name: string): boolean {
  return writes.includes(name) || blends.includes(name) || reads.includes(name);
}

function pushed(list: string[] | undefined, name: string): string[] {
  if (list === undefined) return [name];
  list.push(name);
  return list;
}

function deleted(mine: NodeTouch, theirs: NodeTouch, needed: NodeTouch): Collision {
  const { path, writes, blends } = needed;
  const properties = [...new Set([...writes, ...blends].map(toldName))].toSorted();
  return collision("DELETED_TARGET", mine, theirs, path, properties);
}

function collision(
  kind: CollisionKind,
  mine: NodeTouch,
  theirs: NodeTouch,
  path: NodePath,
  properties: readonly string[],
): Collision {
  const clientOperation = mine.operationId;
  const serverOperation = theirs.operationId;
  return { kind, clientOperation, serverOperation, path, properties };
}

/** Indexes the operations of one side. */
export function collisionIndex(operations: readonly Footprinted[]): CollisionIndex {
  return finished(collisionIndexSteps(operations));
}

/** As `collisionIndex`, a node a step. */
export function* collisionIndexSteps(operations: readonly Footprinted[]): Steps<CollisionIndex> {
  const at = new Map<NodePath, NodeTouch[]>();
  const under = new Map<NodePath, NodeTouch[]>();
  for (const operation of operations) {
    for (const touch of nodeTouches(operation)) {
      add(at, touch.path, touch);
      for (const ancestor of ancestorsOf(touch.path)) add(under, ancestor, touch);
      yield;
    }
  }
  return { at, under };
}

function add(index: Map<NodePath, NodeTouch[]>, path: NodePath, touch: NodeTouch): void {
  const list = index.get(path);
  if (list === undefined) index.set(path, [touch]);
  else list.push(touch);
}

/** The operation's touches, one per node. */
function nodeTouches({ id, footprint }: Footprinted): Iterable<NodeTouch> {
  const nodes = new Map<NodePath, NodeTouch>();
  for (const touch of footprint) {
    let node = nodes.get(touch.path);
    if (node === undefined) nodes.set(touch.path, (node = untouched(id, touch.path)));
    if (touch.kind === "create") node.creates = true;
    else if (touch.kind === "delete") node.deletes = true;
    else node.needs = true;
    if (touch.kind === "write") {
      node.writes = joined(node.writes, registersOf(touch));
      node.leaves = touch.formerParentId;
    }
    if (touch.kind === "blend") node.blends = joined(node.blends, registersOf(touch));
    if (touch.kind === "read") node.reads = touch.properties ?? [];
  }
  return nodes.values();
}

function joined(names: readonly string[], more: readonly string[]): readonly string[] {
  return names.length === 0 ? more : [...names, ...more];
}

function untouched(operationId: string, path: NodePath): NodeTouch {
  return {
    operationId,
    path,
    creates: false,
    deletes: false,
    needs: false,
    writes: none,
    blends: none,
    reads: none,
    leaves: undefined,
  };
}
