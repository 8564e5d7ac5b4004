/** Rows of invitations to teams, by what somebody shows. */
import type { Prisma } from "../generated/prisma/client.js";
import type { InvitationKey } from "./teamStore.js";
import { secretTurn, type TurnKey } from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

type Transaction = Prisma.TransactionClient;

/** What a change of an invitation waits for. */
export function turnsOfInvitation({ by }: InvitationKey): TurnKey[] {
  return ["tokenHash" in by ? secretTurn(by.tokenHash) : `invitation ${by.id}`];
}

/** The invitation, where it holds for the person. */
export async function invitationOf(
  transaction: Transaction,
  { userId, by, now }: InvitationKey,
): Promise<Prisma.TeamInvitationWhereInput> {
  const holds = {
    expiresAt: { gt: new Date(now) },
    OR: [{ acceptedById: null }, { acceptedById: userId }],
  };
  if ("tokenHash" in by) return { ...holds, tokenHash: Buffer.from(by.tokenHash, "hex") };
  const person = await transaction.user.findUnique({ where: { id: userId } });
  // Nobody was invited without an address.
  return { ...holds, id: isUuid(by.id) ? by.id : userId, email: person?.email ?? "" };
}
