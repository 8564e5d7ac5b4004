/** Where a template belongs and to whom: into a team or project or out of it, and to another author. */
import type { Viewer } from "../../domain/access/access.js";
import type { UserRecord } from "../../storage/accounts/userStore.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import type { TemplateChanged } from "../outcomes.js";
import { quotaExceeded } from "../quotas/quotaExceeded.js";
import { beyondService } from "../access/beyondService.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { retryWhileAccessChanges } from "../access/retryWhileAccessChanges.js";
import { publishAccessChanges } from "../access/accessChanges.js";
import type { LockedPlace, Place } from "../../storage/teams/projectStore.js";
import { projectRefusal } from "../teams/projects.js";
import { teamRefusal } from "../teams/teams.js";

export interface MoveTemplateInput extends PlaceInput {
  readonly templateId: string;
}

export interface TransferTemplateInput {
  readonly templateId: string;
  readonly userId: string;
}

/**
 * Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (also out of the team of its author, a service account),
 * QUOTA_EXCEEDED (of the team).
 */
export async function moveTemplate(
  services: Services,
  viewer: Viewer,
  { templateId, ...input }: MoveTemplateInput,
): Promise<TemplateChanged | RequestError> {
  const place = placeOf(input);
  if ("kind" in place) return place;
  return retryWhileAccessChanges(
    services,
    viewer,
    "share",
    templateId,
    async (head, { userId }) => {
      const { accessRevision, authorId } = head;
      const isToAuthor = place.teamId === undefined && place.projectId === undefined;
      if (isToAuthor && (await isService(services, authorId))) return staysInTeam();
      const placed = await services.team.projects.place(
        { templateId, accessRevision },
        place,
        userId,
        (at) => placeRefusal(userId, place, at),
        services.limits,
      );
      if (placed === "moved") return placed;
      if (placed !== "placed") {
        return placed.kind === "quotaFull" ? quotaExceeded(placed) : placed.reason;
      }
      return changed(services, templateId);
    },
  );
}

/**
 * Gives the template to somebody who may see it otherwise than as everybody; who had it keeps ADMIN on it. Refusals:
 * UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (a service account of another team), QUOTA_EXCEEDED (theirs).
 */
export async function transferTemplate(
  services: Services,
  viewer: Viewer,
  { templateId, userId }: TransferTemplateInput,
): Promise<TemplateChanged | RequestError> {
  return retryWhileAccessChanges(services, viewer, "transfer", templateId, async (head) => {
    if (head.authorId === userId) return { kind: "changed", templateId } as const;
    const { grant } = await services.access.knownGrant(userId, head);
    if (grant.role === null) return nobodyOfIt();
    const person = await services.users.findById(userId);
    if (person !== undefined && (await isBeyond(services, person, head))) {
      return beyondService("template");
    }
    const { accessRevision } = head;
    const given = await services.team.projects.give(
      { templateId, accessRevision },
      userId,
      services.limits,
    );
    if (given === "moved") return given;
    if (typeof given === "object") return quotaExceeded(given);
    return given === "given" ? changed(services, templateId) : nobodyOfIt();
  });
}

/** Whether the account is a service account that does not reach the template. */
async function isBeyond(
  { access }: Services,
  { id: userId, kind, serviceTeamId }: UserRecord,
  head: TemplateHead,
): Promise<boolean> {
  if (kind !== "SERVICE") return false;
  if (serviceTeamId === null) return true;
  const limits = [{ kind: "team", id: serviceTeamId }] as const;
  const seen = await access.granted({ kind: "user", userId, limits }, head);
  return seen.isBeyondToken === true;
}

async function isService({ users }: Services, userId: string | null): Promise<boolean> {
  return userId !== null && (await users.findById(userId))?.kind === "SERVICE";
}

function staysInTeam(): RequestError {
  const message =
    "the author is a service account with access to its own team only; transfer the template to a person first";
  return invalidInput(message, "teamId");
}

function changed(services: Services, templateId: string): TemplateChanged {
  publishAccessChanges(services, [templateId]);
  return { kind: "changed", templateId };
}

/** The same for who has no account and who was not granted anything. */
function nobodyOfIt(): RequestError {
  return refused("NOT_FOUND", "no user with a grant on the template has this id", {
    path: ["userId"],
  });
}

/** At most one of team and project; without, it is nobody's but its author's. */
export interface PlaceInput {
  readonly teamId?: string | null;
  readonly projectId?: string | null;
}

/** The place that was asked for; INVALID_INPUT where that is two. */
export function placeOf({ teamId, projectId }: PlaceInput): Place | RequestError {
  if (teamId != null && projectId != null) {
    return invalidInput("at most one of teamId and projectId may be given", "projectId");
  }
  return { ...(teamId != null && { teamId }), ...(projectId != null && { projectId }) };
}

/** Why the person may not put templates there, undefined where they may: NOT_FOUND, FORBIDDEN. */
export function placeRefusal(
  userId: string,
  { teamId }: Place,
  at: LockedPlace | undefined,
): RequestError | undefined {
  return teamId === undefined
    ? projectRefusal(userId, "place", at?.kind === "project" ? at.project : undefined)
    : teamRefusal(userId, "place", at?.kind === "team" ? at.team : undefined);
}
