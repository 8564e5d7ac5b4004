/** The store of accounts on PostgreSQL, through Prisma. */
import type { UserRole } from "../../domain/access/administration.js";
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import { noteArrival } from "../notifications/arrivalNotices.js";
import { isDeadlock, violatedUniqueIndex } from "../postgres/errors.js";
import { takeNameFromLog } from "./nameInLog.js";
import { onDatabase } from "../postgres/statement.js";
import { eraseRow, identityHash } from "./erasedAccounts.js";
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
import { confirmEmail, isAddressTaken, proveEmail } from "./proveEmail.js";
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
      const where = { hash: identityHash(identity), erasedAt: { gte: new Date(vouchedAt) } };
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

  async confirmEmail(id: string, email: string, at: number) {
    return isUuid(id) ? confirmEmail(this.prisma, { id, email, at }) : "gone";
  }

  async findBySignInName(email: string): Promise<UserRecord | undefined> {
    const where = { email, passwordHash: { not: null } };
    const row = await onDatabase(() => this.prisma.user.findFirst({ where }));
    return row === null ? undefined : recordOf(row);
  }

  async findAtAddress(email: string): Promise<UserRecord[]> {
    const orderBy = { isEmailProven: "desc" } as const;
    const rows = await onDatabase(() => this.prisma.user.findMany({ where: { email }, orderBy }));
    return rows.map(recordOf);
  }

  async findById(id: string): Promise<UserRecord | undefined> {
    if (!isUuid(id)) return undefined;
    const row = await onDatabase(() => this.prisma.user.findUnique({ where: { id } }));
    return row === null ? undefined : recordOf(row);
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
        const keys = [userTurn(id), addressTurn(email)];
        return await transactionInTurn(this.prisma, keys, async (transaction) => {
          const others = { email, id: { not: id } };
          if ((await transaction.user.count({ where: others })) > 0) return "emailTaken" as const;
          const data = { email, isEmailProven: false };
          const where = { id, passwordHash: expectedHash, disabledAt: null };
          const { count } = await transaction.user.updateMany({ where, data });
          if (count === 0) return "gone" as const;
          await transaction.oneTimeToken.deleteMany({ where: { userId: id } });
          return "changed" as const;
        });
      } catch (error) {
        if (isAddressTaken(error)) return "emailTaken" as const;
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
          eraseRow(transaction, id, erasedAt),
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
        return await transactionInTurn(this.prisma, turn, async (transaction) => {
          const { email, isEmailProven } = user;
          // Who proves the address is kept from it by nobody who only named it.
          const isFree =
            isEmailProven ||
            email === null ||
            (await transaction.user.count({ where: { email } })) === 0;
          if (!isFree) return { kind: "emailTaken" } as const;
          await transaction.user.create({ data, select: { id: true } });
          // Asked afterwards: an erasure that is under way holds the identity until it is over.
          if (await isErased?.(transaction)) throw new IdentityErased();
          if (isEmailProven) await noteArrival(transaction, user);
          return { kind: "created" } as const;
        });
      } catch (error) {
        if (isAddressTaken(error)) return { kind: "emailTaken" } as const;
        if (violatedUniqueIndex(error) === "user_identities_pkey")
          return { kind: "identityTaken" } as const;
        throw error;
      }
    });
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

function recordOf(row: UserRow): UserRecord {
  const { id, email, name, passwordHash, avatarUrl, isEmailProven, kind, serviceTeamId } = row;
  return {
    ...{ id, email, name, passwordHash, avatarUrl, isEmailProven, kind, serviceTeamId },
    createdAt: row.createdAt.getTime(),
    disabledAt: row.disabledAt?.getTime() ?? null,
  };
}
