/**
 * The port to who was granted what. Every change raises the template's access revision, which its head tells, so that
 * nobody goes on with a grant that was read before. Teams and projects count here and are changed elsewhere. Adapters
 * (Prisma, memory) pass one contract suite (test/contracts/permissionStore.ts).
 *
 * Every method may reject with `StorageUnavailable`: then nothing is known about whether it took effect.
 */
import type { AccessRole, Grant, Restriction } from "../../domain/access/grant.js";
import type { Place } from "../../domain/access/tokenLimit.js";

export interface GrantKey {
  readonly templateId: string;
  readonly userId: string;
}

/** A guest's way to a template: a share link, or null for the template itself, where it is open to guests. */
export interface GuestKey {
  readonly templateId: string;
  readonly shareLinkId: string | null;
}

/** A person's grant on a template, from all that counts at this moment. */
export interface StoredGrant {
  readonly grant: Grant;
  /** Milliseconds until something of it ends by itself; null where nothing does. */
  readonly validMs: number | null;
}

/** To whom somebody grants something: a person, a team, or whoever has an e-mail address. */
export type Holder =
  | { readonly kind: "user"; readonly userId: string }
  | { readonly kind: "team"; readonly teamId: string }
  | { readonly kind: "address"; readonly email: string };

/**
 * Who holds a permission. That of an address is its account's, from the moment that there is one whose address it provably
 * is, or of who accepted it with the token; `userId` tells whose only once they joined the template or accepted.
 */
export type PermissionHolder =
  | Exclude<Holder, { readonly kind: "address" }>
  | { readonly kind: "address"; readonly email: string; readonly userId: string | null };

/** What somebody granted on one template; what came through share links is not among it. */
export interface Permission extends Restriction {
  readonly id: string;
  readonly holder: PermissionHolder;
  readonly role: AccessRole;
  /** Milliseconds since the epoch. */
  readonly grantedAt: number;
}

export interface PermissionChange {
  readonly templateId: string;
  readonly holder: Holder;
  /** Null takes away what the holder had. */
  readonly permission: (Restriction & { readonly role: AccessRole }) | null;
  /** Of an address: what whoever has no proven address accepts with, in place of any token before. */
  readonly token?: AcceptanceToken;
  /** Who grants it, and when, in milliseconds since the epoch: the person it is given to is told. */
  readonly granted?: { readonly byId: string; readonly at: number };
}

export interface AcceptanceToken {
  /** SHA-256, as hex. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** How much there is on one template; what came through share links is not counted. */
export interface PermissionsSize {
  readonly count: number;
  /** What all their lists take: see `restrictionBytes`. */
  readonly restrictionBytes: number;
}

/** All that a change is judged by, as of the moment. */
export interface Permissions {
  /** What the holder has; undefined where that is nothing. */
  readonly own: Permission | undefined;
  /** What all others have; `isAdministered`: whether one of them administers the template, addresses nobody came for aside. */
  readonly others: PermissionsSize & { readonly isAdministered: boolean };
  /** Null where the author's account is gone. */
  readonly authorId: string | null;
  /** Whether a team or a project, with people of its own, has the template. */
  readonly hasPlace: boolean;
}

export type PermissionOutcome<R> =
  /** `isNews`: whether it changed anything; `permissionId`: of what is there, or was taken away; null where nothing was. */
  | { readonly kind: "set"; readonly isNews: boolean; readonly permissionId: string | null }
  | { readonly kind: "refused"; readonly reason: R }
  /** There is no such person or team. */
  | { readonly kind: "noHolder" }
  | { readonly kind: "gone" };

export interface PermissionStore {
  /** In the order asked, all in one query; nothing is granted on or to what is not there. */
  readGrants(keys: readonly GrantKey[]): Promise<StoredGrant[]>;
  /** The same without what an address holds whose person has neither joined nor accepted: what others may know. */
  readKnownGrants(keys: readonly GrantKey[]): Promise<StoredGrant[]>;
  /** What guests may do: VIEW where the link is there, not over and open to them, or the template is open to them. */
  readGuestGrants(keys: readonly GuestKey[]): Promise<StoredGrant[]>;
  /** How much was granted on each of the templates on which anything was. */
  sizes(templateIds: readonly string[]): Promise<Map<string, PermissionsSize>>;
  /** What was granted on each of these, oldest first; without `withRestrictions` the lists are not read, and empty. */
  list(
    templateIds: readonly string[],
    withRestrictions: boolean,
  ): Promise<Map<string, readonly Permission[]>>;
  /** Makes the change, unless `refuse` gives a reason on what is there, which nobody else can change before this is done. */
  change<R>(
    change: PermissionChange,
    refuse: (before: Permissions) => R | undefined,
  ): Promise<PermissionOutcome<R>>;
  /**
   * Makes the permission of an address the person's who has its token, also where an account with that address had it, unless
   * that joined or accepted. The same again for who accepted; undefined where there is no such token, it ran out, or its
   * template is in the bin.
   */
  accept(
    tokenHash: string,
    userId: string,
    now: number,
  ): Promise<{ readonly templateId: string; readonly isNews: boolean } | undefined>;
  /** Whether a permission waits for whoever has the token, as its hash, or the address: nobody joined or accepted. */
  isAwaited(
    by: { readonly tokenHash: string } | { readonly email: string },
    now: number,
  ): Promise<boolean>;
  /** Notes that the person joined the template: from now on others are told whose an address' permission is. */
  joined(key: GrantKey, now: number): Promise<void>;
  /** The templates with a share link whose time ran out in the last so many milliseconds, by the store's clock. */
  endedLinks(withinMs: number): Promise<string[]>;
  /** Where the template belongs: its team is that of its project, too. Undefined where there is none. */
  readPlace(templateId: string): Promise<Place | undefined>;
  /** Whether the person is in the team, as its owner or a member. */
  isInTeam(userId: string, teamId: string): Promise<boolean>;
}
