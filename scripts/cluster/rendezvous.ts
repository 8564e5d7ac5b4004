/** Consistent hashing: where a key goes changes only for the keys of a node that comes or goes. */
import { createHash } from "node:crypto";

/** The names in the order in which a key prefers them; the same for whoever asks (highest random weight). */
export function preferenceOf(key: string, names: readonly string[]): string[] {
  const weights = new Map(names.map((name) => [name, weightOf(key, name)]));
  return names.toSorted((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0));
}

function weightOf(key: string, name: string): number {
  return createHash("sha1").update(`${name}\0${key}`).digest().readUIntBE(0, 6);
}
