/** Whether an account's e-mail address is known to be its person's. */
import type { UserRecord } from "../../storage/accounts/userStore.js";

/**
 * That of an identity provider is. At signing up, and when it is changed, anybody can name any address, and nobody is
 * asked to show that mail to it reaches them.
 */
export function hasProvenAddress({ email, isEmailProven }: UserRecord): boolean {
  return email !== null && isEmailProven;
}
