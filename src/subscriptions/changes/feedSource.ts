/** What feeds are made of: reads of the log and the state, bounded in number, and the time. */
import type { Document } from "../../domain/document/document.js";
import type { Clock } from "../../platform/clock.js";
import type { TemplateStore } from "../../storage/templates/templateStore.js";
import type { ChangeOperation } from "../../bus/changeBus.js";
import type { FeedSettings } from "../feedSettings.js";
import { Semaphore } from "../../platform/semaphore.js";
import { changeOperationOf } from "../../bus/changeBus.js";
import type { Warn } from "../../platform/logging.js";

/** Bytes of log rows that are read at once, unless the first alone has more. */
const READ_BYTES_MAX = 4_000_000;

export interface State {
  readonly version: number;
  readonly document: Document;
}

export interface FeedSourceOptions {
  readonly store: Pick<TemplateStore, "readLog" | "measureLog">;
  /** The newest state; may reject with `StorageUnavailable`. */
  readonly readState: (templateId: string) => Promise<State>;
  readonly clock: Clock;
  /** Runs the task soon, after what is under way: commits are answered before their fan-out. */
  readonly defer: (task: () => void) => void;
  readonly warn: Warn;
  readonly settings: FeedSettings;
}

export class FeedSource {
  readonly #options: FeedSourceOptions;
  readonly #semaphore: Semaphore;

  constructor(options: FeedSourceOptions) {
    this.#options = options;
    this.#semaphore = new Semaphore(options.settings.logReadsMax);
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get settings(): FeedSettings {
    return this.#options.settings;
  }

  get warn(): Warn {
    return this.#options.warn;
  }

  defer(task: () => void): void {
    this.#options.defer(task);
  }

  /** The operations after the version, oldest first; `operationBytes` guesses how many make up one event. */
  async readLog(
    templateId: string,
    afterVersion: number,
    operationBytes: number,
  ): Promise<ChangeOperation[]> {
    const { pageOperationsMax, pageBytesMax } = this.settings;
    const limit = Math.max(
      1,
      Math.min(pageOperationsMax, Math.ceil(pageBytesMax / operationBytes)),
    );
    const { store } = this.#options;
    const range = { templateId, afterVersion, limit };
    const logged = await this.#semaphore.run(async () => {
      // The guess may be far off: what is read at once is measured first.
      const fits = await store.measureLog(range, READ_BYTES_MAX);
      if (fits === undefined) return [];
      return store.readLog({ ...range, throughVersion: fits.throughVersion });
    });
    return logged.map(changeOperationOf);
  }

  readState(templateId: string): Promise<State> {
    return this.#semaphore.run(() => this.#options.readState(templateId));
  }
}
