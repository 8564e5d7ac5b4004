/** Tokens of invitations, permissions, share links and password resets: 256 random bits behind a word that says what they are for. */
import { createHash, randomBytes } from "node:crypto";

export type LinkPurpose = "invitation" | "permission" | "share" | "reset";

const BYTES = 32;
const form = /^[\w-]{43}$/;

/** A new token, and the SHA-256 of it, as hex, which alone is kept. */
export function newLinkToken(purpose: LinkPurpose): { token: string; tokenHash: string } {
  const token = `${purpose}_${randomBytes(BYTES).toString("base64url")}`;
  return { token, tokenHash: hashOf(token) };
}

/** What is kept of a token, as hex; undefined for what cannot be one. */
export function linkTokenHash(purpose: LinkPurpose, token: string): string | undefined {
  const isOne = token.startsWith(`${purpose}_`) && form.test(token.slice(purpose.length + 1));
  return isOne ? hashOf(token) : undefined;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
