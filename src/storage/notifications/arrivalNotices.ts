/** What waits in the inbox of somebody who comes with a proven address: what was granted to it, and invitations. */
import { noticesOfGrant, noticesOfInvitation } from "../../domain/notifications/notices.js";
import type { Prisma } from "../generated/prisma/client.js";
import { addNotifications } from "./notificationRows.js";

interface Arrival {
  readonly id: string;
  readonly email: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Of each kind, at most. */
const TOLD_MAX = 100;

/** Nobody follows the inbox yet, so nobody is told that there is something. */
export async function noteArrival(
  transaction: Prisma.TransactionClient,
  { id, email, createdAt }: Arrival,
): Promise<void> {
  const permissions = await transaction.templatePermission.findMany({
    where: { userId: id, email: { not: null } },
    select: { templateId: true, role: true },
    take: TOLD_MAX,
  });
  const isOpen = { acceptedById: null, expiresAt: { gt: new Date(createdAt) } };
  const invitations = await transaction.teamInvitation.findMany({
    where: { email: email ?? "", ...isOpen },
    select: { id: true, invitedById: true },
    take: TOLD_MAX,
  });
  const notices = [
    ...permissions.flatMap(({ role, templateId }) =>
      noticesOfGrant(id, role, { templateId, grantedById: null }),
    ),
    ...invitations.flatMap((invitation) => noticesOfInvitation([id], invitation)),
  ];
  await addNotifications(transaction, notices, createdAt);
}
