/** The twin of the accounts' store, in memory. */
import type { UserCreation, UserRecord, UserStore } from "./userStore.js";

export class MemoryUserStore implements UserStore {
  private readonly users = new Map<string, UserRecord>();

  async create(user: UserRecord): Promise<UserCreation> {
    if ((await this.findByEmail(user.email)) !== undefined) return { kind: "emailTaken" };
    this.users.set(user.id, { ...user });
    return { kind: "created" };
  }

  async findByEmail(email: string): Promise<UserRecord | undefined> {
    return [...this.users.values()].find((user) => user.email === email);
  }

  async findById(id: string): Promise<UserRecord | undefined> {
    return this.users.get(id);
  }

  async findMany(ids: readonly string[]): Promise<UserRecord[]> {
    return ids.flatMap((id) => this.users.get(id) ?? []);
  }
}
