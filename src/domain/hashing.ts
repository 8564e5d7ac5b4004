/**
 * SHA-256 of a text's UTF-8 bytes as 64 lower-case hex digits. Handed in, because the domain runs on Node and in
 * browsers and neither offers the other's synchronous function.
 */
export type Sha256 = (text: string) => string;
