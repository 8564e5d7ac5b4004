/** Tokens of invitations, permissions, share links and password resets: 256 random bits behind a word that says what they are for. */
import { createHash, randomBytes } from "node:crypto";

export type LinkPurpose = "invitation" | "permission" | "share" | "reset";

/** The server's pages that links lead to. */
export const RESET_PASSWORD_PATH = "/reset-password";
export const INVITATION_PATH = "/invitation";

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

/**
 * The link to the page where a person uses a token of a reset, an invitation or a permission. The token is in the
 * fragment, which browsers send to no server. Without `publicUrl` the link is relative to the server's address.
 */
export function linkOf(token: string, publicUrl: string | undefined): string {
  const path = token.startsWith("reset_") ? RESET_PASSWORD_PATH : INVITATION_PATH;
  return `${publicUrl?.replace(/\/$/, "") ?? ""}${path}#${token}`;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
