/**
 * Locks live and end with their sessions and with the right to edit: heartbeats renew them, and their ends are
 * published.
 */
import type { Sessions } from "../../sessions/sessions.js";
import type { LockStore } from "../../storage/locks/lockStore.js";
import { decideAccess, restrictionsOf } from "../../domain/access/access.js";
import { isLockWithinGrant } from "../../domain/access/restrictedEdit.js";
import type { Lock } from "../../domain/locks/lock.js";
import type { Services } from "../services.js";

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

export type LockedServices = Pick<
  Services,
  "access" | "bus" | "clock" | "live" | "locks" | "templates"
>;

/**
 * Ends the locks of editors who may no longer edit what they hold, for which others would wait in vain. Looks at the
 * locks of the template; that several nodes do so at once ends each once.
 */
export async function endForbiddenLocks(
  services: LockedServices,
  templateId: string,
): Promise<void> {
  const held = (await services.templates.readLocks([templateId])).get(templateId)?.locks ?? [];
  for (const lock of held) {
    if (await mayHold(services, templateId, lock)) continue;
    const released = await services.locks.release(templateId, lock.path, lock);
    if (released !== undefined) tellLocks(services, templateId, "UNLOCKED", lock.userId);
  }
}

async function mayHold(
  { access, live }: LockedServices,
  templateId: string,
  { userId, path }: Lock,
): Promise<boolean> {
  const viewer = { kind: "user", userId } as const;
  const head = await access.look(viewer, templateId);
  if (head === undefined || !decideAccess(viewer, "edit", head).allowed) return false;
  const restrictions = restrictionsOf(viewer, head);
  if (restrictions.length === 0) return true;
  const { document } = await live.read(templateId, head.version);
  return isLockWithinGrant(document, path, restrictions);
}

/** Publishes that the set of a template's locks changed. `userId` is whose doing it was, null where a lease ran out. */
export function tellLocks(
  { bus, clock }: Pick<Services, "bus" | "clock">,
  templateId: string,
  kind: "LOCKED" | "UNLOCKED",
  userId: string | null,
): void {
  bus.publish({ kind: "locks", templateId });
  bus.publish({ kind: "activity", templateId, activity: { kind, userId, at: clock.now() } });
}
