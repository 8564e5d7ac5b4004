/**
 * History that is too long to be held, for requests whose base is further behind than what a round of decisions reads. It is
 * read before the request enters its template's queue, so nobody waits for it there: page by page, keeping what can
 * matter to the request. One such read runs at a time on a node and few wait; what is kept is bounded.
 */
import type { LogEntry } from "../domain/history/logEntry.js";
import type { Relevance } from "../domain/merge/relevance.js";
import type { TemplateStore } from "../storage/templates/templateStore.js";

/** Entries read at a time; between two pages others get their turn. */
const PAGE_ENTRIES = 2_000;

/** Touches that are kept of a history; with more in it that a request could meet, nothing is merged. */
const KEPT_TOUCHES_MAX = 100_000;

/** Reads that wait for the one that runs. */
const WAITING_MAX = 8;

const BUSY_RETRY_MS = 2_000;

export interface FarRange {
  readonly templateId: string;
  readonly afterVersion: number;
  readonly throughVersion: number;
}

export type FarRead =
  /** What can matter of all that was committed in the range, oldest first. */
  | { readonly kind: "read"; readonly entries: readonly LogEntry[] }
  /** More of it can matter than is kept, or the log no longer holds the range. */
  | { readonly kind: "outOfReach" }
  | { readonly kind: "busy"; readonly retryAfterMs: number };

export class FarHistory {
  private running: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  /** `nearOperationsMax`: so far behind a round of decisions reads the history itself. */
  constructor(
    private readonly store: Pick<TemplateStore, "readHistory">,
    readonly nearOperationsMax: number,
  ) {}

  /** Rejects with StorageUnavailable. */
  async read(range: FarRange, relevance: Relevance): Promise<FarRead> {
    if (this.waiting > WAITING_MAX) return { kind: "busy", retryAfterMs: BUSY_RETRY_MS };
    this.waiting += 1;
    const turn = this.running.then(async () => {
      const read = await this.readThrough(range, relevance);
      const isWhole = read.kind !== "read" || !relevance.widen();
      return isWhole ? read : this.readThrough(range, relevance);
    });
    this.running = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.waiting -= 1;
    }
  }

  private async readThrough(range: FarRange, relevance: Relevance): Promise<FarRead> {
    const { templateId, throughVersion } = range;
    const entries: LogEntry[] = [];
    let touches = 0;
    let { afterVersion } = range;
    while (afterVersion < throughVersion) {
      const limit = PAGE_ENTRIES;
      const page = await this.store.readHistory({
        templateId,
        afterVersion,
        throughVersion,
        limit,
      });
      // The log has no holes: what does not follow was cut.
      if (page[0]?.resultingVersion !== afterVersion + 1) return { kind: "outOfReach" };
      for (const entry of page) {
        const footprint = relevance.of(entry.footprint);
        if (footprint.length === 0) continue;
        touches += footprint.length;
        if (touches > KEPT_TOUCHES_MAX) return { kind: "outOfReach" };
        entries.push({ ...entry, footprint });
      }
      afterVersion += page.length;
    }
    return { kind: "read", entries };
  }
}
