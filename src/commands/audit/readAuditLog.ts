/** A page of the audit log: for administrators, who administers the team that it is limited to, and the author of the personal template. */
import type { Viewer } from "../../domain/access/access.js";
import { decideAuditReading } from "../../domain/access/administration.js";
import type { AuditEntry } from "../../domain/audit/auditEntry.js";
import { INSTANT_MS_MIN } from "../../domain/instants.js";
import type { AuditQuery } from "../../storage/audit/auditStore.js";
import { unauthenticated } from "../authorize.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

const DAY_MS = 86_400_000;
const RANGE_STANDARD_MS = 31 * DAY_MS;
const RANGE_DAYS_MAX = 366;

export interface AuditLogRequest extends Omit<AuditQuery, "from" | "to" | "order" | "teamId"> {
  readonly teamId?: string;
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
  const { teamId, templateId } = request;
  const [role, teamRole, isOwnTemplate] = await Promise.all([
    users.roleOf(viewer.userId),
    teamId === undefined ? undefined : auditLog.teamRoleOf(teamId, viewer.userId),
    // What a team's members did on it is the team's to read, wherever the template is now.
    templateId !== undefined &&
      teamId === undefined &&
      auditLog.isPersonal(templateId, viewer.userId),
  ]);
  const decision = decideAuditReading(viewer, { role, teamRole, isOwnTemplate });
  switch (decision) {
    case "unauthenticated":
      return unauthenticated();
    case "forbidden":
      return refused(
        "FORBIDDEN",
        "only administrators may read the whole audit log; admins of a team may read the team's with `teamId`, the author of a personal template the template's with `templateId`",
      );
    case "allowed":
    case "allowedAsAuthor":
      break;
  }
  // The instant itself may have entries still to come.
  const to = request.to ?? clock.now() + 1;
  const from = request.from ?? Math.max(INSTANT_MS_MIN, to - RANGE_STANDARD_MS);
  if (to - from > RANGE_DAYS_MAX * DAY_MS) {
    return invalidInput(`from and to are more than ${RANGE_DAYS_MAX} days apart`, "from");
  }
  const query: AuditQuery = { ...request, from, to, order: "newestFirst" };
  if (decision === "allowed") return { kind: "entries", entries: await auditLog.list(query) };
  const entries = await auditLog.list({ ...query, teamId: null });
  return { kind: "entries", entries: entries.map((entry) => asToldToAuthor(entry, viewer.userId)) };
}

/** Where others were is not an author's business: whoever opens a public template must not give their address away. */
function asToldToAuthor(entry: AuditEntry, authorId: string): AuditEntry {
  return entry.actorId === authorId ? entry : { ...entry, address: null };
}
