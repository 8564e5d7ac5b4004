/** The port to accounts. Adapters (Prisma, memory) pass one contract suite (test/contracts/userStore.ts). */
import type { UserRole } from "../../domain/access/administration.js";

export interface UserRecord {
  readonly id: string;
  /**
   * In lower case. An account with a password signs in with it, whether it is proven or not; null where an identity
   * provider told none that could be used.
   */
  readonly email: string | null;
  readonly name: string;
  /** argon2id, in PHC string format; null for who signs in with an identity provider. */
  readonly passwordHash: string | null;
  readonly avatarUrl: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Whether the address is known to be the person's. */
  readonly isEmailProven: boolean;
  /** Since when an administrator keeps the account from being used; null where it can be used. */
  readonly disabledAt: number | null;
  readonly kind: UserKind;
  /** Of a service account; null where its team is gone, and for people. */
  readonly serviceTeamId: string | null;
}

/** Who an account is of: a person, or a program of a team. */
export type UserKind = "PERSON" | "SERVICE";

/** A person's account as it is made: not disabled. */
export type NewUser = Omit<UserRecord, "isEmailProven" | "disabledAt" | "kind" | "serviceTeamId">;

/** What a person may change of how others see them; absent: it stays. */
export interface ProfileChange {
  readonly name?: string;
  readonly avatarUrl?: string | null;
}

export type UserCreation = { readonly kind: "created" } | { readonly kind: "emailTaken" };

/** Who an outside identity provider says somebody is. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

/** How long it is known that an identity was erased: longer than providers' tokens are good for. */
export const ERASED_IDENTITY_MS_MAX = 30 * 86_400_000;

export interface UserStore {
  /** The address counts as not proven. "emailTaken" where any account has it. */
  create(user: NewUser): Promise<UserCreation>;
  /**
   * Makes the account and its identity, both or none; the address counts as proven. "emailTaken" where another account
   * proved it: who only signs in with it keeps nobody from it. "identityErased" where an account of that identity was erased since
   * its provider vouched for it (milliseconds since the epoch), as far as that is still known.
   */
  createWithIdentity(
    user: NewUser,
    identity: Identity,
    vouchedAt: number,
  ): Promise<UserCreation | { readonly kind: "identityTaken" | "identityErased" }>;
  /**
   * Gives an account without an address the one that its identity provider proved; no change where it has one or another
   * account proved this one. What waits at the address is the person's then.
   */
  proveEmail(id: string, email: string, at: number): Promise<void>;
  /**
   * The account's own address counts as proven, with what waits at it. "provenByOther" where another account proved it;
   * "gone" where the account is gone or has another address.
   */
  confirmEmail(id: string, email: string, at: number): Promise<"done" | "provenByOther" | "gone">;
  findByIdentity(identity: Identity): Promise<UserRecord | undefined>;
  /** The account that signs in with the address and a password. */
  findBySignInName(email: string): Promise<UserRecord | undefined>;
  /** Those with the address, at most two: the one that proved it comes first, then the one that only signs in with it. */
  findAtAddress(email: string): Promise<UserRecord[]>;
  findById(id: string): Promise<UserRecord | undefined>;
  /** Those of the ids that exist, in any order, in one query. */
  findMany(ids: readonly string[]): Promise<UserRecord[]>;
  /** The service accounts of a team, oldest first. */
  servicesOf(teamId: string): Promise<UserRecord[]>;
  /** The role that the account has now; undefined where there is no such account. Accounts begin as USER. */
  roleOf(id: string): Promise<UserRole | undefined>;
  /** Gives the account a role; false where there is no such account. */
  setRole(id: string, role: UserRole): Promise<boolean>;
  /** Takes the role ADMIN away, unless the account is the last one that has it and can be used. */
  withdrawAdministration(id: string): Promise<"done" | "lastAdministrator">;
  /** Changes how others see the person; false where there is no such account. */
  changeProfile(id: string, change: ProfileChange): Promise<boolean>;
  /**
   * Gives the account another address, which is not proven, and ends its one-time tokens. "gone" also where it is disabled
   * or has another password than the one that was checked.
   */
  changeEmail(
    id: string,
    email: string,
    expectedHash: string | null,
  ): Promise<"changed" | "emailTaken" | "gone">;
  /** Gives the account another password, if it still has the one expected and is not disabled; false otherwise. Its one-time tokens end. */
  changePassword(id: string, expectedHash: string, newHash: string): Promise<boolean>;
  /**
   * Keeps the account from being used and ends its one-time tokens; again keeps the first instant. Refused for the last
   * administrator whose account can be used.
   */
  disable(id: string, at: number): Promise<"done" | "lastAdministrator" | "gone">;
  /** Lets the account be used again; false where there is no such account. */
  enable(id: string): Promise<boolean>;
  /**
   * Erases the account with all that is only its person's; what they did stays, without a name. False where there is no
   * such account.
   */
  remove(id: string, erasedAt: number): Promise<boolean>;
  /** Those with the role ADMIN, by e-mail address. */
  administrators(): Promise<UserRecord[]>;
}
