/** What was granted, where a test has no store of it. */
import { noGrant } from "../../src/domain/access/grant.js";
import { RememberingAccessReader } from "../../src/storage/accessReader.js";
import type { HeadReader } from "../../src/storage/headReader.js";
import type { PermissionStore } from "../../src/storage/permissionStore.js";

const none: PermissionStore["readGrants"] = async (keys) =>
  keys.map(() => ({ grant: noGrant, validMs: null }));

/** Nobody was granted anything. */
export function ungranted(head: HeadReader["head"]): RememberingAccessReader {
  return new RememberingAccessReader({
    heads: { head },
    permissions: { readGrants: none, readKnownGrants: none },
    clock: { monotonic: () => 0 },
  });
}
