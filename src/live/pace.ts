/**
 * Keeps large decisions from holding the event loop: one goes on for a slice of time, then everything else that waits has
 * its turn. All decisions of a node share one pace, so that several large ones take turns, too.
 */
import type { Steps } from "../domain/steps.js";
import type { Clock } from "./clock.js";

export class Pace {
  private sliceEndsAt = -Infinity;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly sliceMsMax: number,
  ) {}

  /** The result of the steps, taken slice by slice. */
  async taken<T>(steps: Steps<T>): Promise<T> {
    this.sliceEndsAt = this.clock.monotonic() + this.sliceMsMax;
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (this.clock.monotonic() >= this.sliceEndsAt) await this.rest();
    }
  }

  /** Resolves after everything that waits now had its turn. */
  private async rest(): Promise<void> {
    const before = this.turn;
    const next = before.then(
      () => new Promise<void>((resolve) => void this.clock.after(0, resolve)),
    );
    this.turn = next;
    await next;
    this.sliceEndsAt = this.clock.monotonic() + this.sliceMsMax;
  }
}
