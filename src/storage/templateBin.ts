/** Templates that were in the bin for too long are removed for good, with their whole history. */
import type { PrismaClient } from "./generated/prisma/client.js";
import { onDatabase } from "./statement.js";

export const DAY_MS = 86_400_000;

/** Removing a template takes its log along: few at a time, so that no statement takes long. */
const BATCH = 10;
const LOCK_KEY = 1_934_848_092;

/**
 * Removes what was put into the bin at the instant (milliseconds since the epoch) or before, batch by batch as long as
 * `goesOn`; how many. Of several that run at once, all but one find nothing to do. Rejects with StorageUnavailable.
 */
export async function purgeBin(
  prisma: PrismaClient,
  binnedThrough: number,
  goesOn: () => boolean = () => true,
): Promise<number> {
  let removed = 0;
  while (goesOn()) {
    const batch = await onDatabase(() => removeBatch(prisma, new Date(binnedThrough)));
    removed += batch;
    if (batch === 0) break;
  }
  return removed;
}

function removeBatch(prisma: PrismaClient, binnedThrough: Date): Promise<number> {
  return prisma.$transaction(async (transaction) => {
    const [lock] = await transaction.$queryRaw<{ taken: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(${LOCK_KEY}) AS taken`;
    if (lock?.taken !== true) return 0;
    // Who is restored at this moment is asked about again when its row was waited for.
    return transaction.$executeRaw`
      DELETE FROM templates WHERE deleted_at <= ${binnedThrough} AND id IN (
        SELECT id FROM templates WHERE deleted_at <= ${binnedThrough}
        ORDER BY deleted_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)`;
  });
}
