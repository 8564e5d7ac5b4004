/** Locks: what one editor keeps from the changes of all others for a while. */
import { findClip, findElement, findLayer, findPage, invalid } from "../operations/find.js";
import type { Document } from "../document/document.js";
import { nodePath, type NodePath } from "../operations/footprint.js";
import type { OperationResult, OperationTarget } from "../operations/operation.js";
import { success } from "../result.js";

/** Instants are milliseconds since the epoch, by the database's clock. */
export interface Lock {
  /** The node, with everything in it; empty for the whole template. */
  readonly path: NodePath;
  readonly sessionId: string;
  readonly userId: string;
  readonly clientId: string;
  /** Of two locks of one template the later has the greater. */
  readonly fence: number;
  readonly acquiredAt: number;
  readonly expiresAt: number;
}

/** Everything that is locked on a template. The revision grows whenever a lock is acquired or released. */
export interface LockSet {
  readonly revision: number;
  readonly locks: readonly Lock[];
}

/** Nothing on the template was ever locked. */
export const noLocks: LockSet = { revision: 0, locks: [] };

/** Who asks for a change: a request that names no client holds no lock. */
export interface Editor {
  readonly userId: string;
  readonly clientId: string | null;
}

/** Whether the lock is the editor's own. */
export function isHeldBy(lock: Lock, { userId, clientId }: Editor): boolean {
  return lock.userId === userId && lock.clientId === clientId;
}

/** The path of the node that the target names, all of the template where it names none; refused where there is none. */
export function lockPath(document: Document, target: OperationTarget): OperationResult<NodePath> {
  const { pageId, elementId, audioLayerId, clipId } = target;
  if (pageId !== undefined && audioLayerId !== undefined) return ambiguous("audioLayerId");
  if (elementId !== undefined && pageId === undefined) return ambiguous("elementId");
  if (clipId !== undefined && audioLayerId === undefined) return ambiguous("clipId");
  const found = findTarget(document, target);
  return found.ok ? success(pathOf(target)) : found;
}

/** The path of a target whose ids belong together. */
export function pathOf({ pageId, elementId, audioLayerId, clipId }: OperationTarget): NodePath {
  if (pageId !== undefined) {
    return elementId === undefined
      ? nodePath("pages", pageId)
      : nodePath("pages", pageId, "elements", elementId);
  }
  if (audioLayerId === undefined) return "";
  return clipId === undefined
    ? nodePath("audioLayers", audioLayerId)
    : nodePath("audioLayers", audioLayerId, "clips", clipId);
}

function findTarget(document: Document, target: OperationTarget): OperationResult<unknown> {
  const { pageId, elementId, audioLayerId, clipId } = target;
  if (pageId !== undefined) {
    return elementId === undefined
      ? findPage(document, pageId)
      : findElement(document, pageId, elementId);
  }
  if (audioLayerId === undefined) return success(undefined);
  return clipId === undefined
    ? findLayer(document, audioLayerId)
    : findClip(document, audioLayerId, clipId);
}

function ambiguous(field: keyof OperationTarget): OperationResult<never> {
  return invalid("a lock is on the template, a page, an element, an audio layer or a clip", [
    "target",
    field,
  ]);
}
