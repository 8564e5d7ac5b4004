/** What was granted, where a test has no store of it. */
import { noGrant } from "../../src/domain/access/grant.js";
import { RememberingAccessReader } from "../../src/storage/accessReader.js";
import type { HeadReader } from "../../src/storage/headReader.js";

/** Nobody was granted anything. */
export function ungranted(head: HeadReader["head"]): RememberingAccessReader {
  return new RememberingAccessReader({
    heads: { head },
    permissions: {
      readGrants: async (keys) => keys.map(() => ({ grant: noGrant, validMs: null })),
    },
    clock: { monotonic: () => 0 },
  });
}
