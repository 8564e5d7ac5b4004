/** The port to accounts. Adapters (Prisma, memory) pass one contract suite (test/contracts/userStore.ts). */
import type { UserRole } from "../domain/access/administration.js";

export interface UserRecord {
  readonly id: string;
  /** In lower case: what one signs in with. */
  readonly email: string;
  readonly name: string;
  /** argon2id, in PHC string format. */
  readonly passwordHash: string;
  readonly avatarUrl: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export type UserCreation = { readonly kind: "created" } | { readonly kind: "emailTaken" };

export interface UserStore {
  create(user: UserRecord): Promise<UserCreation>;
  findByEmail(email: string): Promise<UserRecord | undefined>;
  findById(id: string): Promise<UserRecord | undefined>;
  /** Those of the ids that exist, in any order, in one query. */
  findMany(ids: readonly string[]): Promise<UserRecord[]>;
  /** The role that the account has now; undefined where there is no such account. Accounts begin as USER. */
  roleOf(id: string): Promise<UserRole | undefined>;
  /** Gives the account a role; false where no account has this address. */
  setRole(email: string, role: UserRole): Promise<boolean>;
  /** Those with the role ADMIN, by e-mail address. */
  administrators(): Promise<UserRecord[]>;
}
