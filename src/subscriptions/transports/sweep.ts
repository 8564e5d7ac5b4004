/** One timer for everything that every connection needs from time to time, instead of timers per connection. */
import type { Clock } from "../../platform/clock.js";

export interface Swept {
  /** Called about once a second. */
  sweep(now: number): void;
}

const sweepMs = 1_000;

export class Sweep {
  readonly #clock: Clock;
  readonly #swept = new Set<Swept>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#swept.size;
  }

  add(swept: Swept): void {
    this.#swept.add(swept);
    this.#cancel ??= this.#schedule();
  }

  remove(swept: Swept): void {
    this.#swept.delete(swept);
    if (this.#swept.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): () => void {
    return this.#clock.after(sweepMs, () => {
      const now = this.#clock.monotonic();
      for (const swept of this.#swept) swept.sweep(now);
      this.#cancel = this.#swept.size > 0 ? this.#schedule() : undefined;
    });
  }
}
