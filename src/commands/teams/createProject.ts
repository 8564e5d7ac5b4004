/** Makes a project of a team that the viewer manages, or of the viewer's own. */
import type { Viewer } from "../../domain/access/access.js";
import { unauthenticated } from "../authorize.js";
import { checkKey, keyedId } from "../keyedId.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { checkName, teamRefusal } from "./changeTeam.js";
import type { ProjectChanged } from "./teamOutcomes.js";

export interface CreateProjectInput {
  readonly name: string;
  readonly teamId?: string | null;
  readonly idempotencyKey?: string | null;
}

/** Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many projects). */
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
