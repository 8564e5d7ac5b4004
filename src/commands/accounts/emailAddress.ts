/** E-mail addresses as the names of accounts. */
import type { UserRecord } from "../../storage/accounts/userStore.js";

/** RFC 5321, 4.5.3.1: what a mail server has to accept. */
const UNITS_MAX = 254;

/**
 * A local part without spaces, control characters and what only quoted local parts may hold; a domain of at least
 * two labels. Letters of every script are fine. Whether mail arrives is not for syntax to say.
 */
const ADDRESS =
  /^[^\s@\p{C}"(),:;<>[\\\]]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u;

/** The address in the one form that accounts are kept under; undefined for text that is no address. */
export function parseEmailAddress(text: string): string | undefined {
  // Before the trimming, which would walk over any number of spaces.
  if (text.length > 2 * UNITS_MAX) return undefined;
  const address = text.trim().normalize("NFC").toLowerCase();
  return address.length <= UNITS_MAX && ADDRESS.test(address) ? address : undefined;
}

/**
 * Whether an account's e-mail address is known to be its person's. An identity provider or an administrator proved it,
 * or a one-time token that was sent to it. At signing up, and when it is changed, anybody can name any address; what
 * waits at the address is not theirs (docs/decisions/proven-addresses.md).
 */
export function hasProvenAddress({ email, isEmailProven }: UserRecord): boolean {
  return email !== null && isEmailProven;
}
