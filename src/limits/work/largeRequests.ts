/**
 * The few places for requests that read or write much. Who finds none waits in line; the line and the wait are bounded,
 * since a request that waits holds what it came with.
 */
import type { Clock } from "../../platform/clock.js";
import type { Leave } from "../admission.js";
import type { WorkSettings } from "./workSettings.js";

/** No place came free in time. */
export class NodeBusy extends Error {
  override readonly name = "NodeBusy";
  constructor(readonly retryAfterMs: number) {
    super("the node is busy with other large requests; try again");
  }
}

const RETRY_AFTER_MS = 1_000;

export class LargeRequests {
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  constructor(
    private readonly settings: WorkSettings,
    private readonly clock: Pick<Clock, "after">,
  ) {}

  /** A place, to be left once the request is answered. Rejects with NodeBusy. */
  enter(): Promise<Leave> {
    const { largeRequestsMax, largeRequestsQueuedMax, largeRequestWaitMsMax } = this.settings;
    if (this.#taken < largeRequestsMax) return Promise.resolve(this.#take());
    if (this.#waiting.size >= largeRequestsQueuedMax) {
      return Promise.reject(new NodeBusy(RETRY_AFTER_MS));
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        cancel();
        resolve(this.#take());
      };
      const cancel = this.clock.after(largeRequestWaitMsMax, () => {
        this.#waiting.delete(enter);
        reject(new NodeBusy(RETRY_AFTER_MS));
      });
      this.#waiting.add(enter);
    });
  }

  #take(): Leave {
    this.#taken += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#taken -= 1;
      const [next] = this.#waiting;
      if (next === undefined) return;
      this.#waiting.delete(next);
      next();
    };
  }
}
