/** Tokens for programs: of a person, or of a service account of a team that they manage. */
import { makerOf } from "../../domain/access/credentials.js";
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import { scopes as allScopes, type Scope, type TokenLimit } from "../../domain/access/viewer.js";
import type { ApiTokenRecord } from "../../storage/credentials/credentialStore.js";
import { unauthenticated, type SignedInViewer } from "../authorize.js";
import { checkText } from "../checkText.js";
import { apiTokenHash, newApiToken } from "./opaqueTokens.js";
import type { ApiTokenCreated, ApiTokenRevoked } from "../outcomes.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import { managedService, serviceNotFound } from "../accounts/serviceAccounts.js";
import type { Services } from "../services.js";

export interface CreateApiTokenInput {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date;
  /** At most one of the three: what the token is limited to. */
  readonly teamId?: string | null;
  readonly projectId?: string | null;
  readonly templateId?: string | null;
  /** Whose it shall be, where that is not the viewer. */
  readonly serviceAccountId?: string | null;
}

export interface RevokeApiTokenInput {
  readonly id: string;
  readonly serviceAccountId?: string | null;
}

const DAY_MS = 86_400_000;
const LIFETIME_DAYS_MAX = 366;

/**
 * The token itself is in the answer and nowhere else. Refusals: UNAUTHENTICATED, FORBIDDEN (a service account of a team that
 * the viewer does not manage, one that is disabled), NOT_FOUND (what it is limited to, whose it shall be), INVALID_INPUT, RATE_LIMITED.
 */
export async function createApiToken(
  services: Services,
  viewer: Viewer,
  input: CreateApiTokenInput,
): Promise<ApiTokenCreated | RequestError> {
  const { accounts, clock, newId } = services;
  if (viewer.kind !== "user") return unauthenticated();
  const createdAt = clock.now();
  const problem = problemOf(services, input, createdAt);
  if (problem !== undefined) return problem;
  const holder = await holderOf(services, viewer, input.serviceAccountId);
  if (holder.kind === "refused") return holder;
  const limit = limitOf(input);
  const missing = limit && (await limitProblem(services, viewer, limit, holder.teamId));
  if (missing !== undefined) return missing;
  const token = newApiToken();
  const tokenHash = apiTokenHash(token);
  if (tokenHash === undefined) throw new Error("a new token has the form of tokens");
  const record: ApiTokenRecord = {
    id: newId(),
    userId: holder.userId,
    name: input.name.trim(),
    scopes: allScopes.filter((scope) => input.scopes.includes(scope)),
    createdAt,
    expiresAt: input.expiresAt.getTime(),
    lastUsedAt: null,
    limit: limit ?? null,
  };
  const { apiTokensPerUserMax } = accounts.settings;
  const { lastUsedAt: _, ...kept } = record;
  const added = await accounts.credentials.addApiToken({
    ...kept,
    tokenHash,
    apiTokensMax: apiTokensPerUserMax,
    maker: makerOf(viewer),
  });
  if (added === "ended") return unauthenticated();
  if (added === "unusable") {
    const path = input.serviceAccountId == null ? [] : ["serviceAccountId"];
    const message = "the account is disabled; an administrator must enable it first";
    return refused("FORBIDDEN", message, { path });
  }
  if (added === "gone" && limit !== undefined) return limitNotFound(limit);
  if (added !== "added") {
    return refused("RATE_LIMITED", `at most ${apiTokensPerUserMax} API tokens; revoke one first`);
  }
  return { kind: "apiTokenCreated", token, record };
}

/** From the answer on the token is good for nothing. Refusals: UNAUTHENTICATED, FORBIDDEN, NOT_FOUND. */
export async function revokeApiToken(
  services: Services,
  viewer: Viewer,
  { id, serviceAccountId }: RevokeApiTokenInput,
): Promise<ApiTokenRevoked | RequestError> {
  const { accounts } = services;
  if (viewer.kind !== "user") return unauthenticated();
  const holder = await holderOf(services, viewer, serviceAccountId);
  if (holder.kind === "refused") return holder;
  if (!(await accounts.credentials.removeApiToken(holder.userId, id))) {
    return refused("NOT_FOUND", "API token not found", { path: ["id"] });
  }
  accounts.standings.changed(holder.userId);
  return { kind: "apiTokenRevoked", id };
}

interface TokenHolder {
  readonly kind: "holder";
  readonly userId: string;
  /** Of a service account. */
  readonly teamId: string | undefined;
}

async function holderOf(
  services: Services,
  viewer: SignedInViewer,
  serviceAccountId: string | null | undefined,
): Promise<TokenHolder | RequestError> {
  if (serviceAccountId == null) {
    return { kind: "holder", userId: viewer.userId, teamId: undefined };
  }
  const path = { path: ["serviceAccountId"] };
  const teamId = (await services.users.findById(serviceAccountId))?.serviceTeamId;
  if (teamId == null) return { ...serviceNotFound(), ...path };
  const named = { teamId, userId: serviceAccountId };
  const managed = await managedService(services, viewer, named);
  if (managed.kind === "service") return { kind: "holder", userId: serviceAccountId, teamId };
  // To who is not in its team it is not there.
  return managed.code === "NOT_FOUND" ? { ...serviceNotFound(), ...path } : managed;
}

function limitOf({ teamId, projectId, templateId }: CreateApiTokenInput): TokenLimit | undefined {
  if (teamId != null) return { kind: "team", id: teamId };
  if (projectId != null) return { kind: "project", id: projectId };
  return templateId == null ? undefined : { kind: "template", id: templateId };
}

/** NOT_FOUND for what the viewer does not see, and for what is not of the team whose service account it is for. */
async function limitProblem(
  services: Services,
  viewer: SignedInViewer,
  limit: TokenLimit,
  serviceTeamId: string | undefined,
): Promise<RequestError | undefined> {
  const teamId = await teamOf(services, viewer, limit);
  const isThere = teamId !== undefined && (serviceTeamId === undefined || teamId === serviceTeamId);
  return isThere ? undefined : limitNotFound(limit);
}

/** The team that it belongs to, null for none; undefined where it is not there for the viewer. */
async function teamOf(
  { access, permissions, team }: Services,
  viewer: SignedInViewer,
  { kind, id }: TokenLimit,
): Promise<string | null | undefined> {
  switch (kind) {
    case "team":
      return (await permissions.isInTeam(viewer.userId, id)) ? id : undefined;
    case "project":
      return (await team.projects.find(id, viewer.userId))?.teamId;
    case "template": {
      const head = await access.look(viewer, id);
      if (head === undefined || !decideAccess(viewer, "view", head).allowed) return undefined;
      return (await permissions.readPlace(id))?.teamId;
    }
  }
}

function limitNotFound({ kind }: TokenLimit): RequestError {
  return refused("NOT_FOUND", `${kind} not found`, { path: [`${kind}Id`] });
}

function problemOf(
  { limits }: Services,
  { name, scopes, expiresAt, ...input }: CreateApiTokenInput,
  now: number,
): RequestError | undefined {
  const bounds = { unitsMin: 1, unitsMax: limits.nameUnitsMax };
  const problem = checkText(name, bounds, "name");
  if (problem !== undefined) return problem;
  if (scopes.length === 0) return invalidInput("scopes must not be empty", "scopes");
  const lifetimeMs = expiresAt.getTime() - now;
  if (lifetimeMs <= 0) return invalidInput("expiresAt must be in the future", "expiresAt");
  if (lifetimeMs > LIFETIME_DAYS_MAX * DAY_MS) {
    return invalidInput(`expiresAt must be at most ${LIFETIME_DAYS_MAX} days ahead`, "expiresAt");
  }
  const given = (["teamId", "projectId", "templateId"] as const).filter((id) => input[id] != null);
  if (given.length < 2) return undefined;
  return invalidInput("at most one of teamId, projectId and templateId may be given", given[1]!);
}
