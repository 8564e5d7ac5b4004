/** What was granted, where a test has no store of it. */
import { noGrant } from "../../src/domain/access/grant.js";
import { RememberingAccessReader } from "../../src/storage/access/accessReader.js";
import type { HeadReader } from "../../src/storage/templates/headReader.js";
import type { StoredGrant } from "../../src/storage/access/permissionStore.js";

const none = async (keys: readonly unknown[]): Promise<StoredGrant[]> =>
  keys.map(() => ({ grant: noGrant, validMs: null }));

/** Nobody was granted anything. */
export function ungranted(head: HeadReader["head"]): RememberingAccessReader {
  return new RememberingAccessReader({
    heads: { head },
    permissions: {
      readGrants: none,
      readKnownGrants: none,
      readGuestGrants: none,
      readPlace: async () => undefined,
    },
    clock: { monotonic: () => 0 },
  });
}
