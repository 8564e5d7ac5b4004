/** A person's tokens for programs of theirs. */
import type { Viewer } from "../domain/access/access.js";
import { scopes as allScopes, type Scope } from "../domain/access/scope.js";
import type { ApiTokenRecord } from "../storage/credentialStore.js";
import { unauthenticated } from "./authorize.js";
import { checkText } from "./checkText.js";
import { apiTokenHash, newApiToken } from "./opaqueTokens.js";
import type { ApiTokenCreated, ApiTokenRevoked } from "./outcomes.js";
import { invalidInput, refused, type RequestError } from "./requestError.js";
import type { Services } from "./services.js";

export interface CreateApiTokenInput {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date;
}

const DAY_MS = 86_400_000;
const LIFETIME_DAYS_MAX = 366;

/** The token itself is in the answer and nowhere else. Refusals: UNAUTHENTICATED, INVALID_INPUT, RATE_LIMITED. */
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
  const token = newApiToken();
  const tokenHash = apiTokenHash(token);
  if (tokenHash === undefined) throw new Error("a new token has the form of tokens");
  const record: ApiTokenRecord = {
    id: newId(),
    userId: viewer.userId,
    name: input.name.trim(),
    scopes: allScopes.filter((scope) => input.scopes.includes(scope)),
    createdAt,
    expiresAt: input.expiresAt.getTime(),
    lastUsedAt: null,
  };
  const { apiTokensPerUserMax } = accounts.settings;
  const { lastUsedAt: _, ...kept } = record;
  const added = await accounts.credentials.addApiToken({
    ...kept,
    tokenHash,
    apiTokensMax: apiTokensPerUserMax,
  });
  if (added === "full") {
    return refused("RATE_LIMITED", `at most ${apiTokensPerUserMax} API tokens; revoke one first`);
  }
  return { kind: "apiTokenCreated", token, record };
}

/** From the answer on the token is good for nothing. Refusals: UNAUTHENTICATED, NOT_FOUND. */
export async function revokeApiToken(
  { accounts }: Services,
  viewer: Viewer,
  { id }: { readonly id: string },
): Promise<ApiTokenRevoked | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  if (!(await accounts.credentials.removeApiToken(viewer.userId, id))) {
    return refused("NOT_FOUND", "there is no such API token", { path: ["id"] });
  }
  accounts.standings.changed(viewer.userId);
  return { kind: "apiTokenRevoked", id };
}

function problemOf(
  { limits }: Services,
  { name, scopes, expiresAt }: CreateApiTokenInput,
  now: number,
): RequestError | undefined {
  const bounds = { unitsMin: 1, unitsMax: limits.nameUnitsMax };
  const problem = checkText(name, bounds, "name");
  if (problem !== undefined) return problem;
  if (scopes.length === 0) return invalidInput("scopes must not be empty", "scopes");
  const lifetimeMs = expiresAt.getTime() - now;
  if (lifetimeMs <= 0) return invalidInput("expiresAt must be in the future", "expiresAt");
  if (lifetimeMs > LIFETIME_DAYS_MAX * DAY_MS) {
    return invalidInput(`expiresAt must be within ${LIFETIME_DAYS_MAX} days`, "expiresAt");
  }
  return undefined;
}
