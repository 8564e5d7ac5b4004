/** Accounts on the services of a test. */
import { KnownStandings } from "../../src/accounts/standings.js";
import { createVerifyToken } from "../../src/accounts/verifyToken.js";
import type {
  AccountServices,
  AccountSettings,
} from "../../src/commands/accounts/accountServices.js";
import type { Invitations } from "../../src/commands/accounts/signUpPolicy.js";
import type { Services } from "../../src/commands/services.js";
import type { CredentialStore } from "../../src/storage/credentials/credentialStore.js";
import { MemoryCredentialStore } from "../twins/memoryCredentialStore.js";

const settings: AccountSettings = {
  refreshLifetimeMs: 1_000_000,
  signInsPerUserMax: 3,
  apiTokensPerUserMax: 3,
  passwordResetLifetimeMs: 86_400_000,
  publicUrl: undefined,
  signUp: { mode: "open", domains: [] },
};

/** Nobody is waited for. */
export const uninvited: Invitations = {
  teams: { isInvited: async () => false },
  permissions: { isAwaited: async () => false },
};

type Parts = Pick<Services, "users" | "clock" | "newId" | "limits" | "tokens">;

/** The real thing on the users of the test; its credentials are in memory where it has no store for them. */
export function testAccounts(parts: Parts, given?: CredentialStore): AccountServices {
  const credentials = given ?? new MemoryCredentialStore(parts.users);
  return {
    credentials,
    standings: new KnownStandings({ store: credentials, clock: parts.clock }),
    verify: createVerifyToken({
      ...parts,
      signUp: settings.signUp,
      invitations: uninvited,
      credentials,
      provider: undefined,
      warn: (message, error) => {
        throw new Error(message, { cause: error });
      },
    }),
    settings: { ...settings },
  };
}
