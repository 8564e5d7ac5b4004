/**
 * Who holds what, told by the locks that took effect: no commit decided under one may touch it. Told from paths alone,
 * so what a lock on a group covers beyond that is not asked for here.
 */
import type { Lock } from "../../src/domain/locks/lock.js";
import { isNoOp } from "../../src/domain/operations/noOp.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import type { Commit } from "../../src/storage/templates/templateStore.js";

export class HeldLocks {
  readonly #locks = new Map<string, Lock>();

  acquired(templateId: string, lock: Lock): void {
    this.#locks.set(templateId + lock.path, lock);
  }

  released(templateId: string, path: string): void {
    this.#locks.delete(templateId + path);
  }

  /** What the commit touches although another client holds it at this instant; undefined where it is as it should be. */
  violation(commit: Commit, now: number): string | undefined {
    const { templateId, operations, expectedLockRevision = 0 } = commit;
    for (const [key, lock] of this.#locks) {
      // A lock that was acquired after the commit, before anybody could look.
      const isOver = lock.expiresAt <= now || lock.fence > expectedLockRevision;
      if (isOver || key !== templateId + lock.path) continue;
      const operation = operations.find(
        (one) => one.clientId !== lock.clientId && touches(one, lock),
      );
      if (operation !== undefined) return `${operation.id} touches what ${lock.clientId} holds`;
    }
    return undefined;
  }
}

function touches(operation: LoggedOperation, { path }: Lock): boolean {
  if (isNoOp(operation)) return false;
  return operation.footprint.some(
    (touch) =>
      touch.kind !== "read" &&
      (isWithin(touch.path, path) || (touch.kind === "delete" && isWithin(path, touch.path))),
  );
}

function isWithin(path: string, node: string): boolean {
  return node === "" || path === node || path.startsWith(`${node}/`);
}
