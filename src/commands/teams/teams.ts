/** Creates and changes teams. Changes are decided on the team as it stands, one after the other. */
import type { Viewer } from "../../domain/access/access.js";
import {
  decideTeamAccess,
  teamRoleOf,
  type TeamAction,
  type TeamStanding,
} from "../../domain/access/teamAccess.js";
import type { Decided, LockedTeam, MemberRole, TeamChange } from "../../storage/teams/teamStore.js";
import { eraseAccount } from "../accounts/accountWork.js";
import { unauthenticated } from "../authorize.js";
import { checkText } from "../checkText.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { publishAccessChanges } from "../access/accessChanges.js";
import type { TeamChanged } from "./teamServices.js";
import { checkKey, keyedId } from "../keyedId.js";

interface Named {
  readonly teamId: string;
}
interface NamedMember extends Named {
  readonly userId: string;
}
export type TeamDecision = Decided<TeamChange, RequestError>;
type Answer = Promise<TeamChanged | RequestError>;

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT. */
export async function updateTeam(
  services: Services,
  viewer: Viewer,
  { teamId, name }: Named & { readonly name: string },
): Answer {
  return changeTeam(services, viewer, { teamId, action: "manage" }, () => {
    const problem = checkName(services, name);
    return problem === undefined ? { kind: "rename", name: name.trim() } : no(problem);
  });
}

/**
 * Its projects go, its templates become personal to their authors, its service accounts are erased. Refusals:
 * UNAUTHENTICATED, NOT_FOUND, FORBIDDEN.
 */
export async function deleteTeam(services: Services, viewer: Viewer, { teamId }: Named): Answer {
  const accounts = await services.users.servicesOf(teamId);
  const asked = { teamId, action: "own" } as const;
  const deleted = await changeTeam(services, viewer, asked, () => ({ kind: "delete" }));
  // From here on none of their tokens holds, also where this is interrupted.
  if (deleted.kind === "refused") return deleted;
  for (const { id } of accounts) await eraseAccount(services, id);
  return deleted;
}

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (the owner). */
export async function setTeamMemberRole(
  services: Services,
  viewer: Viewer,
  { teamId, userId, role }: NamedMember & { readonly role: MemberRole },
): Answer {
  const target = await services.users.findById(userId);
  return changeTeam(services, viewer, { teamId, userId, action: "manage" }, (team) => {
    const present = teamRoleOf(userId, team);
    if (present === null) return no(memberNotFound());
    if (present === "OWNER") return no(ownerStays());
    if (target?.kind === "SERVICE") return no(serviceStays());
    return present === role ? { kind: "nothing" } : { kind: "setRole", userId, role };
  });
}

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (the owner). */
export async function removeTeamMember(
  services: Services,
  viewer: Viewer,
  { teamId, userId }: NamedMember,
): Answer {
  const target = await services.users.findById(userId);
  return changeTeam(services, viewer, { teamId, userId, action: "manage" }, (team) =>
    target?.kind === "SERVICE" && teamRoleOf(userId, team) !== null
      ? no(serviceStays())
      : removal(team, userId),
  );
}

/** Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT (the owner, who gives the team away first). */
export async function leaveTeam(services: Services, viewer: Viewer, { teamId }: Named): Answer {
  return changeTeam(services, viewer, { teamId, action: "view" }, (team, selfId) =>
    removal(team, selfId),
  );
}

/** Who owned it becomes ADMIN. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN. */
export async function transferTeam(
  services: Services,
  viewer: Viewer,
  { teamId, userId }: NamedMember,
): Answer {
  const target = await services.users.findById(userId);
  return changeTeam(services, viewer, { teamId, userId, action: "own" }, (team) => {
    const present = teamRoleOf(userId, team);
    if (present === null) return no(memberNotFound());
    if (target?.kind === "SERVICE") return no(serviceStays());
    return present === "OWNER" ? { kind: "nothing" } : { kind: "giveTo", userId };
  });
}

/** Makes the change that is decided for a viewer who may do the action, and tells whom it concerns. */
export async function changeTeam(
  services: Services,
  viewer: Viewer,
  asked: Named & { readonly action: TeamAction; readonly userId?: string; readonly email?: string },
  decide: (team: LockedTeam, selfId: string) => TeamDecision,
): Answer {
  if (viewer.kind !== "user") return unauthenticated();
  const { teamId, action, userId, email } = asked;
  const about = {
    userIds: userId === undefined ? [viewer.userId] : [viewer.userId, userId],
    ...(email !== undefined && { email }),
  };
  const outcome = await services.team.teams.change(teamId, about, (team): TeamDecision => {
    const refusal = teamRefusal(viewer.userId, action, team);
    return refusal === undefined ? decide(team, viewer.userId) : no(refusal);
  });
  switch (outcome.kind) {
    case "gone":
      return teamNotFound();
    case "missing":
      return refused("NOT_FOUND", "invitation not found", { path: ["invitationId"] });
    case "full":
      return refused("PAYLOAD_TOO_LARGE", "too many open invitations; revoke one first", {
        path: [],
      });
    case "refused":
      return outcome.reason;
    case "changed":
      publishAccessChanges(services, outcome.templateIds);
      return { kind: "teamChanged", teamId };
  }
}

/** Why the person may not do the action, undefined where they may. */
export function teamRefusal(
  userId: string,
  action: TeamAction,
  team: TeamStanding | null | undefined,
): RequestError | undefined {
  if (team == null) return teamNotFound();
  const access = decideTeamAccess(userId, action, team);
  if (access.allowed) return undefined;
  return access.visible
    ? refused("FORBIDDEN", "your role in this team does not permit this action")
    : teamNotFound();
}

/** Why it cannot be the name of a team or a project. */
export function checkName({ limits }: Services, name: string): RequestError | undefined {
  return checkText(name, { unitsMin: 1, unitsMax: limits.nameUnitsMax }, "name");
}

/** A decision not to. */
export function no(reason: RequestError): { readonly kind: "refused"; reason: RequestError } {
  return { kind: "refused", reason };
}

function removal(team: TeamStanding, userId: string): TeamDecision {
  const present = teamRoleOf(userId, team);
  if (present === null) return no(memberNotFound());
  return present === "OWNER" ? no(ownerStays()) : { kind: "remove", userId };
}

function ownerStays(): RequestError {
  return invalidInput("the owner keeps this role until the team is transferred", "teamId");
}

function serviceStays(): RequestError {
  const message =
    "a service account is a member while it exists; remove it with deleteServiceAccount";
  return invalidInput(message, "userId");
}

function memberNotFound(): RequestError {
  return refused("NOT_FOUND", "no member of this team has this id", { path: ["userId"] });
}

function teamNotFound(): RequestError {
  return refused("NOT_FOUND", "team not found", { path: ["teamId"] });
}

/**
 * Creates a team, which the viewer owns. Refusals: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many teams).
 */
export async function createTeam(
  services: Services,
  viewer: Viewer,
  {
    name,
    idempotencyKey,
  }: { readonly name: string; readonly idempotencyKey?: string | null | undefined },
): Promise<TeamChanged | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  const problem = checkName(services, name) ?? checkKey(services, idempotencyKey);
  if (problem !== undefined) return problem;
  const { clock, team } = services;
  const id = keyedId(services, viewer, idempotencyKey, ["team", name]);
  const created = await team.teams.create(
    { id, name: name.trim(), ownerId: viewer.userId, createdAt: clock.now() },
    team.limits.teamsPerOwnerMax,
  );
  if (created === "created") return { kind: "teamChanged", teamId: id };
  const most = `at most ${team.limits.teamsPerOwnerMax} teams; transfer or delete one first`;
  return refused("PAYLOAD_TOO_LARGE", most, { path: [] });
}
