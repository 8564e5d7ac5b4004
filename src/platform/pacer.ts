/** Runs a task on request, at once after a pause and else no more often than its interval; never twice at a time. */
import type { Clock } from "./clock.js";

export class Pacer {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #task: () => void | Promise<void>;
  #lastAt = Number.NEGATIVE_INFINITY;
  #wanted = false;
  #running = false;
  #cancel: (() => void) | undefined;

  /** The task must not reject. */
  constructor(clock: Clock, intervalMs: number, task: () => void | Promise<void>) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#task = task;
  }

  /** Lets the task run soon; requests until then are one. */
  request(): void {
    this.#wanted = true;
    if (this.#running || this.#cancel !== undefined) return;
    const waitMs = Math.max(0, this.#lastAt + this.#intervalMs - this.#clock.monotonic());
    this.#cancel = this.#clock.after(waitMs, () => void this.#run());
  }

  /** Runs what was requested now, whenever it ran last. */
  hurry(): void {
    if (!this.#wanted || this.#running) return;
    this.#cancel?.();
    void this.#run();
  }

  stop(): void {
    this.#wanted = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #run(): Promise<void> {
    this.#cancel = undefined;
    this.#wanted = false;
    this.#running = true;
    this.#lastAt = this.#clock.monotonic();
    try {
      await this.#task();
    } finally {
      this.#running = false;
    }
    if (this.#wanted) this.request();
  }
}
