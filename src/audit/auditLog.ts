/** The audit log of one node: what follows attempts, what writes, and what keeps the log whole. */
import type { Sha256 } from "../domain/hashing.js";
import type { Clock } from "../platform/clock.js";
import type { AuditStore } from "../storage/audit/auditStore.js";
import { AuditKeeper } from "./auditKeeper.js";
import { AuditQueue } from "./auditQueue.js";
import type { AuditSettings } from "./auditSettings.js";
import { AuditTrail } from "./auditTrail.js";

export interface AuditLogParts {
  readonly store: AuditStore;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly sha256: Sha256;
  readonly settings: AuditSettings;
  readonly warn: (message: string, error: unknown) => void;
  readonly recovered?: (deadNodeId: string) => void;
}

export class AuditLog {
  readonly trail: AuditTrail;
  readonly queue: AuditQueue;
  readonly keeper: AuditKeeper;

  constructor(parts: AuditLogParts) {
    this.queue = new AuditQueue(parts);
    this.trail = new AuditTrail({ ...parts, queue: this.queue });
    this.keeper = new AuditKeeper({ ...parts, queue: this.queue });
  }

  /** Writes from now on. Rejects with StorageUnavailable. */
  async start(): Promise<void> {
    await this.keeper.start();
    await this.queue.start();
  }

  /** Writes what waits; nothing may be attempted any more. */
  async close(): Promise<void> {
    this.keeper.stop();
    await this.queue.close();
  }
}
