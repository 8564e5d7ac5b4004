/** Gives an account without an address the one that its identity provider proved, as far as no other account has it. */
import { noteArrival } from "../notifications/arrivalNotices.js";
import { violatedUniqueIndex } from "../postgres/errors.js";
import type { PrismaClient } from "../generated/prisma/client.js";
import { addressTurn, transactionInTurn, userTurn } from "../postgres/transactionTurns.js";

export async function proveEmail(
  prisma: PrismaClient,
  { id, email, at }: { readonly id: string; readonly email: string; readonly at: number },
): Promise<void> {
  const keys = [userTurn(id), addressTurn(email)];
  await transactionInTurn(prisma, keys, async (transaction) => {
    const data = { email, isEmailProven: true };
    const { count } = await transaction.user.updateMany({ where: { id, email: null }, data });
    if (count === 1) await noteArrival(transaction, { id, email, createdAt: at });
  }).catch((error: unknown) => {
    if (violatedUniqueIndex(error) !== "users_email_key") throw error;
  });
}
