/** Session tokens: 256 random bits. Only their SHA-256 is kept, in the database and in memory alike. */
import { createHash, randomBytes } from "node:crypto";

const form = /^[\w-]{43}$/;

export function newSessionToken(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * What is kept of a token, as hex; undefined for what cannot be one. It is looked up as it is: how long that takes
 * tells of the hash, from which nobody gets to the token.
 */
export function sessionTokenHash(token: string): string | undefined {
  return form.test(token) ? createHash("sha256").update(token).digest("hex") : undefined;
}
