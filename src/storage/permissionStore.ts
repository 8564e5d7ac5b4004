/**
 * The port to who was granted what. Every change raises the template's access revision, which its head tells, so that
 * nobody goes on with a grant that was read before. Teams and projects count here and are changed elsewhere. Adapters
 * (Prisma, memory) pass one contract suite (test/contracts/permissionStore.ts).
 *
 * Every method may reject with `StorageUnavailable`: then nothing is known about whether it took effect.
 */
import type { AccessRole, Grant, Restriction } from "../domain/access/grant.js";

export interface GrantKey {
  readonly templateId: string;
  readonly userId: string;
}

/** A person's grant on a template, from all that counts at this moment. */
export interface StoredGrant {
  readonly grant: Grant;
  /** Milliseconds until something of it ends by itself; null where nothing does. */
  readonly validMs: number | null;
}

/** Who holds a permission: a person or a team. */
export type Holder =
  | { readonly kind: "user"; readonly userId: string }
  | { readonly kind: "team"; readonly teamId: string };

/** What somebody granted on one template; what came through share links is not among it. */
export interface Permission extends Restriction {
  readonly holder: Holder;
  readonly role: AccessRole;
  /** Milliseconds since the epoch. */
  readonly grantedAt: number;
}

export interface PermissionChange {
  readonly templateId: string;
  readonly holder: Holder;
  /** Null takes away what the holder had. */
  readonly permission: (Restriction & { readonly role: AccessRole }) | null;
}

/** All that a change is judged by, as of the moment. */
export interface Permissions {
  readonly permissions: readonly Permission[];
  /** Null where the author's account is gone. */
  readonly authorId: string | null;
  /** Whether a team or a project, with people of its own, has the template. */
  readonly hasPlace: boolean;
}

export type PermissionOutcome<R> =
  /** `isNews`: whether it changed anything. */
  | { readonly kind: "set"; readonly isNews: boolean }
  | { readonly kind: "refused"; readonly reason: R }
  /** There is no such person or team. */
  | { readonly kind: "noHolder" }
  | { readonly kind: "gone" };

export interface PermissionStore {
  /** In the order asked, all in one query; nothing is granted on or to what is not there. */
  readGrants(keys: readonly GrantKey[]): Promise<StoredGrant[]>;
  /** What was granted on the template, oldest first. */
  list(templateId: string): Promise<Permission[]>;
  /** Makes the change, unless `refuse` gives a reason on what is there, which nobody else can change before this is done. */
  change<R>(
    change: PermissionChange,
    refuse: (before: Permissions) => R | undefined,
  ): Promise<PermissionOutcome<R>>;
  /** The templates with a share link whose time ran out in the last so many milliseconds, by the store's clock. */
  endedLinks(withinMs: number): Promise<string[]>;
  /** Whether the person is in the team, as its owner or a member. */
  isInTeam(userId: string, teamId: string): Promise<boolean>;
}
