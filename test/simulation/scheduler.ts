/**
 * Virtual time. Whatever waits for the store, the bus, the network or the clock is a task here, so the order in which
 * things happen is that of the tasks, and that is told by the seed. Between two tasks all promises that can settle do.
 */

interface Task {
  readonly at: number;
  /** Tasks of the same instant run in the order they were made. */
  readonly number: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** What the simulated world calls the beginning; an ordinary instant, in milliseconds since the epoch. */
const START_MS = 1_700_000_000_000;

export class Scheduler {
  #elapsedMs = 0;
  #count = 0;
  /** The next one last. */
  readonly #tasks: Task[] = [];

  /** Milliseconds since the epoch. */
  get now(): number {
    return START_MS + this.#elapsedMs;
  }

  /** Milliseconds since the run began. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** Tasks that were run. */
  steps = 0;

  /** Runs the task after so many milliseconds; the returned function cancels it. */
  after(milliseconds: number, run: () => void): () => void {
    const at = this.#elapsedMs + Math.max(0, Math.ceil(milliseconds));
    const task: Task = { at, number: this.#count, run, cancelled: false };
    this.#count += 1;
    let low = 0;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // What is there already was made earlier, so of the same instant it comes first.
      if ((this.#tasks[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    this.#tasks.splice(low, 0, task);
    return () => {
      task.cancelled = true;
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.after(milliseconds, resolve));
  }

  /** Runs tasks until it is done, nothing is left to run, or so much time went by. */
  async run(isDone: () => boolean, limitMs: number): Promise<void> {
    const untilMs = this.#elapsedMs + limitMs;
    await settle();
    while (!isDone()) {
      const task = this.#tasks.pop();
      if (task === undefined) return;
      if (task.cancelled) continue;
      if (task.at > untilMs) {
        this.#tasks.push(task);
        return;
      }
      this.#elapsedMs = task.at;
      this.steps += 1;
      task.run();
      await settle();
    }
  }
}

/** Lets every promise settle that waits for no task: the event loop goes on when no microtask is left. */
function settle(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
