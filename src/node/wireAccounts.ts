/** Accounts of one node, put together for server.ts: who people are, and how they prove it. */
import { createOidcProvider } from "../accounts/oidc.js";
import { createPasswords } from "../accounts/passwords.js";
import { KnownStandings } from "../accounts/standings.js";
import { createTokens } from "../accounts/tokens.js";
import { createVerifyToken } from "../accounts/verifyToken.js";
import type { Closers } from "../platform/closers.js";
import type { Services } from "../commands/services.js";
import type { Config } from "../config/readConfig.js";
import { keptSecrets } from "../config/secrets.js";
import type { Clock } from "../platform/clock.js";
import type { Logger } from "../platform/logging.js";
import type { Database } from "../storage/postgres/database.js";
import { PrismaCredentialStore } from "../storage/credentials/prismaCredentialStore.js";
import { PrismaPermissionStore } from "../storage/access/prismaPermissionStore.js";
import { PrismaTeamStore } from "../storage/teams/prismaTeamStore.js";
import { PrismaUserStore } from "../storage/accounts/prismaUserStore.js";

export type WiredAccounts = Pick<Services, "accounts" | "passwords" | "tokens" | "users">;

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  readonly closers: Closers;
}

export function wireAccounts(
  config: Config,
  { database, clock, newId, logger, closers }: Parts,
): WiredAccounts {
  const { jwtSecret, tokenLifetimeSeconds, ...accountSettings } = config.accounts;
  const { refreshLifetimeSeconds, passwordResetLifetimeSeconds, ...kept } = accountSettings;
  const { signUp: mode, signUpDomains: domains, ...settings } = kept;
  const policy = { mode, domains };
  const users = new PrismaUserStore(database.prisma);
  const credentials = new PrismaCredentialStore(database.prisma);
  const standings = new KnownStandings({ store: credentials, clock });
  closers.add(async () => standings.close());
  const tokens = createTokens({
    secret: jwtSecret ?? keptSecrets(config.server.dataDir).jwtSecret,
    clock,
    lifetimeMs: tokenLifetimeSeconds * 1_000,
  });
  const verify = createVerifyToken({
    ...{ users, clock, newId, limits: config.limits, tokens, credentials },
    provider: providerOf(config, clock),
    signUp: policy,
    invitations: {
      teams: new PrismaTeamStore(database.prisma),
      permissions: new PrismaPermissionStore(database.prisma),
    },
    warn: (message, error) => logger.warn({ error }, message),
  });
  return {
    users,
    tokens,
    passwords: createPasswords(),
    accounts: {
      ...{ credentials, standings, verify },
      settings: {
        ...settings,
        refreshLifetimeMs: refreshLifetimeSeconds * 1_000,
        passwordResetLifetimeMs: passwordResetLifetimeSeconds * 1_000,
        signUp: policy,
        publicUrl: config.server.publicUrl,
      },
    },
  };
}

function providerOf({ accounts }: Config, clock: Clock) {
  const { oidcIssuer: issuer, oidcAudience: audience, oidcJwksUrl: jwksUrl } = accounts;
  if (issuer === undefined || audience === undefined) return undefined;
  return createOidcProvider({ issuer, audience, jwksUrl, clock });
}
