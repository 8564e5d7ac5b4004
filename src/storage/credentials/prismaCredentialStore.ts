/** The store of sign-ins and API tokens on PostgreSQL, through Prisma. */
import type { Maker, Standing } from "../../domain/access/credentials.js";
import { type TokenLimit, scopes } from "../../domain/access/viewer.js";
import {
  endAll,
  endByRefreshToken,
  insertApiToken,
  insertSignIn,
  rotate,
  standingsOf,
} from "./credentialStatements.js";
import type {
  ApiTokenAddition,
  ApiTokenRecord,
  CredentialStore,
  NewApiToken,
  NewOneTimeToken,
  NewSignIn,
  PasswordReset,
  Rotated,
  Rotation,
  ShownApiToken,
} from "./credentialStore.js";
import type { ApiToken, Prisma, PrismaClient } from "../generated/prisma/client.js";
import {
  addOneTimeToken,
  findOneTimeToken,
  resetPassword,
  TokenTaken,
  holdAccounts,
  makerStands,
} from "./oneTimeTokens.js";
import { isForeignKeyViolation } from "../postgres/errors.js";
import { onDatabase } from "../postgres/statement.js";
import {
  inTurn,
  secretTurn,
  transactionInTurn,
  userTurn,
  type TurnKey,
} from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

/** The store on an open client; the client stays the caller's to close. */
export class PrismaCredentialStore implements CredentialStore {
  constructor(private readonly prisma: PrismaClient) {}

  async signIn(signIn: NewSignIn): Promise<boolean> {
    const { userId } = signIn;
    return isUuid(userId) && this.#alone(userId, undefined, (alone) => insertSignIn(alone, signIn));
  }

  rotate(rotation: Rotation): Promise<Rotated> {
    return inTurn(this.prisma, [secretTurn(rotation.hash)], () => rotate(this.prisma, rotation));
  }

  signOut(refreshHash: string): Promise<string | undefined> {
    return onDatabase(() => endByRefreshToken(this.prisma, refreshHash));
  }

  async endAll(userId: string, now: number, apiTokens: boolean): Promise<void> {
    if (!isUuid(userId)) return;
    await transactionInTurn(this.prisma, [userTurn(userId)], (transaction) =>
      endAll(transaction, userId, now, apiTokens),
    );
  }

  /**
   * The work alone with the person's credentials, so that what it counts holds. The lock is a statement of its own: one
   * statement counts what was there when it began, also where it waited.
   */
  #alone<T>(
    userId: string,
    maker: Maker | undefined,
    work: (transaction: Prisma.TransactionClient) => Promise<T>,
  ): Promise<T> {
    return transactionInTurn(this.prisma, turnsOf(userId, maker), async (transaction) => {
      await holdAccounts(transaction, userId, maker);
      return work(transaction);
    });
  }

  async addOneTimeToken(token: NewOneTimeToken): Promise<boolean> {
    if (!isUuid(token.userId)) return false;
    return transactionInTurn(this.prisma, turnsOf(token.userId, token.maker), (transaction) =>
      addOneTimeToken(transaction, token),
    );
  }

  findOneTimeToken(token: Parameters<CredentialStore["findOneTimeToken"]>[0]) {
    return onDatabase(() => findOneTimeToken(this.prisma, token));
  }

  resetPassword(reset: PasswordReset): Promise<string | undefined> {
    return transactionInTurn(this.prisma, [secretTurn(reset.tokenHash)], (transaction) =>
      resetPassword(transaction, reset),
    ).catch((error: unknown) => {
      if (error instanceof TokenTaken) return undefined;
      throw error;
    });
  }

  async dropExpiredOneTimeTokens(now: number): Promise<number> {
    const where = { expiresAt: { lte: new Date(now) } };
    const { count } = await onDatabase(() => this.prisma.oneTimeToken.deleteMany({ where }));
    return count;
  }

  async addApiToken(token: NewApiToken): Promise<ApiTokenAddition> {
    const { userId, limit, maker, createdAt } = token;
    if (limit !== null && !isUuid(limit.id)) return "gone";
    const added = this.#alone(userId, maker, async (alone) => {
      if (!(await makerStands(alone, maker, createdAt))) return "ended";
      const where = { id: userId, disabledAt: null };
      if ((await alone.user.count({ where })) === 0) return "unusable";
      return (await insertApiToken(alone, token)) ? "added" : "full";
    });
    return added.catch((error: unknown) => {
      if (isForeignKeyViolation(error)) return "gone" as const;
      throw error;
    });
  }

  async findApiToken(tokenHash: string): Promise<ShownApiToken | undefined> {
    const where = { tokenHash: Buffer.from(tokenHash, "hex") };
    const include = { user: { select: { kind: true, serviceTeamId: true } } } as const;
    const row = await onDatabase(() => this.prisma.apiToken.findUnique({ where, include }));
    if (row === null) return undefined;
    const { kind, serviceTeamId } = row.user;
    return { ...recordOf(row), isService: kind === "SERVICE", serviceTeamId };
  }

  async apiTokens(userId: string): Promise<ApiTokenRecord[]> {
    if (!isUuid(userId)) return [];
    const rows = await onDatabase(() =>
      this.prisma.apiToken.findMany({
        where: { userId },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      }),
    );
    return rows.map(recordOf);
  }

  async removeApiToken(userId: string, id: string): Promise<boolean> {
    if (!isUuid(userId) || !isUuid(id)) return false;
    const where = { id, userId };
    const { count } = await onDatabase(() => this.prisma.apiToken.deleteMany({ where }));
    return count === 1;
  }

  async apiTokenUsed(id: string, now: number): Promise<void> {
    if (!isUuid(id)) return;
    const lastUsedAt = new Date(now);
    await onDatabase(() =>
      this.prisma.apiToken.updateMany({ where: { id }, data: { lastUsedAt } }),
    );
  }

  async standings(userIds: readonly string[], now: number): Promise<ReadonlyMap<string, Standing>> {
    const ids = userIds.filter(isUuid);
    if (ids.length === 0) return new Map();
    return onDatabase(() => standingsOf(this.prisma, ids, now));
  }
}

/** Whose rows are held: of an account and of who makes something for it. */
function turnsOf(userId: string, maker: Maker | undefined): TurnKey[] {
  return [userId, ...(maker === undefined ? [] : [maker.userId])].map(userTurn);
}

function limitOf({ teamId, projectId, templateId }: ApiToken): TokenLimit | null {
  if (teamId !== null) return { kind: "team", id: teamId };
  if (projectId !== null) return { kind: "project", id: projectId };
  return templateId === null ? null : { kind: "template", id: templateId };
}

function recordOf(row: ApiToken): ApiTokenRecord {
  return {
    id: row.id,
    userId: row.userId,
    name: row.name,
    scopes: scopes.filter((scope) => row.scopes.includes(scope)),
    createdAt: row.createdAt.getTime(),
    expiresAt: row.expiresAt.getTime(),
    lastUsedAt: row.lastUsedAt?.getTime() ?? null,
    limit: limitOf(row),
  };
}
