/** The twin of the audit log, in memory, over the twin of the templates. */
import type { TeamRole } from "../../src/domain/access/grant.js";
import type { AuditEntry } from "../../src/domain/audit/auditEntry.js";
import type { LoggedEdit, VersionRange } from "../../src/domain/audit/missingEdits.js";
import type {
  AuditBatch,
  AuditQuery,
  AuditStore,
  AuditWriter,
  AuditWriterState,
} from "../../src/storage/audit/auditStore.js";
import type { TemplateStore } from "../../src/storage/templates/templateStore.js";

interface Seen extends AuditWriterState {
  readonly seenAt: number;
}

/** What the audit log looks at beside itself. */
export interface AuditedTables {
  templateIds(): readonly string[];
  readLog: TemplateStore["readLog"];
  teamRoleOf(teamId: string, userId: string): TeamRole | undefined;
  isPersonal(templateId: string, authorId: string): boolean;
  /** Nobody is where it is absent. */
  isServiceAccount?(userId: string): boolean;
}

export class MemoryAuditStore implements AuditStore {
  private readonly entries = new Map<string, AuditEntry>();
  private readonly announced = new Map<string, { nodeId: string; entry: AuditEntry }>();
  private readonly seen = new Map<string, Seen>();

  constructor(
    private readonly tables: AuditedTables,
    private readonly now: () => number,
  ) {}

  async announce(nodeId: string, entry: AuditEntry): Promise<string | null> {
    this.announced.set(entry.id, { nodeId, entry: structuredClone(entry) });
    return entry.teamId;
  }

  async write({ entries, writer, withdrawn = [] }: AuditBatch): Promise<void> {
    for (const id of withdrawn) this.announced.delete(id);
    for (const entry of entries) this.add(entry);
    if (writer !== undefined) this.seen.set(writer.nodeId, { ...writer, seenAt: this.now() });
  }

  async list(query: AuditQuery): Promise<AuditEntry[]> {
    const { from, to, after, limit } = query;
    const direction = query.order === "newestFirst" ? -1 : 1;
    const found = [...this.entries.values()]
      .filter(({ at }) => at >= from && at < to)
      .filter(
        (entry) =>
          (["actorId", "templateId", "teamId", "action", "result"] as const).every(
            (name) => query[name] === undefined || query[name] === entry[name],
          ) &&
          (after === undefined || compare(entry, after) * direction > 0),
      )
      .toSorted((a, b) => compare(a, b) * direction);
    return structuredClone(found.slice(0, limit));
  }

  async teamRoleOf(teamId: string, userId: string): Promise<TeamRole | undefined> {
    return this.tables.teamRoleOf(teamId, userId);
  }

  async isPersonal(templateId: string, authorId: string): Promise<boolean> {
    return this.tables.isPersonal(templateId, authorId);
  }

  async makePartitions(): Promise<number> {
    return 0;
  }

  async writers(silentMs: number): Promise<AuditWriter[]> {
    return [...this.seen.values()]
      .map(({ seenAt, ...writer }) => ({ ...writer, silent: seenAt < this.now() - silentMs }))
      .toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
  }

  async endWriter(nodeId: string): Promise<void> {
    this.seen.delete(nodeId);
    for (const announced of [...this.announced.values()]) {
      if (announced.nodeId === nodeId) this.add(announced.entry);
    }
  }

  async templatesEditedSince(at: number): Promise<string[]> {
    const edited: string[] = [];
    for (const id of this.tables.templateIds()) {
      if ((await this.editsSince(id, at)).length > 0) edited.push(id);
    }
    return edited;
  }

  async serviceAccountsAmong(userIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(userIds.filter((id) => this.tables.isServiceAccount?.(id) === true));
  }

  async editsSince(templateId: string, at: number): Promise<LoggedEdit[]> {
    const log = await this.tables.readLog({ templateId, afterVersion: 1, limit: Infinity });
    return log
      .filter(({ serverTimestamp }) => serverTimestamp >= at)
      .map((operation) => ({
        version: operation.resultingVersion,
        batchId: operation.batchId,
        userId: operation.userId,
        clientId: operation.clientId,
        serverTimestamp: operation.serverTimestamp,
        undoes: operation.undoes,
        redoes: operation.redoes,
      }));
  }

  async auditedVersionsSince(templateId: string, since: number): Promise<VersionRange[]> {
    return [...this.entries.values()]
      .filter((entry) => entry.templateId === templateId && entry.at >= since)
      .filter(({ result, details }) => result === "ACCEPTED" && "toVersion" in details)
      .map(({ details }) => ({
        fromVersion: Number(details["fromVersion"]),
        toVersion: Number(details["toVersion"]),
      }));
  }

  private add(entry: AuditEntry): void {
    this.announced.delete(entry.id);
    const key = `${entry.at} ${entry.id}`;
    if (!this.entries.has(key)) this.entries.set(key, structuredClone(entry));
  }
}

type Place = Pick<AuditEntry, "at" | "id">;

function compare(a: Place, b: Place): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id === b.id ? 0 : 1);
}
