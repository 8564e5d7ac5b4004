/** The audit log of a node, on its database. */
import { createHash } from "node:crypto";
import { AuditLog } from "../audit/auditLog.js";
import type { Closers } from "../platform/closers.js";
import type { Services } from "../commands/services.js";
import type { Config } from "../config/readConfig.js";
import type { Clock } from "../platform/clock.js";
import type { Logger } from "../platform/logging.js";
import type { Database } from "../storage/postgres/database.js";
import { PrismaAuditStore } from "../storage/audit/prismaAuditStore.js";
import { timeOrderedIds } from "../platform/timeOrderedId.js";

export interface AuditParts {
  readonly database: Database;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closers: Closers;
}

/** Opens the log before anything is attempted; the closers write what waits when nothing more is. */
export async function openAudit(
  config: Config,
  { database, nodeId, clock, logger, closers }: AuditParts,
): Promise<Pick<Services, "audit" | "auditLog">> {
  const store = new PrismaAuditStore(database.prisma);
  const log = new AuditLog({
    store,
    nodeId,
    clock,
    newId: timeOrderedIds(clock),
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    settings: config.audit,
    warn: (message, error) => logger.warn({ error }, message),
    recovered: (deadNode) =>
      logger.info({ deadNode }, "recovered: wrote the pending audit entries of a stopped node"),
  });
  await log.start();
  closers.add(() => log.close());
  return { audit: log.trail, auditLog: store };
}
