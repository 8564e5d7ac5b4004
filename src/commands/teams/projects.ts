/** Creates and changes projects. Changes are decided on the project as it stands, one after the other. */
import type { Viewer } from "../../domain/access/access.js";
import type { AccessRole } from "../../domain/access/grant.js";
import {
  decideProjectAccess,
  projectRoleOf,
  type ProjectAction,
  type ProjectStanding,
} from "../../domain/access/projectAccess.js";
import { decideTeamAccess } from "../../domain/access/teamAccess.js";
import type { LockedProject, ProjectChange } from "../../storage/teams/projectStore.js";
import type { Decided } from "../../storage/teams/teamStore.js";
import { unauthenticated } from "../authorize.js";
import { beyondService } from "../access/beyondService.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { checkName, no, teamRefusal } from "./teams.js";
import { publishAccessChanges } from "../access/accessChanges.js";
import type { ProjectChanged } from "./teamServices.js";
import { checkKey, keyedId } from "../keyedId.js";

interface Named {
  readonly projectId: string;
}
interface NamedMember extends Named {
  readonly userId: string;
}
/** Exactly one of the two. */
export interface TransferProjectInput extends Named {
  readonly userId?: string | null;
  readonly teamId?: string | null;
}
type Decision = Decided<ProjectChange, RequestError>;
type Answer = Promise<ProjectChanged | RequestError>;

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT. */
export async function updateProject(
  services: Services,
  viewer: Viewer,
  { projectId, name }: Named & { readonly name: string },
): Answer {
  return changeProject(services, viewer, { projectId, action: "manage" }, () => {
    const problem = checkName(services, name);
    return problem === undefined ? { kind: "rename", name: name.trim() } : no(problem);
  });
}

/** Its templates become personal to their authors. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN. */
export async function deleteProject(
  services: Services,
  viewer: Viewer,
  { projectId }: Named,
): Answer {
  return changeProject(services, viewer, { projectId, action: "own" }, () => ({ kind: "delete" }));
}

/** Adds somebody or changes their role. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, PAYLOAD_TOO_LARGE. */
export async function setProjectMember(
  services: Services,
  viewer: Viewer,
  { projectId, userId, role }: NamedMember & { readonly role: AccessRole },
): Answer {
  const { membersPerProjectMax: membersMax } = services.team.limits;
  return changeProject(
    services,
    viewer,
    { projectId, userId, action: "manage" },
    (project, byId) => {
      if (userId === project.ownerId) return no(ownerStays());
      const joinedAt = services.clock.now();
      return { kind: "setMember", userId, role, joinedAt, byId, membersMax };
    },
  );
}

/** Everybody may remove themselves. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (the owner). */
export async function removeProjectMember(
  services: Services,
  viewer: Viewer,
  { projectId, userId }: NamedMember,
): Answer {
  const isSelf = viewer.kind === "user" && viewer.userId === userId;
  const action = isSelf ? "view" : "manage";
  return changeProject(services, viewer, { projectId, userId, action }, (project) =>
    userId === project.ownerId ? no(ownerStays()) : { kind: "remove", userId },
  );
}

/**
 * Gives it to somebody who is in it, or to a team that the viewer manages, where the viewer owns it then. Refusals:
 * UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT (also a service account that does not reach it), QUOTA_EXCEEDED (of
 * the team).
 */
export async function transferProject(
  services: Services,
  viewer: Viewer,
  { projectId, userId, teamId }: TransferProjectInput,
): Answer {
  const asked = { projectId, action: "own" } as const;
  if (teamId != null && userId == null) {
    return changeProject(services, viewer, { ...asked, teamId }, ({ target }, selfId) => {
      const refusal = teamRefusal(selfId, "manage", target);
      return refusal === undefined
        ? { kind: "moveTo", teamId, userId: selfId, quotas: services.limits }
        : no(refusal);
    });
  }
  if (userId == null || teamId != null) {
    return invalidInput("exactly one of userId and teamId must be given", "userId");
  }
  const isService = (await services.users.findById(userId))?.kind === "SERVICE";
  return changeProject(services, viewer, { ...asked, userId }, (project) => {
    if (projectRoleOf(userId, project) === null) return no(memberNotFound());
    const isOfTeam =
      project.team !== null && decideTeamAccess(userId, "view", project.team).allowed;
    if (isService && !isOfTeam) return no(beyondService("project"));
    return { kind: "giveTo", userId, formerOwnerJoinedAt: services.clock.now() };
  });
}

interface Asked extends Named {
  readonly action: ProjectAction;
  readonly userId?: string;
  readonly teamId?: string;
}

async function changeProject(
  services: Services,
  viewer: Viewer,
  { projectId, action, userId, teamId }: Asked,
  decide: (project: LockedProject, selfId: string) => Decision,
): Answer {
  if (viewer.kind !== "user") return unauthenticated();
  const about = {
    userIds: userId === undefined ? [viewer.userId] : [viewer.userId, userId],
    ...(teamId !== undefined && { teamId }),
  };
  const { projects } = services.team;
  const outcome = await projects.change(projectId, about, (project): Decision => {
    const refusal = projectRefusal(viewer.userId, action, project);
    return refusal === undefined ? decide(project, viewer.userId) : no(refusal);
  });
  switch (outcome.kind) {
    case "gone":
      return projectNotFound();
    case "missing":
      return memberNotFound();
    case "full":
      if (teamId !== undefined) return teamHasNoRoom();
      return refused("PAYLOAD_TOO_LARGE", "the project has too many members; remove one first", {
        path: [],
      });
    case "refused":
      return outcome.reason;
    case "changed":
      publishAccessChanges(services, outcome.templateIds);
      return { kind: "projectChanged", projectId };
  }
}

/** Why the person may not do the action, undefined where they may. */
export function projectRefusal(
  userId: string,
  action: ProjectAction,
  project: ProjectStanding | undefined,
): RequestError | undefined {
  if (project === undefined) return projectNotFound();
  const access = decideProjectAccess(userId, action, project);
  if (access.allowed) return undefined;
  return access.visible
    ? refused("FORBIDDEN", "your role in this project does not permit this action")
    : projectNotFound();
}

function ownerStays(): RequestError {
  return invalidInput("the owner keeps this role until the project is transferred", "userId");
}

/** The same for who has no account and who is not in the project. */
function memberNotFound(): RequestError {
  return refused("NOT_FOUND", "no user with access has this id", { path: ["userId"] });
}

function teamHasNoRoom(): RequestError {
  return refused(
    "QUOTA_EXCEEDED",
    "the team's quota has no room for the templates of the project",
    {
      path: ["teamId"],
    },
  );
}

function projectNotFound(): RequestError {
  return refused("NOT_FOUND", "project not found", { path: ["projectId"] });
}

export interface CreateProjectInput {
  readonly name: string;
  readonly teamId?: string | null;
  readonly idempotencyKey?: string | null;
}

/**
 * Creates a project of a team that the viewer manages, or of the viewer's own. Refusals: UNAUTHENTICATED, NOT_FOUND,
 * FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many projects).
 */
export async function createProject(
  services: Services,
  viewer: Viewer,
  { name, teamId = null, idempotencyKey }: CreateProjectInput,
): Promise<ProjectChanged | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  const unfit = checkKey(services, idempotencyKey);
  if (unfit !== undefined) return unfit;
  const { clock, team } = services;
  const id = keyedId(services, viewer, idempotencyKey, ["project", name, teamId]);
  const { projectsMax } = team.limits;
  const ownerId = viewer.userId;
  const project = { id, name: name.trim(), teamId, ownerId, createdAt: clock.now() };
  const created = await team.projects.create(
    project,
    projectsMax,
    (standing) =>
      (teamId === null ? undefined : teamRefusal(ownerId, "manage", standing)) ??
      checkName(services, name),
  );
  if (created === "created") return { kind: "projectChanged", projectId: id };
  if (created !== "full") return created.reason;
  return refused("PAYLOAD_TOO_LARGE", `at most ${projectsMax} projects`, { path: [] });
}
