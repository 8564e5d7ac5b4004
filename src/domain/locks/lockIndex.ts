/**
 * The locks of a template by node, so that a change finds those it touches at once. Locks are hierarchical as
 * footprints are: one on a page covers its elements, one on a group what is in it, and deleting a page touches the locks
 * of its elements. What is only needed to be there is not touched, but for a group that something is put into.
 */
import type { DesignElement } from "../document/design.js";
import type { Document } from "../document/document.js";
import { isNoOp } from "../operations/noOp.js";
import { targetOfPath } from "../operations/paths.js";
import { ancestorsOf, nodePath, type NodePath, type Touch } from "../operations/footprint.js";
import type { LoggedOperation } from "../operations/operation.js";
import { elementAndGroups } from "./groupsAround.js";
import { isHeldBy, type Editor, type Lock, type LockSet } from "./lock.js";

/** The first operation that touches what somebody else holds. */
export interface LockedOperation {
  /** Its place among the operations. */
  readonly index: number;
  readonly lock: Lock;
}

export class LockIndex {
  private readonly at = new Map<NodePath, Lock>();
  /** The locks below a node, at any depth. */
  private readonly under = new Map<NodePath, Lock[]>();

  constructor(readonly set: LockSet) {
    for (const lock of set.locks) {
      this.at.set(lock.path, lock);
      for (const node of nodesAbove(lock.path)) {
        const locks = this.under.get(node);
        if (locks === undefined) this.under.set(node, [lock]);
        else locks.push(lock);
      }
    }
  }

  /**
   * The first of the operations that touches a lock of another editor's; undefined where none does. What is in a group
   * is what was in it on the document, which is the one before the operations.
   */
  firstTouched(
    document: Document,
    operations: readonly LoggedOperation[],
    editor: Editor,
  ): LockedOperation | undefined {
    if (this.set.locks.every((lock) => isHeldBy(lock, editor))) return undefined;
    for (const [index, operation] of operations.entries()) {
      if (isNoOp(operation)) continue;
      const visited = new Set<DesignElement>();
      for (const touch of operation.footprint) {
        const lock = this.touched(document, touch, editor, visited);
        if (lock !== undefined) return { index, lock };
      }
    }
    return undefined;
  }

  /** The editor's own lock with this fence. */
  ownFence(fence: number, editor: Editor): Lock | undefined {
    return this.set.locks.find((lock) => lock.fence === fence && isHeldBy(lock, editor));
  }

  /** A lock of another editor's on the node, on something around it or on something in it. */
  overlapping(document: Document, path: NodePath, editor: Editor): Lock | undefined {
    const around = this.covering(document, path, editor, new Set());
    if (around !== undefined) return around;
    const below = this.under.get(path)?.find((lock) => !isHeldBy(lock, editor));
    return below ?? this.set.locks.find((lock) => isInGroup(document, lock, path, editor));
  }

  private touched(
    document: Document,
    { kind, path }: Touch,
    editor: Editor,
    visited: Set<DesignElement>,
  ): Lock | undefined {
    // Of what is only needed, a group is filled: an element that is read is the new parent of another, or around that.
    if (kind === "read" && targetOfPath(path).elementId === undefined) return undefined;
    const covering = this.covering(document, path, editor, visited);
    if (covering !== undefined || kind !== "delete") return covering;
    return this.under.get(path)?.find((lock) => !isHeldBy(lock, editor));
  }

  private covering(
    document: Document,
    path: NodePath,
    editor: Editor,
    visited: Set<DesignElement>,
  ): Lock | undefined {
    for (const node of [path, ...nodesAbove(path)]) {
      const lock = this.at.get(node);
      if (lock !== undefined && !isHeldBy(lock, editor)) return lock;
    }
    for (const { pageId, element } of elementAndGroups(document, path, visited)) {
      const lock = this.at.get(nodePath("pages", pageId, "elements", element.id));
      if (lock !== undefined && !isHeldBy(lock, editor)) return lock;
    }
    return undefined;
  }
}

/** Whether another editor's lock is on an element that the group at the path holds. */
function isInGroup(document: Document, lock: Lock, group: NodePath, editor: Editor): boolean {
  if (isHeldBy(lock, editor)) return false;
  for (const { pageId, element } of elementAndGroups(document, lock.path, new Set())) {
    if (nodePath("pages", pageId, "elements", element.id) === group) return true;
  }
  return false;
}

/** The nodes above a path, nearest first; the last is the template, whose path is empty. */
function* nodesAbove(path: NodePath): Generator<NodePath> {
  if (path === "") return;
  yield* ancestorsOf(path);
  yield "";
}
