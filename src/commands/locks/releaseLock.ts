/** Ends a lock before its lease does: one's own, or by force whoever's it is. */
import type { Viewer } from "../../domain/access/access.js";
import { checkId } from "../../domain/document/validation.js";
import { pathOf } from "../../domain/locks/lock.js";
import { authorize } from "../authorize.js";
import { findSession } from "../sessions/templateSessions.js";
import type { ReleaseLockInput } from "../inputs.js";
import type { LockReleased } from "../outcomes.js";
import { targetOf } from "../editing/parseBatch.js";
import { invalidInput, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { tellLocks } from "./keepLocks.js";

/**
 * Sent again it changes nothing: what is not held is answered with `lock` null, whether it never was or is somebody
 * else's. Refusals: UNAUTHENTICATED, NOT_FOUND (template or session), FORBIDDEN (force needs who may govern),
 * INVALID_INPUT (neither a session nor force; an id that none can be).
 */
export async function releaseLock(
  services: Services,
  viewer: Viewer,
  input: ReleaseLockInput,
): Promise<LockReleased | RequestError> {
  const { templateId, sessionToken } = input;
  const force = input.force ?? false;
  const access = await authorize(services, viewer, force ? "govern" : "view", templateId);
  if (access.kind === "refused") return access;
  const target = targetOf(input);
  for (const [field, id] of Object.entries(target)) {
    const issue = checkId(id, services.limits);
    if (issue !== undefined) return invalidInput(`${field} ${issue.message}`, "target", field);
  }
  let holder = null;
  if (!force) {
    if (sessionToken == null) {
      return invalidInput("give the sessionToken of the lock's session, or force", "sessionToken");
    }
    const session = await findSession(services, access.viewer, { templateId, sessionToken });
    if (session.kind === "refused") return session;
    holder = session.found;
  }
  const lock = await services.locks.release(templateId, pathOf(target), holder);
  if (lock !== undefined) tellLocks(services, templateId, "UNLOCKED", access.viewer.userId);
  return { kind: "lockReleased", lock: lock ?? null };
}
