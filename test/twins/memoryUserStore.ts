/** The twin of the accounts' store, in memory. */
import type { UserRole } from "../../src/domain/access/administration.js";
import { ERASED_IDENTITY_MS_MAX } from "../../src/storage/accounts/userStore.js";
import type {
  Identity,
  NewUser,
  ProfileChange,
  UserCreation,
  UserRecord,
  UserStore,
} from "../../src/storage/accounts/userStore.js";

export class MemoryUserStore implements UserStore {
  private readonly users = new Map<string, UserRecord>();
  /** Of those who are not USER. */
  private readonly roles = new Map<string, UserRole>();

  private readonly generations = new Map<string, number>();

  /** Whose an identity is, by issuer and subject. */
  private readonly identities = new Map<string, string>();
  /** When an account of theirs was erased. */
  private readonly erased = new Map<string, number>();

  async create(user: NewUser): Promise<UserCreation> {
    return this.add(user, false);
  }

  private add(user: NewUser, isEmailProven: boolean): UserCreation {
    if (this.users.has(user.id)) throw new Error(`user ${user.id} exists already`);
    if (user.email !== null) {
      const others = this.at(user.email).filter((other) => other.isEmailProven || !isEmailProven);
      if (others.length > 0) return { kind: "emailTaken" };
    }
    const standing = { disabledAt: null, kind: "PERSON", serviceTeamId: null } as const;
    this.users.set(user.id, { ...user, ...standing, isEmailProven });
    return { kind: "created" };
  }

  /** A service account of the team. */
  readonly addService = (
    account: Pick<UserRecord, "id" | "name" | "createdAt">,
    serviceTeamId: string,
  ): void => {
    const none = { email: null, passwordHash: null, avatarUrl: null, disabledAt: null };
    const kind = "SERVICE";
    this.users.set(account.id, { ...account, ...none, isEmailProven: false, kind, serviceTeamId });
  };

  async servicesOf(teamId: string): Promise<UserRecord[]> {
    const own = [...this.users.values()].filter(({ serviceTeamId }) => serviceTeamId === teamId);
    return own.sort((a, b) => a.createdAt - b.createdAt).map((user) => ({ ...user }));
  }

  async createWithIdentity(
    user: NewUser,
    identity: Identity,
    vouchedAt: number,
  ): Promise<UserCreation | { readonly kind: "identityTaken" | "identityErased" }> {
    if ((this.erased.get(keyOf(identity)) ?? -Infinity) >= vouchedAt) {
      return { kind: "identityErased" };
    }
    if (this.identities.has(keyOf(identity))) return { kind: "identityTaken" };
    const created = this.add(user, user.email !== null);
    if (created.kind === "created") this.identities.set(keyOf(identity), user.id);
    return created;
  }

  async proveEmail(id: string, email: string): Promise<void> {
    if (this.isProven(email) || this.users.get(id)?.email !== null) return;
    this.change(id, { email, isEmailProven: true });
  }

  async confirmEmail(id: string, email: string): Promise<"done" | "provenByOther" | "gone"> {
    const user = this.users.get(id);
    if (user?.email !== email) return "gone";
    if (!user.isEmailProven && this.isProven(email)) return "provenByOther";
    this.change(id, { isEmailProven: true });
    return "done";
  }

  private at(email: string): UserRecord[] {
    return [...this.users.values()].filter((user) => user.email === email);
  }

  private isProven(email: string): boolean {
    return this.at(email).some(({ isEmailProven }) => isEmailProven);
  }

  async findByIdentity(identity: Identity): Promise<UserRecord | undefined> {
    const id = this.identities.get(keyOf(identity));
    return id === undefined ? undefined : this.findById(id);
  }

  async findBySignInName(email: string): Promise<UserRecord | undefined> {
    const found = this.at(email).find(({ passwordHash }) => passwordHash !== null);
    return found && { ...found };
  }

  async findAtAddress(email: string): Promise<UserRecord[]> {
    const found = this.at(email).map((user) => ({ ...user }));
    return found.sort((a, b) => Number(b.isEmailProven) - Number(a.isEmailProven));
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

  async withdrawAdministration(id: string): Promise<"done" | "lastAdministrator"> {
    if (this.isLastAdministrator(id)) return "lastAdministrator";
    this.roles.delete(id);
    return "done";
  }

  async changeProfile(id: string, change: ProfileChange): Promise<boolean> {
    return this.change(id, change);
  }

  async changeEmail(id: string, email: string, expectedHash: string | null) {
    const user = this.users.get(id);
    if (user?.passwordHash !== expectedHash || user.disabledAt !== null) return "gone";
    if (this.at(email).some((holder) => holder.id !== id)) return "emailTaken" as const;
    this.endOneTimeTokens(id);
    this.change(id, { email, isEmailProven: false });
    return "changed" as const;
  }

  async disable(id: string, at: number): Promise<"done" | "lastAdministrator" | "gone"> {
    if (this.isLastAdministrator(id)) return "lastAdministrator";
    this.endOneTimeTokens(id);
    const disabledAt = this.users.get(id)?.disabledAt ?? at;
    return this.change(id, { disabledAt }) ? "done" : "gone";
  }

  async enable(id: string): Promise<boolean> {
    return this.change(id, { disabledAt: null });
  }

  private change(id: string, change: Partial<UserRecord>): boolean {
    const user = this.users.get(id);
    if (user !== undefined) this.users.set(id, { ...user, ...change });
    return user !== undefined;
  }

  private isLastAdministrator(id: string): boolean {
    const usable = [...this.users.values()].filter(
      (user) => this.roles.get(user.id) === "ADMIN" && user.disabledAt === null,
    );
    return usable.length === 1 && usable[0]?.id === id;
  }

  /** How often something happened that ends one-time tokens. */
  generationOf(id: string): number {
    return this.generations.get(id) ?? 0;
  }

  private endOneTimeTokens(id: string): void {
    this.generations.set(id, this.generationOf(id) + 1);
  }

  async changePassword(id: string, expectedHash: string, newHash: string): Promise<boolean> {
    const user = this.users.get(id);
    if (user?.passwordHash !== expectedHash || user.disabledAt !== null) return false;
    this.users.set(id, { ...user, passwordHash: newHash });
    this.endOneTimeTokens(id);
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
