/** JSON as it comes, in bytes: what it holds is counted and decoded in steps, so that others have their turn. */
import { StringDecoder } from "node:string_decoder";
import type { Steps } from "../../domain/steps.js";

/** Bytes that are counted or decoded in one step. */
export const BYTES_AT_ONCE = 262_144;

/** At least as many values as the JSON holds: each but the first follows a comma or an opening bracket. */
export function* valuesSteps(body: Buffer): Steps<number> {
  let count = 1;
  for (let start = 0; start < body.length; start += BYTES_AT_ONCE) {
    count += separatorsIn(body.subarray(start, start + BYTES_AT_ONCE));
    yield;
  }
  return count;
}

function separatorsIn(part: Buffer): number {
  let count = 0;
  for (let index = 0; index < part.length; index += 1) {
    const byte = part[index];
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) count += 1;
  }
  return count;
}

/** The text of UTF-8 bytes. */
export function* textSteps(body: Buffer): Steps<string> {
  if (body.length <= BYTES_AT_ONCE) return body.toString("utf8");
  const decoder = new StringDecoder("utf8");
  const parts: string[] = [];
  for (let start = 0; start < body.length; start += BYTES_AT_ONCE) {
    parts.push(decoder.write(body.subarray(start, start + BYTES_AT_ONCE)));
    yield;
  }
  return parts.join("");
}
