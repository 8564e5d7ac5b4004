/**
 * SHA-256 of a text's UTF-8 bytes as 64 lower-case hex digits. Handed in, because the domain runs on Node and in
 * browsers and neither offers the other's synchronous function.
 */
export interface Sha256 {
  (text: string): string;
  /** Begins the hash of a text that comes in parts, where the platform can. */
  readonly begin?: () => RunningHash;
}

/** A hash of the parts so far. */
export interface RunningHash {
  /** Adds a part, which must not end within a surrogate pair. */
  update(text: string): unknown;
  /** The hash of all parts. */
  hex(): string;
}
