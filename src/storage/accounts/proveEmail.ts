/** Makes the address of an account proven, as far as no other account proved it. */
import { noteArrival } from "../notifications/arrivalNotices.js";
import { violatedUniqueIndex } from "../postgres/errors.js";
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import { onDatabase } from "../postgres/statement.js";
import { addressTurn, transactionInTurn, userTurn } from "../postgres/transactionTurns.js";

interface Proof {
  readonly id: string;
  readonly email: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Whether a write failed because another account has the address, signs in with it or proved it. */
export function isAddressTaken(error: unknown): boolean {
  const index = violatedUniqueIndex(error);
  return index === "users_sign_in_name_key" || index === "users_proven_email_key";
}

/** Gives an account without an address the one that its identity provider proved. */
export async function proveEmail(prisma: PrismaClient, proof: Proof): Promise<void> {
  await prove(prisma, proof, { email: null });
}

/** An administrator vouches for the address that the account has. */
export async function confirmEmail(
  prisma: PrismaClient,
  proof: Proof,
): Promise<"done" | "provenByOther" | "gone"> {
  return onDatabase(() => prove(prisma, proof, { email: proof.email }));
}

async function prove(
  prisma: PrismaClient,
  { id, email, at }: Proof,
  before: { readonly email: string | null },
) {
  const keys = [userTurn(id), addressTurn(email)];
  try {
    return await transactionInTurn(prisma, keys, async (transaction) => {
      const data = { email, isEmailProven: true };
      const where = { id, ...before, isEmailProven: false };
      const { count } = await transaction.user.updateMany({ where, data });
      if (count === 1) await noteArrival(transaction, { id, email, createdAt: at });
      const isDone = count === 1 || (await transaction.user.count({ where: { id, email } })) === 1;
      return isDone ? ("done" as const) : ("gone" as const);
    });
  } catch (error) {
    if (isAddressTaken(error)) return "provenByOther" as const;
    throw error;
  }
}

/** The address of the account counts as proven, unless another account proved it. */
export async function proveOwnEmail(
  transaction: Prisma.TransactionClient,
  userId: string,
  at: number,
): Promise<void> {
  const { count } = await transaction.$queryRaw<{ count: number }[]>`
    WITH proven AS (
      UPDATE users SET is_email_proven = true
      WHERE id = ${userId}::uuid AND NOT is_email_proven AND email IS NOT NULL
        AND NOT EXISTS (SELECT FROM users o WHERE o.email = users.email AND o.is_email_proven)
      RETURNING id)
    SELECT count(*)::int AS count FROM proven`.then(([row]) => row ?? { count: 0 });
  if (count === 0) return;
  const user = await transaction.user.findUniqueOrThrow({ where: { id: userId } });
  await noteArrival(transaction, { id: userId, email: user.email, createdAt: at });
}
