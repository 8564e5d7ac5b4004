/** Whom a limit counts for. */
import { isIPv6 } from "node:net";
import type { Guest } from "../../domain/access/access.js";

/** A person. */
export function userKey(userId: string): string {
  return `user:${userId}`;
}

/** All guests who came the same way: by one share link, or to one template that is open itself. */
export function guestsKey({ shareLinkId, templateId }: Guest): string {
  return shareLinkId === null ? `guests:template:${templateId}` : `guests:link:${shareLinkId}`;
}

/** An address; of IPv6 the first 64 bits, within which whoever has one address has all. */
export function addressKey(address: string): string {
  return `address:${isIPv6(address) ? networkOf(address) : address}`;
}

function networkOf(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":"));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  // The last 32 bits may be written as an IPv4 address, which counts as two groups.
  const written = before.length + after.length + (address.includes(".") ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - written;
  const all = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
