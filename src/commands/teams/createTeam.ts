/** Makes a team, which the viewer owns. */
import type { Viewer } from "../../domain/access/access.js";
import { unauthenticated } from "../authorize.js";
import { checkKey, keyedId } from "../keyedId.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { checkName } from "./changeTeam.js";
import type { TeamChanged } from "./teamOutcomes.js";

/** Refusals: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many teams). */
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
  const most = `at most ${team.limits.teamsPerOwnerMax} teams; give one away or delete one first`;
  return refused("PAYLOAD_TOO_LARGE", most, { path: [] });
}
