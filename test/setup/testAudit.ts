import { createHash } from "node:crypto";
import { AuditLog } from "../../src/audit/auditLog.js";
import { defaultAuditSettings, type AuditSettings } from "../../src/audit/auditSettings.js";
import type { Services } from "../../src/commands/services.js";
import { systemClock, type Clock } from "../../src/platform/clock.js";
import type { AuditStore } from "../../src/storage/audit/auditStore.js";
import { MemoryAuditStore } from "../twins/memoryAuditStore.js";
import { timeOrderedIds } from "../../src/platform/timeOrderedId.js";

/** A store in memory that knows no templates and no teams. */
function memoryAuditStore(): MemoryAuditStore {
  const tables = {
    templateIds: () => [],
    readLog: async () => [],
    teamRoleOf: () => undefined,
    isPersonal: () => false,
  };
  return new MemoryAuditStore(tables, () => Date.now());
}

/** The audit log of a test's node, not started: it writes when it is flushed. */
export function testAuditLog(
  store: AuditStore,
  settings: Partial<AuditSettings> = {},
  clock: Clock = systemClock,
  warn: (message: string, error: unknown) => void = unexpected,
  nodeId = "node-of-the-test",
): AuditLog {
  return new AuditLog({
    store,
    nodeId,
    clock,
    newId: timeOrderedIds(clock),
    sha256: (text) => createHash("sha256").update(text).digest("hex"),
    settings: { ...defaultAuditSettings, ...settings },
    warn,
  });
}

function unexpected(message: string, error: unknown): never {
  throw new Error(message, { cause: error });
}

/** What services hold of it. */
export function testAudit(
  store: AuditStore = memoryAuditStore(),
): Pick<Services, "audit" | "auditLog"> {
  return { audit: testAuditLog(store).trail, auditLog: store };
}
