/** Keeps a record of a conflict that is about to be answered or settled, for those who want to know how people work together. */
import type { Authorship, IncomingOperation } from "../../domain/history/append.js";
import type { VersionConflict } from "../outcomes.js";
import type { Services } from "../services.js";
import type { BatchDecision, BatchRequest } from "../../domain/merge/decide.js";
import type { DecidedConflict } from "../../storage/conflicts/conflictStore.js";

/** A mere mismatch of versions, where nothing collides, is not recorded. Rejects with StorageUnavailable. */
export async function recordConflict(
  services: Services,
  { userId, clientId, baseVersion, serverTimestamp }: Authorship,
  operations: readonly IncomingOperation[],
  {
    templateId,
    currentVersion,
    collisions,
  }: Pick<VersionConflict, "templateId" | "currentVersion" | "collisions">,
): Promise<void> {
  if (collisions.length === 0 || userId === null) return;
  await services.conflicts.record({
    id: services.newId(),
    templateId,
    userId,
    clientId,
    baseVersion,
    headVersion: currentVersion,
    clientOperations: operations.map(({ id, type, target, payload, timestamp }) => ({
      id,
      type,
      target,
      payload,
      timestamp,
    })),
    serverOperationIds: [...new Set(collisions.map(({ serverOperation }) => serverOperation))],
    collisions,
    createdAt: serverTimestamp,
  });
}

type Accepted = Extract<BatchDecision, { kind: "accepted" }>;

/**
 * The record of what a merge decided over a batch by clock or rule. Undefined where nothing was decided: nothing was
 * met, or nothing collided.
 */
export function decidedConflict(
  { newId }: Pick<Services, "newId">,
  templateId: string,
  { authorship }: BatchRequest,
  { appended, decided }: Accepted,
): DecidedConflict | undefined {
  if (decided === undefined) return undefined;
  const { userId, clientId, baseVersion, serverTimestamp } = authorship;
  const { told, count, by } = decided;
  return {
    id: newId(),
    templateId,
    userId,
    clientId,
    baseVersion,
    headVersion: appended.next.version - appended.operations.length,
    serverOperationIds: [...new Set(told.map(({ serverOperation }) => serverOperation))],
    createdAt: serverTimestamp,
    decidedBy: by,
    decisions: told,
    decisionCount: count,
  };
}
