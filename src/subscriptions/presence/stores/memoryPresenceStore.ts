/** The presence store of a single node. */
import type { Clock } from "../../../platform/clock.js";
import type { PresenceEntry } from "../../../bus/presenceEntry.js";
import type { PresenceStore, StoredPresence } from "./presenceStore.js";

interface Row {
  /** Undefined for a session that is over. */
  readonly entry: PresenceEntry | undefined;
  readonly writtenAt: number;
}

export class MemoryPresenceStore implements PresenceStore {
  readonly #templates = new Map<string, Map<string, Row>>();

  constructor(
    private readonly clock: Pick<Clock, "monotonic">,
    private readonly lifetimeMs: number,
  ) {}

  async read(templateId: string): Promise<StoredPresence> {
    const now = this.clock.monotonic();
    const rows = this.#rowsOf(templateId);
    const entries = [...rows.values()].flatMap(({ entry, writtenAt }) =>
      entry === undefined ? [] : [{ entry, ageMs: now - writtenAt }],
    );
    const over = [...rows].flatMap(([id, { entry }]) => (entry === undefined ? [id] : []));
    return { entries, over };
  }

  async write(
    templateId: string,
    entries: readonly PresenceEntry[],
    over: readonly string[],
  ): Promise<void> {
    const writtenAt = this.clock.monotonic();
    const rows = this.#rowsOf(templateId);
    for (const entry of entries) {
      const row = rows.get(entry.sessionId);
      const isOld = row !== undefined && (row.entry?.sequence ?? Infinity) > entry.sequence;
      if (!isOld) rows.set(entry.sessionId, { entry, writtenAt });
    }
    for (const id of over) rows.set(id, { entry: undefined, writtenAt });
    if (rows.size > 0) this.#templates.set(templateId, rows);
  }

  async close(): Promise<void> {
    this.#templates.clear();
  }

  /** The template's rows that are still of use; a template without any is forgotten. */
  #rowsOf(templateId: string): Map<string, Row> {
    const rows = this.#templates.get(templateId) ?? new Map<string, Row>();
    const oldest = this.clock.monotonic() - this.lifetimeMs;
    for (const [id, { writtenAt }] of rows) if (writtenAt <= oldest) rows.delete(id);
    if (rows.size === 0) this.#templates.delete(templateId);
    return rows;
  }
}
