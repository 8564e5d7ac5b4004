/** SHA-256 on Node. */
import { createHash } from "node:crypto";
import type { Sha256 } from "./domain/hashing.js";

/** Of a whole text, or of parts. */
export const sha256: Sha256 = Object.assign(
  (text: string) => createHash("sha256").update(text).digest("hex"),
  {
    begin: () => {
      const hash = createHash("sha256");
      return { update: (text: string) => hash.update(text), hex: () => hash.digest("hex") };
    },
  },
);
