/** Whether an account's e-mail address is known to be its person's. */
import type { UserRecord } from "../storage/userStore.js";

/**
 * That of an identity provider is. At signing up anybody can name any address, and nobody is asked to show that mail
 * to it reaches them.
 */
export function hasProvenAddress({ email, passwordHash }: UserRecord): boolean {
  return email !== null && passwordHash === null;
}
