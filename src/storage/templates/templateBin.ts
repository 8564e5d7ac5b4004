/** Templates that were in the bin for too long are removed for good, with their whole history. */
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import { onDatabase } from "../postgres/statement.js";

export const DAY_MS = 86_400_000;

/** Removing a template takes its log along: few at a time, and a long log in stretches, so that no statement takes long. */
const BATCH = 10;
const VERSIONS_AT_ONCE = 50_000;
/** A batch is one transaction, whatever its statements are: until it is over a template can neither be lost in part nor restored. */
const BATCH_MS_MAX = 3_600_000;
const LOCK_KEY = 1_934_848_092;

/**
 * Removes what was put into the bin at the instant (milliseconds since the epoch) or before, batch by batch as long as
 * `goesOn`; how many. Of several that run at once, all but one find nothing to do. Rejects with StorageUnavailable.
 */
export async function purgeBin(
  prisma: PrismaClient,
  binnedThrough: number,
  goesOn: () => boolean = () => true,
  versionsAtOnce = VERSIONS_AT_ONCE,
): Promise<number> {
  let removed = 0;
  while (goesOn()) {
    const batch = await onDatabase(() =>
      prisma.$transaction(
        (transaction) => removeBatch(transaction, new Date(binnedThrough), versionsAtOnce),
        { timeout: BATCH_MS_MAX },
      ),
    );
    removed += batch;
    if (batch === 0) break;
  }
  return removed;
}

interface Binned {
  readonly id: string;
  readonly log_start_version: number;
  readonly version: number;
}

async function removeBatch(
  transaction: Prisma.TransactionClient,
  binnedThrough: Date,
  versionsAtOnce: number,
): Promise<number> {
  const [lock] = await transaction.$queryRaw<{ taken: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${LOCK_KEY}) AS taken`;
  if (lock?.taken !== true) return 0;
  // One that is restored at this moment is left alone; none can be restored from here on.
  const binned = await transaction.$queryRaw<Binned[]>`
    SELECT id, log_start_version, version FROM templates WHERE deleted_at <= ${binnedThrough}
    ORDER BY deleted_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
  const ids = binned.map(({ id }) => id);
  // The log lets go of what lies before its start alone.
  await transaction.$executeRaw`
    UPDATE templates SET log_start_version = version WHERE id = ANY(${ids}::uuid[])`;
  for (const { id, log_start_version: start, version } of binned) {
    for (let from = start; from + versionsAtOnce < version; from += versionsAtOnce) {
      await transaction.$executeRaw`
        DELETE FROM template_operations WHERE template_id = ${id}::uuid
          AND resulting_version > ${from} AND resulting_version <= ${from + versionsAtOnce}`;
    }
  }
  const { count } = await transaction.template.deleteMany({ where: { id: { in: ids } } });
  return count;
}
