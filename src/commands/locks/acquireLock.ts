/** Locks a template, or a node with everything in it, against the changes of all others. */
import { restrictionsOf, type Viewer } from "../../domain/access/access.js";
import { isLockWithinGrant } from "../../domain/access/restrictedEdit.js";
import type { Document } from "../../domain/document/document.js";
import { isHeldBy, lockPath, type LockSet } from "../../domain/locks/lock.js";
import { LockIndex } from "../../domain/locks/lockIndex.js";
import type { NodePath } from "../../domain/operations/footprint.js";
import type { GrantedHead } from "../../storage/access/accessReader.js";
import { authorize, type SignedInViewer } from "../authorize.js";
import { endForbiddenLocks, tellLocks } from "./keepLocks.js";
import type { AcquireLockInput } from "../inputs.js";
import { LOCK_LEASE_MS_MIN, LOCK_PATH_BYTES_MAX } from "./lockLimits.js";
import type { LockAcquired } from "../outcomes.js";
import { targetOf } from "../editing/parseBatch.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { findSession } from "../sessions/templateSessions.js";

/**
 * Whoever may edit may lock. What the session holds already is renewed and keeps its fence. Refusals: UNAUTHENTICATED,
 * NOT_FOUND (template, target or session), FORBIDDEN, INVALID_INPUT, LOCKED (with the lock that overlaps), RATE_LIMITED
 * (there are as many locks as one session may have).
 */
export async function acquireLock(
  services: Services,
  viewer: Viewer,
  input: AcquireLockInput,
): Promise<LockAcquired | RequestError> {
  const { templateId } = input;
  const access = await authorize(services, viewer, "edit", templateId);
  if (access.kind === "refused") return access;
  const { lockLeaseMs, lockHoldMsMax } = services.limits;
  const leaseMs = input.leaseMs ?? Math.min(lockLeaseMs, lockHoldMsMax);
  if (leaseMs < LOCK_LEASE_MS_MIN || leaseMs > lockHoldMsMax) {
    return invalidInput(`leaseMs must be from ${LOCK_LEASE_MS_MIN} to ${lockHoldMsMax}`, "leaseMs");
  }
  const session = await findSession(services, access.viewer, input);
  if (session.kind === "refused") return session;
  const { id: sessionId, userId, clientId } = session.found;

  const { document } = await services.live.read(templateId, access.head.version);
  const path = lockPath(document, targetOf(input));
  if (!path.ok) return refused("NOT_FOUND", path.error.message, { path: path.error.path });
  if (Buffer.byteLength(path.value) > LOCK_PATH_BYTES_MAX) {
    return invalidInput("the ids are too long for a lock", "target");
  }
  const forbidden = mayNotLock(access, document, path.value);
  if (forbidden !== undefined) return forbidden;
  const request = {
    ...{ templateId, path: path.value, sessionId, userId, clientId, leaseMs },
    holdMsMax: lockHoldMsMax,
  };
  const refuse = (held: LockSet): RequestError | undefined => {
    const lock = new LockIndex(held).overlapping(document, request.path, request);
    if (lock !== undefined) {
      return refused("LOCKED", "another client holds a lock on this or a part of it", { lock });
    }
    return tooMany(services, held, request);
  };
  const outcome = await services.locks.acquire(request, refuse);
  switch (outcome.kind) {
    case "refused":
      return outcome.reason;
    case "gone":
      return sessionOver();
    case "acquired": {
      if (outcome.isNew) tellLocks(services, templateId, "LOCKED", userId);
      // Whoever took the right away may have looked for locks before this one was there.
      const again = await authorize(services, viewer, "edit", templateId);
      const refusal = again.kind === "refused" ? again : mayNotLock(again, document, path.value);
      if (refusal === undefined) return { kind: "lockAcquired", lock: outcome.lock };
      await endForbiddenLocks(services, templateId);
      return refusal;
    }
  }
}

function mayNotLock(
  { viewer, head }: { readonly viewer: SignedInViewer; readonly head: GrantedHead },
  document: Document,
  path: NodePath,
): RequestError | undefined {
  return isLockWithinGrant(document, path, restrictionsOf(viewer, head))
    ? undefined
    : refused("FORBIDDEN", "you may lock only what you may edit", { path: ["target"] });
}

function tooMany(
  { limits: { locksPerSessionMax, lockLeaseMs } }: Services,
  { locks }: LockSet,
  request: { readonly path: string; readonly userId: string; readonly clientId: string },
): RequestError | undefined {
  const own = locks.filter((lock) => isHeldBy(lock, request));
  if (own.length < locksPerSessionMax || own.some(({ path }) => path === request.path)) {
    return undefined;
  }
  const message = `a session holds at most ${locksPerSessionMax} locks; release one first`;
  return refused("RATE_LIMITED", message, { retryAfterMs: lockLeaseMs });
}

function sessionOver(): RequestError {
  return refused("NOT_FOUND", "the session has ended; join again", { path: ["sessionToken"] });
}
