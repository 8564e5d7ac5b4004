/** The rows of one-time tokens on PostgreSQL, and whether the account that creates credentials may still do so. */
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import { endAll, standingsOf } from "./credentialStatements.js";
import { proveOwnEmail } from "../accounts/proveEmail.js";
import type { NewOneTimeToken, PasswordReset } from "./credentialStore.js";
import { isLive, type Maker } from "../../domain/access/credentials.js";
import { isUuid } from "../postgres/uuid.js";

type Transaction = Prisma.TransactionClient;

const hashOf = (tokenHash: string) => Buffer.from(tokenHash, "hex");

/** The person's row is held, so that of two tokens made at once one is left. */
export async function addOneTimeToken(
  transaction: Transaction,
  { tokenHash, userId, purpose, createdById, createdAt, expiresAt, ...more }: NewOneTimeToken,
): Promise<boolean> {
  const { maker, provesEmail } = more;
  await holdAccounts(transaction, userId, maker);
  if (!(await makerStands(transaction, maker, createdAt))) return false;
  const isUsable = (await transaction.user.count({ where: { id: userId, disabledAt: null } })) > 0;
  if (!isUsable) return false;
  await transaction.oneTimeToken.deleteMany({ where: { userId, purpose } });
  await transaction.oneTimeToken.create({
    data: {
      ...{ hash: hashOf(tokenHash), userId, purpose, createdById, provesEmail },
      ...{ createdAt: new Date(createdAt), expiresAt: new Date(expiresAt) },
    },
  });
  return true;
}

export async function findOneTimeToken(
  prisma: PrismaClient,
  { tokenHash, purpose, now }: Pick<NewOneTimeToken, "tokenHash" | "purpose"> & { now: number },
): Promise<string | undefined> {
  const found = await prisma.oneTimeToken.findFirst({
    where: {
      ...{ hash: hashOf(tokenHash), purpose, expiresAt: { gt: new Date(now) } },
      user: { disabledAt: null },
    },
  });
  return found?.userId;
}

/** The person's row is held first, as above; the token is taken by its deletion: who comes second finds none. */
export async function resetPassword(
  transaction: Transaction,
  { tokenHash, passwordHash, now }: PasswordReset,
): Promise<string | undefined> {
  const held = {
    hash: hashOf(tokenHash),
    purpose: "PASSWORD_RESET",
    expiresAt: { gt: new Date(now) },
  };
  const shown = await transaction.oneTimeToken.findFirst({ where: held });
  if (shown === null) return undefined;
  const { userId, provesEmail } = shown;
  const where = { id: userId, disabledAt: null };
  const { count } = await transaction.user.updateMany({ where, data: { passwordHash } });
  const taken = await transaction.oneTimeToken.deleteMany({ where: held });
  if (count === 0 || taken.count === 0) throw new TokenTaken();
  await transaction.oneTimeToken.deleteMany({ where: { userId } });
  if (provesEmail) await proveOwnEmail(transaction, userId, now);
  await endAll(transaction, userId, now, false);
  return userId;
}

/** Takes back what was done: somebody else was quicker, or the account cannot be used any more. */
export class TokenTaken extends Error {
  override readonly name = "TokenTaken";
}

/**
 * Holds the rows of both, as whoever ends all sign-ins of one does: what is read afterwards stays so until the transaction
 * ends. The statement is one of its own: another one sees what was committed while this one waited.
 */
export async function holdAccounts(
  transaction: Prisma.TransactionClient,
  userId: string,
  maker: Maker | undefined,
): Promise<void> {
  const ids = [userId, ...(maker === undefined ? [] : [maker.userId])].filter(isUuid);
  await transaction.$executeRaw`
    SELECT FROM users WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`;
}

/** To be asked after the rows are held. */
export async function makerStands(
  transaction: Prisma.TransactionClient,
  maker: Maker | undefined,
  now: number,
): Promise<boolean> {
  if (maker === undefined) return true;
  const standings = await standingsOf(transaction, [maker.userId], now);
  return isLive(maker.credential, standings.get(maker.userId));
}
