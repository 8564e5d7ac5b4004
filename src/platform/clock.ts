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
  /**
   * Runs the task once after so many milliseconds, and with 0 after what the event loop has to do now; the returned function
   * cancels it. What lies ahead does not keep the process alive.
   */
  after(milliseconds: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(milliseconds, task) {
    if (milliseconds <= 0) {
      // A timer would leave the loop idle for a millisecond. What is due at once does not keep the process alive for long.
      const turn = setImmediate(task);
      return () => clearImmediate(turn);
    }
    const timer = setTimeout(task, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
