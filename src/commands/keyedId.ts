/**
 * Ids of what is made under an idempotency key that the client chose. The same request by the same person leads to the
 * same id, so whoever sends it again because the answer was lost finds what the first try made. Another person's
 * request, or one with other content, leads to another id: a key tells nothing about what others made.
 */
import type { SignedInViewer } from "./authorize.js";
import { checkOptionalId } from "./editing/parseBatch.js";
import type { RequestError } from "./requestError.js";
import type { Services } from "./services.js";

/** What of a request decides whether it is the same one; JSON values. */
export type KeyedContent = readonly unknown[];

/** The refusal of a key that is no id. */
export function checkKey(
  services: Pick<Services, "limits">,
  key: string | null | undefined,
): RequestError | undefined {
  return checkOptionalId(services, key, "idempotencyKey");
}

/** A UUID of version 8 (RFC 9562) made from person, key and content; a new id where there is no key. */
export function keyedId(
  { newId, sha256 }: Pick<Services, "newId" | "sha256">,
  { userId }: SignedInViewer,
  key: string | null | undefined,
  content: KeyedContent,
): string {
  if (key == null) return newId();
  const hash = sha256(JSON.stringify([userId, key, ...content]));
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
}
