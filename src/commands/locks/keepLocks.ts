/** Locks live and end with their sessions, and with the right to edit: heartbeats renew them, and who looks is told. */
import type { Sessions } from "../../sessions/sessions.js";
import type { LockStore } from "../../storage/locks/lockStore.js";
import { endForbiddenLocks, type LockedServices } from "./endForbiddenLocks.js";
import { tellLocks } from "./tellLocks.js";

export interface LockKeeping extends LockedServices {
  readonly sessions: Pick<Sessions, "listen">;
  readonly leaseMs: number;
  readonly warn: (message: string, error: unknown) => void;
}

/** Begins; the returned function ends it. A heartbeat that fails is made up for by the next one. */
export function keepLocks(parts: LockKeeping): () => void {
  const { sessions, locks, bus, leaseMs, warn } = parts;
  const renew = async (renewed: Parameters<LockStore["renew"]>[0]) => {
    await locks.renew(renewed, leaseMs);
    for (const templateId of await locks.dropExpired()) {
      tellLocks(parts, templateId, "UNLOCKED", null);
    }
  };
  return sessions.listen({
    renewed: (renewed) =>
      void renew(renewed).catch((error: unknown) => warn("locks cannot be renewed", error)),
    accessChanged: (templateId) =>
      void endForbiddenLocks(parts, templateId).catch((error: unknown) =>
        warn(`the locks of template ${templateId} cannot be checked`, error),
      ),
    ended: ({ templateId }) => bus.publish({ kind: "locks", templateId }),
  });
}
