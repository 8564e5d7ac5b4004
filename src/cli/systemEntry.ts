/** The entry of what a command of the deployment did. */
import type { AuditDetails, AuditEntry } from "../domain/audit/auditEntry.js";
import { resourceKindOf } from "../domain/audit/attempt.js";
import type { Clock } from "../platform/clock.js";
import { isUuid } from "../storage/postgres/uuid.js";
import { timeOrderedIds } from "../platform/timeOrderedId.js";

/** It was done, or is about to be, with whoever may reach the database. */
export function systemEntry(
  clock: Clock,
  action: string,
  resourceIds: AuditEntry["resourceIds"],
  details: AuditDetails = {},
): AuditEntry {
  const { templateId, teamId } = resourceIds;
  return {
    id: timeOrderedIds(clock)(),
    at: clock.now(),
    actorKind: "SYSTEM",
    actorId: null,
    address: null,
    clientId: null,
    action,
    resourceKind: resourceKindOf(resourceIds),
    resourceIds,
    templateId: templateId !== undefined && isUuid(templateId) ? templateId : null,
    teamId: teamId !== undefined && isUuid(teamId) ? teamId : null,
    result: "ACCEPTED",
    code: null,
    details,
  };
}
