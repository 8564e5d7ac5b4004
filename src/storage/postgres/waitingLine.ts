/** Places of which so many are taken at once; who finds none free waits in line, in memory, and goes in order. */
import { StorageUnavailable } from "../storageUnavailable.js";

/** When who found the line too long, or waited too long in it, may come again. */
const RETRY_MS = 500;

export interface LineBounds {
  /** Places that are taken at once. */
  readonly placesMax: number;
  /** Who waits for one. */
  readonly waitingMax: number;
}

/** Gives the place to the next in line. */
export type LeavePlace = () => void;

interface Waiting {
  readonly enter: (leave: LeavePlace) => void;
  readonly timer: NodeJS.Timeout;
}

export class WaitingLine {
  #taken = 0;
  readonly #waiting = new Set<Waiting>();

  constructor(private readonly bounds: LineBounds) {}

  get isIdle(): boolean {
    return this.#taken === 0;
  }

  /** Waits for a place at most until the instant of `performance.now()`. Rejects with StorageUnavailable. */
  enter(deadline: number): Promise<LeavePlace> {
    const { placesMax, waitingMax } = this.bounds;
    if (this.#taken < placesMax) {
      this.#taken += 1;
      return Promise.resolve(this.#leaveOnce());
    }
    if (this.#waiting.size >= waitingMax) return Promise.reject(busy("too many"));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => {
          this.#waiting.delete(waiting);
          reject(busy("too slow"));
        },
        Math.max(0, deadline - performance.now()),
      );
      const waiting = { enter: resolve, timer };
      this.#waiting.add(waiting);
    });
  }

  #leaveOnce(): LeavePlace {
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      const [next] = this.#waiting;
      if (next === undefined) {
        this.#taken -= 1;
        return;
      }
      this.#waiting.delete(next);
      clearTimeout(next.timer);
      next.enter(this.#leaveOnce());
    };
  }
}

function busy(why: string): StorageUnavailable {
  return new StorageUnavailable(RETRY_MS, { reason: `queued writes: ${why}` });
}
