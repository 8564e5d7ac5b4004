/** Tokens that mean nothing by themselves: 256 random bits, of which only the SHA-256 is kept. */
import { createHash, randomBytes } from "node:crypto";

const BYTES = 32;
const form = /^[\w-]{43}$/;
const API_TOKEN_PREFIX = "strata_";

export function newRefreshToken(): string {
  return randomBytes(BYTES).toString("base64url");
}

/** What is kept of a refresh token, as hex; undefined for what cannot be one. */
export function refreshTokenHash(token: string): string | undefined {
  return form.test(token) ? sha256(token).toString("hex") : undefined;
}

/**
 * A refresh token's successor, readable only with the token itself, as hex: a one-time pad. Its key is as random as the
 * token, and a token has one successor.
 */
export function sealSuccessor(token: string, successor: string): string {
  return padded(token, Buffer.from(successor, "base64url")).toString("hex");
}

/** The successor that was sealed with the token. */
export function openSuccessor(token: string, sealed: string): string {
  return padded(token, Buffer.from(sealed, "hex")).toString("base64url");
}

/** A token for programs, recognisable to people and to scanners that look for secrets in code. */
export function newApiToken(): string {
  return API_TOKEN_PREFIX + newRefreshToken();
}

/** What is kept of an API token, as hex; undefined for what cannot be one. */
export function apiTokenHash(token: string): string | undefined {
  if (!token.startsWith(API_TOKEN_PREFIX) || !form.test(token.slice(API_TOKEN_PREFIX.length))) {
    return undefined;
  }
  return sha256(token).toString("hex");
}

/** Kept apart from the hash that stands in the database, which must not open it. */
function padded(token: string, bytes: Buffer): Buffer {
  const pad = sha256(`strata refresh successor\n${token}`);
  return Buffer.from(bytes.map((byte, index) => byte ^ (pad[index] ?? 0)));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
