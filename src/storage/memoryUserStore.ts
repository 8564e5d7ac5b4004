/** The twin of the accounts' store, in memory. */
import type { UserRole } from "../domain/access/administration.js";
import type { UserCreation, UserRecord, UserStore } from "./userStore.js";

export class MemoryUserStore implements UserStore {
  private readonly users = new Map<string, UserRecord>();
  /** Of those who are not USER. */
  private readonly roles = new Map<string, UserRole>();

  async create(user: UserRecord): Promise<UserCreation> {
    if (this.users.has(user.id)) throw new Error(`user ${user.id} exists already`);
    const emails = [...this.users.values()].map(({ email }) => email);
    if (emails.includes(user.email)) return { kind: "emailTaken" };
    this.users.set(user.id, { ...user });
    return { kind: "created" };
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

  async setRole(email: string, role: UserRole): Promise<boolean> {
    const user = await this.findByEmail(email);
    if (user !== undefined) this.roles.set(user.id, role);
    return user !== undefined;
  }

  async administrators(): Promise<UserRecord[]> {
    return [...this.users.values()]
      .filter(({ id }) => this.roles.get(id) === "ADMIN")
      .sort((a, b) => (a.email < b.email ? -1 : 1))
      .map((user) => ({ ...user }));
  }
}
