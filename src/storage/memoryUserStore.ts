/** The twin of the accounts' store, in memory. */
import type { UserRole } from "../domain/access/administration.js";
import { ERASED_IDENTITY_MS_MAX } from "./userStore.js";
import type { Identity, UserCreation, UserRecord, UserStore } from "./userStore.js";

export class MemoryUserStore implements UserStore {
  private readonly users = new Map<string, UserRecord>();
  /** Of those who are not USER. */
  private readonly roles = new Map<string, UserRole>();

  /** Whose an identity is, by issuer and subject. */
  private readonly identities = new Map<string, string>();
  /** When an account of theirs was erased. */
  private readonly erased = new Map<string, number>();

  async create(user: UserRecord): Promise<UserCreation> {
    return this.add(user);
  }

  private add(user: UserRecord): UserCreation {
    if (this.users.has(user.id)) throw new Error(`user ${user.id} exists already`);
    const emails = [...this.users.values()].map(({ email }) => email);
    if (user.email !== null && emails.includes(user.email)) return { kind: "emailTaken" };
    this.users.set(user.id, { ...user });
    return { kind: "created" };
  }

  async createWithIdentity(
    user: UserRecord,
    identity: Identity,
    vouchedAt: number,
  ): Promise<UserCreation | { readonly kind: "identityTaken" | "identityErased" }> {
    if ((this.erased.get(keyOf(identity)) ?? -Infinity) >= vouchedAt) {
      return { kind: "identityErased" };
    }
    if (this.identities.has(keyOf(identity))) return { kind: "identityTaken" };
    const created = this.add(user);
    if (created.kind === "created") this.identities.set(keyOf(identity), user.id);
    return created;
  }

  async findByIdentity(identity: Identity): Promise<UserRecord | undefined> {
    const id = this.identities.get(keyOf(identity));
    return id === undefined ? undefined : this.findById(id);
  }

  async findByEmail(email: string): Promise<UserRecord | undefined> {
    const found = [...this.users.values()].find((user) => user.email === email);
    return found && { ...found };
  }

  async findById(id: string): Promise<UserRecord | undefined> {
    const found = this.users.get(id);
    return found && { ...found };
  }

  async findMany(ids: readonly string[]): Promise<UserRecord[]> {
    return [...new Set(ids)].flatMap((id) => {
      const found = this.users.get(id);
      return found === undefined ? [] : [{ ...found }];
    });
  }

  async roleOf(id: string): Promise<UserRole | undefined> {
    return this.users.has(id) ? (this.roles.get(id) ?? "USER") : undefined;
  }

  async setRole(id: string, role: UserRole): Promise<boolean> {
    if (this.users.has(id)) this.roles.set(id, role);
    return this.users.has(id);
  }

  async changePassword(id: string, expectedHash: string, newHash: string): Promise<boolean> {
    const user = this.users.get(id);
    if (user?.passwordHash !== expectedHash) return false;
    this.users.set(id, { ...user, passwordHash: newHash });
    return true;
  }

  async remove(id: string, erasedAt: number): Promise<boolean> {
    this.roles.delete(id);
    for (const [key, at] of this.erased) {
      if (at < erasedAt - ERASED_IDENTITY_MS_MAX) this.erased.delete(key);
    }
    for (const [key, userId] of this.identities) {
      if (userId !== id) continue;
      this.identities.delete(key);
      this.erased.set(key, erasedAt);
    }
    return this.users.delete(id);
  }

  async administrators(): Promise<UserRecord[]> {
    return [...this.users.values()]
      .filter(({ id }) => this.roles.get(id) === "ADMIN")
      .sort((a, b) => ((a.email ?? "") < (b.email ?? "") ? -1 : 1))
      .map((user) => ({ ...user }));
  }
}

function keyOf({ issuer, subject }: Identity): string {
  return JSON.stringify([issuer, subject]);
}
