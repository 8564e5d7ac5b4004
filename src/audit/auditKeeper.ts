/**
 * Keeps the audit log whole and open: makes its partitions ahead, and writes what nodes that died left, or what this
 * node is in doubt about. An accepted edit stands in its template's log with its author, client and time; its entry is
 * made from there, without the address, which died with the node.
 */
import { missingEdits, type MissingEdit } from "../domain/audit/missingEdits.js";
import type { AuditEntry } from "../domain/audit/auditEntry.js";
import type { Sha256 } from "../domain/hashing.js";
import type { Clock } from "../platform/clock.js";
import type { AuditStore, AuditWriter } from "../storage/audit/auditStore.js";
import type { AuditQueue } from "./auditQueue.js";
import type { AuditSettings } from "./auditSettings.js";

const DAY_MS = 86_400_000;
/** How far clocks of nodes may be apart, and how long an edit may wait between its request and its commit. */
const CLOCKS_APART_MS_MAX = 600_000;
const WRITTEN_AT_ONCE = 500;

export interface AuditKeeperParts {
  readonly store: AuditStore;
  readonly queue: AuditQueue;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly settings: AuditSettings;
  readonly warn: (message: string, error: unknown) => void;
  /** Told of each node that died, once what it left is written. */
  readonly recovered?: (deadNodeId: string) => void;
}

export class AuditKeeper {
  #cancels: (() => void)[] = [];
  /** Nodes that were silent in the run before, with their last sign: after an outage of the database all seem to be. */
  #suspected = new Map<string, number>();
  #stopped = false;

  constructor(private readonly parts: AuditKeeperParts) {}

  /** Makes the partitions, and looks after the log from then on. Rejects with StorageUnavailable. */
  async start(): Promise<void> {
    const { store, settings } = this.parts;
    const makePartitions = () => store.makePartitions(settings.auditMonthsAhead);
    await makePartitions();
    this.#every(DAY_MS, "the partitions of the audit log could not be created", makePartitions);
    this.#every(
      settings.auditSilenceMs / 2,
      "the pending audit entries of stopped nodes could not be written",
      () => this.restore(),
    );
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
  }

  /**
   * Writes what is missing where a node fell silent, in the second run that finds it so, or where this one is in doubt;
   * not before everybody else has written what may be theirs. Another run, here or elsewhere, adds nothing.
   */
  async restore(): Promise<void> {
    const { store, queue, nodeId, settings } = this.parts;
    const { auditSilenceMs } = settings;
    const writers = await store.writers(auditSilenceMs);
    const living = writers.filter((writer) => !writer.silent || writer.nodeId === nodeId);
    const through = Math.min(...living.map(({ writtenThrough }) => writtenThrough));
    if (!Number.isFinite(through)) return;
    const silent = writers.filter((writer) => !living.includes(writer));
    const gone = silent.filter(
      (writer) =>
        this.#suspected.get(writer.nodeId) === writer.clockAt &&
        writer.clockAt + auditSilenceMs <= through,
    );
    this.#suspected = new Map(silent.map((writer) => [writer.nodeId, writer.clockAt]));
    const { doubt } = queue;
    const settled =
      doubt !== undefined && doubt.last + auditSilenceMs <= through ? doubt : undefined;
    const since = Math.min(...gone.map(sinceOf), settled?.since ?? Infinity);
    if (Number.isFinite(since)) await this.#writeMissing(since, through);
    for (const writer of gone) {
      await store.endWriter(writer.nodeId);
      this.parts.recovered?.(writer.nodeId);
    }
    if (settled !== undefined) queue.settle(settled);
  }

  async #writeMissing(since: number, through: number): Promise<void> {
    const { store } = this.parts;
    const early = since - CLOCKS_APART_MS_MAX;
    for (const templateId of await store.templatesEditedSince(early)) {
      const edits = await store.editsSince(templateId, early);
      const concerned = edits.filter(
        ({ serverTimestamp }) => serverTimestamp >= since && serverTimestamp < through,
      );
      if (concerned.length === 0) continue;
      const audited = await store.auditedVersionsSince(templateId, early);
      const missing = missingEdits(concerned, audited);
      const people = missing.flatMap(({ edit }) => edit.userId ?? []);
      const services = await store.serviceAccountsAmong(people);
      const entries = missing.map((edit) => this.#entryOf(templateId, edit, services));
      for (let start = 0; start < entries.length; start += WRITTEN_AT_ONCE) {
        await store.write({ entries: entries.slice(start, start + WRITTEN_AT_ONCE) });
      }
    }
  }

  #entryOf(
    templateId: string,
    { edit, fromVersion, toVersion }: MissingEdit,
    services: ReadonlySet<string>,
  ): AuditEntry {
    const { undoes, redoes, userId, clientId, serverTimestamp } = edit;
    return {
      id: uuidOf(this.parts.sha256(`audit ${templateId} ${toVersion}`)),
      at: serverTimestamp,
      actorKind: userId === null ? "SYSTEM" : services.has(userId) ? "SERVICE_ACCOUNT" : "USER",
      actorId: userId,
      address: null,
      clientId,
      action: undoes !== null ? "UNDO" : redoes !== null ? "REDO" : "APPLY_OPERATIONS",
      resourceKind: "template",
      resourceIds: { templateId },
      templateId,
      teamId: null,
      result: "ACCEPTED",
      code: null,
      details: { fromVersion, toVersion, restored: true },
    };
  }

  #every(periodMs: number, failure: string, task: () => Promise<unknown>): void {
    const { clock, warn } = this.parts;
    const slot = this.#cancels.length;
    const wait = (): void => {
      if (this.#stopped) return;
      this.#cancels[slot] = clock.after(periodMs, () => {
        void task()
          .catch((error: unknown) => warn(failure, error))
          .finally(wait);
      });
    };
    wait();
  }
}

function sinceOf({ writtenThrough, inDoubtSince }: AuditWriter): number {
  return Math.min(writtenThrough, inDoubtSince ?? Infinity);
}

/** The same hash, as the UUID it names the same entry with wherever it is made. */
function uuidOf(hash: string): string {
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`];
  return `${parts.join("-")}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
