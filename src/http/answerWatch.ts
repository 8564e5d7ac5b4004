/** Looks after answers until they are sent, and cuts connections whose clients take nothing of theirs any more. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../platform/clock.js";
import { Sweep, type Swept } from "../subscriptions/transports/sweep.js";
import { WriteProgress } from "../subscriptions/transports/writeProgress.js";

export class AnswerWatch {
  readonly #sweep: Sweep;
  readonly #stalledMsMax: number;
  readonly #watched = new WeakMap<ServerResponse, Watched>();

  constructor(clock: Clock, stalledMsMax: number) {
    this.#sweep = new Sweep(clock);
    this.#stalledMsMax = stalledMsMax;
  }

  /** Looks after the answer to a request from now on. */
  watch({ socket }: IncomingMessage, response: ServerResponse): void {
    const watched = new Watched(socket, response, this.#stalledMsMax);
    this.#watched.set(response, watched);
    this.#sweep.add(watched);
    watched.whenSent(() => this.#sweep.remove(watched));
    response.once("finish", () => watched.sent());
    response.once("close", () => watched.sent());
  }

  /** Calls the task once when an answer that is watched was handed to the network, or its connection is gone. */
  whenSent(response: ServerResponse, task: () => void): void {
    this.#watched.get(response)?.whenSent(task);
  }
}

class Watched implements Swept {
  readonly #progress: WriteProgress;
  #tasks: (() => void)[] | undefined = [];

  constructor(
    private readonly socket: Socket,
    private readonly response: ServerResponse,
    private readonly stalledMsMax: number,
  ) {
    this.#progress = new WriteProgress(socket);
  }

  whenSent(task: () => void): void {
    if (this.#tasks === undefined) task();
    else this.#tasks.push(task);
  }

  sent(): void {
    const tasks = this.#tasks ?? [];
    this.#tasks = undefined;
    for (const task of tasks) task();
  }

  sweep(now: number): void {
    // An answer that waits behind another one on its connection is not told that this is gone.
    if (this.socket.destroyed) return this.sent();
    // One that is still being made may take its time.
    if (!this.response.writableEnded) return;
    if (this.#progress.stalledMs(now) >= this.stalledMsMax) this.socket.destroy();
  }
}
