/** Whether an account's e-mail address is known to be its person's. */
import type { UserRecord } from "../../storage/accounts/userStore.js";

/**
 * An identity provider or an administrator proved it, or a one-time token that was sent to it. At signing up, and when it
 * is changed, anybody can name any address; what waits at the address is not theirs (docs/decisions/proven-addresses.md).
 */
export function hasProvenAddress({ email, isEmailProven }: UserRecord): boolean {
  return email !== null && isEmailProven;
}
