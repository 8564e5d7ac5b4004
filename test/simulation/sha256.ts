/** SHA-256 of a text in lower-case hex. */
import { createHash } from "node:crypto";
import type { Sha256 } from "../../src/domain/hashing.js";

export const sha256: Sha256 = (text) => createHash("sha256").update(text).digest("hex");
