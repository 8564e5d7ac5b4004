/** Who holds a permission, and whether setting it changes anything. */
import { restrictionLists, type Restriction } from "../../domain/access/grant.js";
import type { Holder, Permission, PermissionChange } from "./permissionStore.js";

/** What names the holder among those of a kind. */
export function idOf(holder: Holder): string {
  switch (holder.kind) {
    case "user":
      return holder.userId;
    case "team":
      return holder.teamId;
    case "address":
      return holder.email;
  }
}

/** Whether the permission is the one that setting the holder's changes. */
export function isHeldBy({ holder }: Pick<Permission, "holder">, by: Holder): boolean {
  return holder.kind === by.kind && idOf(holder) === idOf(by);
}

export function samePermission(
  before: Permission | undefined,
  after: PermissionChange["permission"],
): boolean {
  if (before === undefined || after === null) return before === undefined && after === null;
  return (
    before.role === after.role &&
    restrictionLists.every((list) => before[list].join("\0") === after[list].join("\0"))
  );
}

/** The bytes of all that the lists name, as UTF-8. */
export function restrictionBytes(restriction: Restriction): number {
  return Buffer.byteLength(restrictionLists.map((list) => restriction[list].join("")).join(""));
}
