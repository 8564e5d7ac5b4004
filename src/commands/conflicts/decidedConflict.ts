/** The record of what a merge decided over a batch by clock or rule, for those who want to know what became of their work. */
import type { BatchDecision, BatchRequest } from "../../domain/merge/decide.js";
import type { DecidedConflict } from "../../storage/conflicts/conflictStore.js";
import type { Services } from "../services.js";

type Accepted = Extract<BatchDecision, { kind: "accepted" }>;

/** Undefined where nothing was decided: nothing was met, or nothing collided. */
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
