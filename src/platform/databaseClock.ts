/**
 * A clock whose instants are the database's: it is asked now and then, and in between the monotonic clock goes on. So
 * nodes agree on when tokens, links and invitations expire, and this machine's own wall clock, right or wrong, decides
 * nothing once the database has answered.
 */
import type { Clock } from "./clock.js";

const ASK_MS = 10_000;

/** What took longer to answer tells too little. */
const ANSWER_MS_MAX = 1_000;

export class DatabaseClock implements Clock {
  /** What the monotonic clock lacks to the instant. */
  #offsetMs: number;
  #cancel: () => void = () => undefined;
  #closed = false;

  /** `askDatabase` resolves with the database's time in milliseconds since the epoch. */
  constructor(
    private readonly machine: Clock,
    private readonly askDatabase: () => Promise<number>,
  ) {
    this.#offsetMs = machine.now() - machine.monotonic();
  }

  now(): number {
    return Math.floor(this.machine.monotonic() + this.#offsetMs);
  }

  monotonic(): number {
    return this.machine.monotonic();
  }

  after(milliseconds: number, task: () => void): () => void {
    return this.machine.after(milliseconds, task);
  }

  /** Asks at once, and again and again until it is closed. Never rejects: an answer that fails comes with a later one. */
  async start(): Promise<void> {
    await this.#ask();
    if (!this.#closed) this.#cancel = this.machine.after(ASK_MS, () => void this.start());
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #ask(): Promise<void> {
    const askedAt = this.machine.monotonic();
    const instant = await this.askDatabase().catch(() => undefined);
    const tookMs = this.machine.monotonic() - askedAt;
    if (instant === undefined || tookMs > ANSWER_MS_MAX) return;
    const offsetMs = instant - (askedAt + tookMs / 2);
    // A difference within what the way took is none: instants do not tremble with each answer.
    if (Math.abs(offsetMs - this.#offsetMs) > tookMs / 2 + 1) this.#offsetMs = offsetMs;
  }
}
