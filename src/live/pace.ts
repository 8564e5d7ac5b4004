/**
 * Keeps large work from holding the event loop: it goes on for a slice of time, then everything else that waits has its
 * turn. All large work of a node shares one pace, so that the pieces of several take turns, too.
 */
import type { Steps } from "../domain/steps.js";
import type { Clock } from "../platform/clock.js";

/** Takes work in steps, with turns for everything else between slices of it. */
export interface Paced {
  taken<T>(steps: Steps<T>): Promise<T>;
}

/** For how long work goes on when it begins, whatever else is on its way: most work is done by then. */
const FIRST_SLICE_MS = 1;

export class Pace implements Paced {
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly clock: Clock,
    private readonly sliceMsMax: number,
  ) {}

  /** The result of the steps, taken slice by slice. Rejects with what a step throws. */
  async taken<T>(steps: Steps<T>): Promise<T> {
    const { clock, sliceMsMax } = this;
    let sliceEndsAt = clock.monotonic() + Math.min(FIRST_SLICE_MS, sliceMsMax);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (clock.monotonic() < sliceEndsAt) continue;
      await this.rest();
      sliceEndsAt = clock.monotonic() + sliceMsMax;
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
  }
}
