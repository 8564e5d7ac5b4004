/** Whom a limit counts for. */
import { isIPv6 } from "node:net";

/** A person. */
export function userKey(userId: string): string {
  return `user:${userId}`;
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
