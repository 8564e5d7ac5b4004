/** Ends the locks of those who may no longer edit what they hold: others would wait for them in vain. */
import { decideAccess, restrictionsOf } from "../../domain/access/access.js";
import { isLockWithinGrant } from "../../domain/access/restrictedEdit.js";
import type { Lock } from "../../domain/locks/lock.js";
import type { Services } from "../services.js";
import { tellLocks } from "./tellLocks.js";

export type LockedServices = Pick<
  Services,
  "access" | "bus" | "clock" | "live" | "locks" | "templates"
>;

/** Looks at the locks of the template; that several nodes do so at once ends each once. */
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
