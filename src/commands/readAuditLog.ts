/** A page of the audit log, for administrators, and for who administers the team that it is limited to. */
import type { Viewer } from "../domain/access/access.js";
import { decideAuditReading } from "../domain/access/auditReading.js";
import type { AuditEntry } from "../domain/audit/auditEntry.js";
import { INSTANT_MS_MIN } from "../domain/instants.js";
import type { AuditQuery } from "../storage/auditStore.js";
import { unauthenticated } from "./authorize.js";
import { invalidInput, refused, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";

const DAY_MS = 86_400_000;
const RANGE_STANDARD_MS = 31 * DAY_MS;
const RANGE_DAYS_MAX = 366;

export interface AuditLogRequest extends Omit<AuditQuery, "from" | "to" | "order"> {
  /** Milliseconds since the epoch; 31 days before `to` where absent. */
  readonly from?: number;
  /** Milliseconds since the epoch; now where absent. */
  readonly to?: number;
}

export type ReadAuditLogOutcome =
  | { readonly kind: "entries"; readonly entries: readonly AuditEntry[] }
  | RequestError;

/** Newest first. Both roles are read now, so that one that was taken away counts at once. */
export async function readAuditLog(
  { users, auditLog, clock }: Pick<Services, "users" | "auditLog" | "clock">,
  viewer: Viewer,
  request: AuditLogRequest,
): Promise<ReadAuditLogOutcome> {
  if (viewer.kind !== "user") return unauthenticated();
  const { teamId } = request;
  const [role, teamRole] = await Promise.all([
    users.roleOf(viewer.userId),
    teamId === undefined ? undefined : auditLog.teamRoleOf(teamId, viewer.userId),
  ]);
  switch (decideAuditReading(viewer, { role, teamRole })) {
    case "unauthenticated":
      return unauthenticated();
    case "forbidden":
      return refused(
        "FORBIDDEN",
        "only administrators may read the audit log, and that of a team, named by `teamId`, who administers it",
      );
    case "allowed":
      break;
  }
  // The instant itself may have entries still to come.
  const to = request.to ?? clock.now() + 1;
  const from = request.from ?? Math.max(INSTANT_MS_MIN, to - RANGE_STANDARD_MS);
  if (to - from > RANGE_DAYS_MAX * DAY_MS) {
    return invalidInput(`from and to are more than ${RANGE_DAYS_MAX} days apart`, "from");
  }
  const query: AuditQuery = { ...request, from, to, order: "newestFirst" };
  return { kind: "entries", entries: await auditLog.list(query) };
}
