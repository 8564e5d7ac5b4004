/** The port to accounts. Adapters (Prisma, memory) pass one contract suite (test/contracts/userStore.ts). */
import type { UserRole } from "../domain/access/administration.js";

export interface UserRecord {
  readonly id: string;
  /** In lower case: what one signs in with. Null where an identity provider told none that could be used. */
  readonly email: string | null;
  readonly name: string;
  /** argon2id, in PHC string format; null for who signs in with an identity provider. */
  readonly passwordHash: string | null;
  readonly avatarUrl: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
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
  create(user: UserRecord): Promise<UserCreation>;
  /**
   * Makes the account and its identity, both or none. "identityErased" where an account of that identity was erased since
   * its provider vouched for it (milliseconds since the epoch), as far as that is still known.
   */
  createWithIdentity(
    user: UserRecord,
    identity: Identity,
    vouchedAt: number,
  ): Promise<UserCreation | { readonly kind: "identityTaken" | "identityErased" }>;
  findByIdentity(identity: Identity): Promise<UserRecord | undefined>;
  findByEmail(email: string): Promise<UserRecord | undefined>;
  findById(id: string): Promise<UserRecord | undefined>;
  /** Those of the ids that exist, in any order, in one query. */
  findMany(ids: readonly string[]): Promise<UserRecord[]>;
  /** The role that the account has now; undefined where there is no such account. Accounts begin as USER. */
  roleOf(id: string): Promise<UserRole | undefined>;
  /** Gives the account a role; false where there is no such account. */
  setRole(id: string, role: UserRole): Promise<boolean>;
  /** Gives the account another password, if it still has the one expected; false otherwise. */
  changePassword(id: string, expectedHash: string, newHash: string): Promise<boolean>;
  /**
   * Erases the account with all that is only its person's; what they did stays, without a name. False where there is no
   * such account.
   */
  remove(id: string, erasedAt: number): Promise<boolean>;
  /** Those with the role ADMIN, by e-mail address. */
  administrators(): Promise<UserRecord[]>;
}
