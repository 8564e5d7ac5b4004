/** Time as the program sees it, replaceable so that a simulation can drive it. */
export interface Clock {
  /**
   * The instant, in milliseconds since the epoch: for what is stored, shown, or compared with an instant that was stored
   * or that a token names. It may jump in either direction, so the difference of two readings is no duration.
   */
  now(): number;
  /**
   * Milliseconds since some moment before the process began; never goes back. For ages, deadlines and intervals on this
   * node; means nothing to another process.
   */
  monotonic(): number;
  /** Runs the task once after so many milliseconds; the returned function cancels it. Never keeps the process alive. */
  after(milliseconds: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
