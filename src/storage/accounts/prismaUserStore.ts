/** The store of accounts on PostgreSQL, through Prisma. */
import { createHash } from "node:crypto";
import type { UserRole } from "../../domain/access/administration.js";
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import { noteArrival } from "../notifications/arrivalNotices.js";
import { isDeadlock, violatedUniqueIndex } from "../postgres/errors.js";
import { takeNameFromLog } from "./nameInLog.js";
import { onDatabase } from "../postgres/statement.js";
import { ERASED_IDENTITY_MS_MAX } from "./userStore.js";
import type {
  Identity,
  NewUser,
  ProfileChange,
  UserCreation,
  UserRecord,
  UserStore,
} from "./userStore.js";
import {
  addressTurn,
  inTurn,
  transactionInTurn,
  userTurn,
  type TurnKey,
} from "../postgres/transactionTurns.js";
import { proveEmail } from "./proveEmail.js";
import { isUuid } from "../postgres/uuid.js";

type Transaction = Prisma.TransactionClient;

const REMOVAL_TRIES_MAX = 5;

type UserRow = Omit<UserRecord, "createdAt" | "disabledAt"> & {
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
};

/** The store on an open client; the client stays the caller's to close. */
export class PrismaUserStore implements UserStore {
  constructor(private readonly prisma: PrismaClient) {}

  create(user: NewUser): Promise<UserCreation> {
    return this.insert({ ...user, isEmailProven: false }) as Promise<UserCreation>;
  }

  async createWithIdentity(user: NewUser, identity: Identity, vouchedAt: number) {
    const isErased = async (transaction: Transaction) => {
      const where = { hash: hashOf(identity), erasedAt: { gte: new Date(vouchedAt) } };
      return (await transaction.erasedIdentity.count({ where })) > 0;
    };
    try {
      const isEmailProven = user.email !== null;
      return await this.insert({ ...user, isEmailProven }, identity, isErased);
    } catch (error) {
      if (error instanceof IdentityErased) return { kind: "identityErased" } as const;
      throw error;
    }
  }

  async proveEmail(id: string, email: string, at: number): Promise<void> {
    if (isUuid(id)) await proveEmail(this.prisma, { id, email, at });
  }

  async findByIdentity(identity: Identity): Promise<UserRecord | undefined> {
    const found = await onDatabase(() =>
      this.prisma.userIdentity.findUnique({
        where: { issuer_subject: identity },
        include: { user: true },
      }),
    );
    return found === null ? undefined : recordOf(found.user);
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

  async servicesOf(teamId: string): Promise<UserRecord[]> {
    if (!isUuid(teamId)) return [];
    const rows = await onDatabase(() =>
      this.prisma.user.findMany({
        where: { serviceTeamId: teamId },
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      }),
    );
    return rows.map(recordOf);
  }

  async roleOf(id: string): Promise<UserRole | undefined> {
    if (!isUuid(id)) return undefined;
    const select = { role: true } as const;
    const row = await onDatabase(() => this.prisma.user.findUnique({ where: { id }, select }));
    return row?.role;
  }

  async setRole(id: string, role: UserRole): Promise<boolean> {
    if (!isUuid(id)) return false;
    const where = { id };
    const { count } = await onDatabase(() =>
      this.prisma.user.updateMany({ where, data: { role } }),
    );
    return count === 1;
  }

  async withdrawAdministration(id: string) {
    if (!isUuid(id)) return "done";
    return this.alone("administration of accounts", async (transaction) => {
      if (await isLastAdministrator(transaction, id)) return "lastAdministrator" as const;
      await transaction.user.updateMany({ where: { id }, data: { role: "USER" } });
      return "done" as const;
    });
  }

  async changeProfile(id: string, change: ProfileChange): Promise<boolean> {
    if (!isUuid(id)) return false;
    const data = { ...change };
    const { count } = await inTurn(this.prisma, [userTurn(id)], () =>
      this.prisma.user.updateMany({ where: { id }, data }),
    );
    return count === 1;
  }

  async changeEmail(id: string, email: string, expectedHash: string | null) {
    if (!isUuid(id)) return "gone";
    return onDatabase(async () => {
      try {
        return await transactionInTurn(this.prisma, [userTurn(id)], async (transaction) => {
          const data = { email, isEmailProven: false };
          const where = { id, passwordHash: expectedHash, disabledAt: null };
          const { count } = await transaction.user.updateMany({ where, data });
          if (count === 0) return "gone" as const;
          await transaction.oneTimeToken.deleteMany({ where: { userId: id } });
          return "changed" as const;
        });
      } catch (error) {
        if (violatedUniqueIndex(error) === "users_email_key") return "emailTaken" as const;
        throw error;
      }
    });
  }

  async changePassword(id: string, expectedHash: string, newHash: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    return this.alone(userTurn(id), async (transaction) => {
      const { count } = await transaction.user.updateMany({
        where: { id, passwordHash: expectedHash, disabledAt: null },
        data: { passwordHash: newHash },
      });
      if (count === 1) await transaction.oneTimeToken.deleteMany({ where: { userId: id } });
      return count === 1;
    });
  }

  async disable(id: string, at: number) {
    if (!isUuid(id)) return "gone";
    return this.alone("administration of accounts", async (transaction) => {
      if (await isLastAdministrator(transaction, id)) return "lastAdministrator" as const;
      const where = { id, disabledAt: null };
      await transaction.user.updateMany({ where, data: { disabledAt: new Date(at) } });
      await transaction.oneTimeToken.deleteMany({ where: { userId: id } });
      const isThere = (await transaction.user.count({ where: { id } })) === 1;
      return isThere ? ("done" as const) : ("gone" as const);
    });
  }

  async enable(id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const data = { disabledAt: null };
    const { count } = await onDatabase(() => this.prisma.user.updateMany({ where: { id }, data }));
    return count === 1;
  }

  async remove(id: string, erasedAt: number): Promise<boolean> {
    if (!isUuid(id)) return false;
    return onDatabase(async () => {
      // The foreign key would do it, too: all at once, and nobody edits the person's templates meanwhile.
      await takeNameFromLog(this.prisma, id);
      return this.removeRow(id, erasedAt);
    });
  }

  /**
   * A last edit of the person's holds the row of a template and asks for theirs, while this holds theirs and asks for
   * those of their templates. The edit is over when it is tried again.
   */
  private async removeRow(id: string, erasedAt: number): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await transactionInTurn(this.prisma, [userTurn(id)], (transaction) =>
          erase(transaction, id, erasedAt),
        );
      } catch (error) {
        if (!isDeadlock(error) || tries === REMOVAL_TRIES_MAX) throw error;
      }
    }
  }

  async administrators(): Promise<UserRecord[]> {
    const rows = await onDatabase(() =>
      this.prisma.user.findMany({ where: { role: "ADMIN" }, orderBy: { email: "asc" } }),
    );
    return rows.map(recordOf);
  }

  private alone<T>(key: TurnKey, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return transactionInTurn(this.prisma, [key], work);
  }

  private async insert(
    user: NewUser & Pick<UserRecord, "isEmailProven">,
    identity?: Identity,
    isErased?: (transaction: Transaction) => Promise<boolean>,
  ) {
    const identities = identity && { create: { ...identity } };
    const data = {
      ...user,
      createdAt: new Date(user.createdAt),
      ...(identities && { identities }),
    };
    return onDatabase(async () => {
      try {
        const turn = user.email === null ? [] : [addressTurn(user.email)];
        await transactionInTurn(this.prisma, turn, async (transaction) => {
          await transaction.user.create({ data, select: { id: true } });
          // Asked afterwards: an erasure that is under way holds the identity until it is over.
          if (await isErased?.(transaction)) throw new IdentityErased();
          if (user.isEmailProven) await noteArrival(transaction, user);
        });
        return { kind: "created" } as const;
      } catch (error) {
        const taken = violatedUniqueIndex(error);
        if (taken === "users_email_key") return { kind: "emailTaken" } as const;
        if (taken === "user_identities_pkey") return { kind: "identityTaken" } as const;
        throw error;
      }
    });
  }

  private async findOne(where: { email: string } | { id: string }) {
    const row = await onDatabase(() => this.prisma.user.findUnique({ where }));
    return row === null ? undefined : recordOf(row);
  }
}

/**
 * Whether nobody would be left who administers. Whoever asks holds the rows of all administrators until the transaction
 * ends: of two who shut each other out, one comes second and is told.
 */
async function isLastAdministrator(transaction: Transaction, id: string): Promise<boolean> {
  const rows = await transaction.$queryRaw<{ readonly id: string }[]>`
    SELECT id::text FROM users WHERE role = 'ADMIN' AND disabled_at IS NULL ORDER BY id FOR NO KEY UPDATE`;
  return rows.length === 1 && rows[0]?.id === id;
}

/** Takes back an account that was just made. */
class IdentityErased extends Error {
  override readonly name = "IdentityErased";
}

async function erase(transaction: Transaction, id: string, erasedAt: number): Promise<boolean> {
  const before = new Date(erasedAt - ERASED_IDENTITY_MS_MAX);
  await transaction.erasedIdentity.deleteMany({ where: { erasedAt: { lt: before } } });
  for (const identity of await transaction.userIdentity.findMany({ where: { userId: id } })) {
    const [hash, at] = [hashOf(identity), new Date(erasedAt)];
    const [create, update] = [{ hash, erasedAt: at }, { erasedAt: at }];
    await transaction.erasedIdentity.upsert({ where: { hash }, create, update });
  }
  const { count } = await transaction.user.deleteMany({ where: { id } });
  return count === 1;
}

function hashOf({ issuer, subject }: Identity): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify([issuer, subject]);
  return Uint8Array.from(createHash("sha256").update(text).digest());
}

function recordOf(row: UserRow): UserRecord {
  const { id, email, name, passwordHash, avatarUrl, isEmailProven, kind, serviceTeamId } = row;
  return {
    ...{ id, email, name, passwordHash, avatarUrl, isEmailProven, kind, serviceTeamId },
    createdAt: row.createdAt.getTime(),
    disabledAt: row.disabledAt?.getTime() ?? null,
  };
}
