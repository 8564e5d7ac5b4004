/** A one-time token with which the person of an account sets a new password, to be handed to them. */
import { makerOf } from "../../domain/access/credentials.js";
import type { UserRecord } from "../../storage/accounts/userStore.js";
import type { AccountServices } from "../accounts/accountServices.js";
import type { SignedInViewer } from "../authorize.js";
import type { Services } from "../services.js";
import { newLinkToken } from "../access/linkTokens.js";
import type { PasswordResetCreated } from "../accounts/accountOutcomes.js";

/** What making one needs. */
export interface PasswordResetParts extends Pick<Services, "clock"> {
  readonly accounts: Pick<AccountServices, "credentials"> & {
    readonly settings: Pick<AccountServices["settings"], "passwordResetLifetimeMs">;
  };
}

/** Why the account's password cannot be reset; undefined where it can. */
export function resetProblem(user: UserRecord): string | undefined {
  if (user.kind === "SERVICE")
    return "a service account has no password; create an API token for it";
  if (user.passwordHash === null) {
    return "the account has no password; its person signs in with the identity provider";
  }
  if (user.disabledAt !== null) return "the account is disabled; enable it first";
  return undefined;
}

/** In the place of earlier ones of the account; undefined where it is gone or disabled by now, or who makes it is signed out. */
export async function makePasswordReset(
  { accounts, clock }: PasswordResetParts,
  { userId, provesEmail }: { readonly userId: string; readonly provesEmail: boolean },
  createdBy: SignedInViewer | null,
): Promise<PasswordResetCreated | undefined> {
  const { token, tokenHash } = newLinkToken("reset");
  const createdAt = clock.now();
  const expiresAt = createdAt + accounts.settings.passwordResetLifetimeMs;
  const isMade = await accounts.credentials.addOneTimeToken({
    ...{ tokenHash, userId, purpose: "PASSWORD_RESET", provesEmail },
    ...{ createdById: createdBy?.userId ?? null, createdAt, expiresAt },
    maker: createdBy === null ? undefined : makerOf(createdBy),
  });
  return isMade ? { kind: "passwordResetCreated", userId, token, expiresAt } : undefined;
}
