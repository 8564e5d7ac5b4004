/** Accounts of programs that belong to a team: without a password, with API tokens that the team's admins make. */
import type { Viewer } from "../../domain/access/access.js";
import { eraseAccount } from "./accountWork.js";
import { lastAdministrator } from "./administerAccounts.js";
import { unauthenticated } from "../authorize.js";
import { checkKey, keyedId } from "../keyedId.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { changeTeam, checkName, no } from "../teams/teams.js";

export interface CreateServiceAccountInput {
  readonly teamId: string;
  readonly name: string;
  readonly idempotencyKey?: string | null;
}

export interface NamedServiceAccount {
  readonly teamId: string;
  readonly userId: string;
}

/** The service account is there, or gone. */
export interface ServiceAccountChanged {
  readonly kind: "serviceAccountChanged";
  readonly teamId: string;
  readonly userId: string;
}

/** It is a member of the team. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE (too many). */
export async function createServiceAccount(
  services: Services,
  viewer: Viewer,
  { teamId, name, idempotencyKey }: CreateServiceAccountInput,
): Promise<ServiceAccountChanged | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  const { serviceAccountsPerTeamMax: accountsMax } = services.team.limits;
  const userId = keyedId(services, viewer, idempotencyKey, ["service account", teamId, name]);
  const changed = await changeTeam(services, viewer, { teamId, action: "manage" }, () => {
    const problem = checkName(services, name) ?? checkKey(services, idempotencyKey);
    if (problem !== undefined) return no(problem);
    const account = { id: userId, name: name.trim(), createdAt: services.clock.now() };
    return { kind: "addService", account, accountsMax };
  });
  if (changed.kind !== "refused") return { kind: "serviceAccountChanged", teamId, userId };
  if (changed.code !== "PAYLOAD_TOO_LARGE") return changed;
  return refused("PAYLOAD_TOO_LARGE", `at most ${accountsMax} service accounts`, { path: [] });
}

/** Erases it with its tokens; what it did stays, without a name. Refusals: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN. */
export async function deleteServiceAccount(
  services: Services,
  viewer: Viewer,
  input: NamedServiceAccount,
): Promise<ServiceAccountChanged | RequestError> {
  const { teamId, userId } = input;
  const managed = await managedService(services, viewer, input);
  if (managed.kind === "refused") return managed;
  const outcome = await eraseAccount(services, userId);
  if (outcome === "lastAdministrator") return lastAdministrator();
  return { kind: "serviceAccountChanged", teamId, userId };
}

/** The team's service account, where the viewer manages the team as it stands now; else the refusal. */
export async function managedService(
  services: Services,
  viewer: Viewer,
  { teamId, userId }: NamedServiceAccount,
): Promise<{ readonly kind: "service" } | RequestError> {
  const found = await services.users.findById(userId);
  const changed = await changeTeam(services, viewer, { teamId, action: "manage" }, () =>
    found?.kind === "SERVICE" && found.serviceTeamId === teamId
      ? { kind: "nothing" }
      : no(serviceNotFound()),
  );
  return changed.kind === "refused" ? changed : { kind: "service" };
}

/** The same for what is a person, of another team or not there. */
export function serviceNotFound(): RequestError {
  return refused("NOT_FOUND", "service account not found in this team", { path: ["userId"] });
}
