/** Whether who makes credentials may still do so, asked within the transaction that makes them. */
import { isLive, type Maker } from "../../domain/access/credentials.js";
import { standingsOf } from "./credentialStatements.js";
import type { Prisma } from "../generated/prisma/client.js";
import { isUuid } from "../postgres/uuid.js";

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
