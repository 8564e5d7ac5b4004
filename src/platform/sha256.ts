/** SHA-256 on Node, in the form that the domain takes it (`domain/hashing.ts`). */
import { createHash } from "node:crypto";

/** Of a whole text, or of parts. */
export const sha256 = Object.assign(
  (text: string) => createHash("sha256").update(text).digest("hex"),
  {
    begin: () => {
      const hash = createHash("sha256");
      return { update: (text: string) => hash.update(text), hex: () => hash.digest("hex") };
    },
  },
);
