/** Where somebody wants a template to belong, and whether they may put it there: one rule for new ones and moved ones. */
import type { LockedPlace, Place } from "../../storage/teams/projectStore.js";
import { invalidInput, type RequestError } from "../requestError.js";
import { projectRefusal } from "../teams/changeProject.js";
import { teamRefusal } from "../teams/changeTeam.js";

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
