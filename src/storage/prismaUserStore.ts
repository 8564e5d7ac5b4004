/** The store of accounts on PostgreSQL, through Prisma. */
import type { UserRole } from "../domain/access/administration.js";
import type { PrismaClient } from "./generated/prisma/client.js";
import { violatedUniqueIndex } from "./errors.js";
import { onDatabase } from "./statement.js";
import type { UserCreation, UserRecord, UserStore } from "./userStore.js";
import { isUuid } from "./uuid.js";

type UserRow = Omit<UserRecord, "createdAt"> & { readonly createdAt: Date };

/** The store on an open client; the client stays the caller's to close. */
export class PrismaUserStore implements UserStore {
  constructor(private readonly prisma: PrismaClient) {}

  async create(user: UserRecord): Promise<UserCreation> {
    const data = { ...user, createdAt: new Date(user.createdAt) };
    return onDatabase(async () => {
      try {
        await this.prisma.user.create({ data, select: { id: true } });
        return { kind: "created" };
      } catch (error) {
        if (violatedUniqueIndex(error) !== "users_email_key") throw error;
        return { kind: "emailTaken" };
      }
    });
  }

  findByEmail(email: string): Promise<UserRecord | undefined> {
    return this.findOne({ email });
  }

  async findById(id: string): Promise<UserRecord | undefined> {
    return isUuid(id) ? this.findOne({ id }) : undefined;
  }

  async findMany(ids: readonly string[]): Promise<UserRecord[]> {
    const rows = await onDatabase(() =>
      this.prisma.user.findMany({ where: { id: { in: ids.filter(isUuid) } } }),
    );
    return rows.map(recordOf);
  }

  async roleOf(id: string): Promise<UserRole | undefined> {
    if (!isUuid(id)) return undefined;
    const select = { role: true } as const;
    const row = await onDatabase(() => this.prisma.user.findUnique({ where: { id }, select }));
    return row?.role;
  }

  async setRole(email: string, role: UserRole): Promise<boolean> {
    const where = { email };
    const { count } = await onDatabase(() =>
      this.prisma.user.updateMany({ where, data: { role } }),
    );
    return count === 1;
  }

  async administrators(): Promise<UserRecord[]> {
    const rows = await onDatabase(() =>
      this.prisma.user.findMany({ where: { role: "ADMIN" }, orderBy: { email: "asc" } }),
    );
    return rows.map(recordOf);
  }

  private async findOne(where: { email: string } | { id: string }) {
    const row = await onDatabase(() => this.prisma.user.findUnique({ where }));
    return row === null ? undefined : recordOf(row);
  }
}

function recordOf({ id, email, name, passwordHash, avatarUrl, createdAt }: UserRow): UserRecord {
  return { id, email, name, passwordHash, avatarUrl, createdAt: createdAt.getTime() };
}
