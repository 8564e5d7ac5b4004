/** Makes a team, which the viewer owns. */
import type { Viewer } from "../../domain/access/access.js";
import { unauthenticated } from "../authorize.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { checkName } from "./changeTeam.js";
import type { TeamChanged } from "./teamOutcomes.js";

/** Refusals: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many teams). */
export async function createTeam(
  services: Services,
  viewer: Viewer,
  { name }: { readonly name: string },
): Promise<TeamChanged | RequestError> {
  if (viewer.kind === "anonymous") return unauthenticated();
  const problem = checkName(services, name);
  if (problem !== undefined) return problem;
  const { clock, newId, team } = services;
  const id = newId();
  const created = await team.teams.create(
    { id, name: name.trim(), ownerId: viewer.userId, createdAt: clock.now() },
    team.limits.teamsPerOwnerMax,
  );
  if (created === "created") return { kind: "teamChanged", teamId: id };
  const most = `at most ${team.limits.teamsPerOwnerMax} teams; give one away or delete one first`;
  return refused("PAYLOAD_TOO_LARGE", most, { path: [] });
}
