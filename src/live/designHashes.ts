/** The hashes of documents: of one that stays in memory it is computed once, in slices of time. */
import type { Design } from "../domain/document/design.js";
import type { Sha256 } from "../domain/hashing.js";
import { designHashSteps } from "../domain/history/versionHash.js";
import type { Paced } from "./pace.js";

export interface HashServices {
  readonly pace: Paced;
  readonly sha256: Sha256;
}

const known = new WeakMap<Design, Promise<string>>();

/** `designHash` of the design, which nobody changes. */
export function hashOfDesign({ pace, sha256 }: HashServices, design: Design): Promise<string> {
  const before = known.get(design);
  if (before !== undefined) return before;
  const hash = pace.taken(designHashSteps(sha256, design));
  known.set(design, hash);
  return hash;
}
