/** Whether setting a permission changes anything. */
import type { Permission, PermissionChange } from "./permissionStore.js";

export function samePermission(
  before: Permission | undefined,
  after: PermissionChange["permission"],
): boolean {
  if (before === undefined || after === null) return before === undefined && after === null;
  return (
    before.role === after.role &&
    before.pageIds.join("\0") === after.pageIds.join("\0") &&
    before.elementTypes.join("\0") === after.elementTypes.join("\0")
  );
}
