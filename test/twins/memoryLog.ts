/** The logs of the memory twin, and what reads them. */
import { logEntryOf, type LogEntry } from "../../src/domain/history/logEntry.js";
import type { OwnRun } from "../../src/domain/undo/undoLine.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import { copyOf, matchesIn, recordOf, runsIn, type MemoryRow } from "./memoryTemplateRow.js";
import { bytesById, measureRows, payloadBytes } from "./memorySizes.js";
import type {
  LogRange,
  LogSearch,
  OperationRecord,
  OwnRange,
} from "../../src/storage/templates/templateStore.js";

/** The part of a store of templates that reads logs; what writes them extends it. */
export class MemoryLog {
  protected readonly rows = new Map<string, MemoryRow>();

  async measureLog(range: LogRange, bytesMax: number) {
    return measureRows(await this.readLog(range), bytesMax);
  }

  async readLog(range: LogRange): Promise<LoggedOperation[]> {
    const row = this.rows.get(range.templateId);
    if (row === undefined) return [];
    const first = Math.max(0, range.afterVersion - row.logStartVersion);
    const last = (range.throughVersion ?? Infinity) - row.logStartVersion;
    const end = Math.max(first, Math.min(last, first + range.limit));
    return copyOf(row.log.slice(first, end));
  }

  async readHistory(range: LogRange): Promise<LogEntry[]> {
    return (await this.readLog(range)).map(logEntryOf);
  }

  async readRecords(
    range: LogRange,
    columns: { readonly payload: boolean },
  ): Promise<OperationRecord[]> {
    const operations = await this.readLog(range);
    return operations.map((operation) => recordOf(range.templateId, operation, columns.payload));
  }

  async searchLog(search: LogSearch): Promise<number[]> {
    return matchesIn(await this.readLog({ ...search, limit: Infinity }), search);
  }

  async countLog(search: LogSearch): Promise<number> {
    return (await this.searchLog(search)).length;
  }

  async readRecordsAt(id: string, versions: readonly number[], columns: { payload: boolean }) {
    const operations = await this.readAt(id, versions);
    return operations.map((operation) => recordOf(id, operation, columns.payload));
  }

  async measureLogAt(templateId: string, versions: readonly number[]) {
    const operations = await this.readAt(templateId, versions);
    return new Map(operations.map((row) => [row.resultingVersion, payloadBytes(row)]));
  }

  async findOperations(templateId: string, ids: readonly string[]): Promise<LoggedOperation[]> {
    const row = this.rows.get(templateId);
    const found = [...new Set(ids)].flatMap((id) => row?.byId.get(id) ?? []);
    return copyOf(found.toSorted((a, b) => a.resultingVersion - b.resultingVersion));
  }

  async measureOperations(templateId: string, ids: readonly string[]) {
    return bytesById(await this.findOperations(templateId, ids));
  }

  async readAuthors(templateId: string, ids: readonly string[]) {
    const found = await this.findOperations(templateId, ids);
    return new Map(found.map(({ id, userId }) => [id, userId]));
  }

  async readOwnRuns(range: OwnRange): Promise<OwnRun[]> {
    return runsIn(this.rows.get(range.templateId), range);
  }

  private async readAt(templateId: string, versions: readonly number[]) {
    const log = await this.readLog({ templateId, afterVersion: 0, limit: Infinity });
    const wanted = new Set(versions);
    return log.filter(({ resultingVersion }) => wanted.has(resultingVersion));
  }
}
