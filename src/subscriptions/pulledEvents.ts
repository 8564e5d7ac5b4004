/**
 * A subscription as an async iterator, for transports that pull (SSE). It holds one event ahead of its consumer at
 * most; what a slow one has not taken waits, merged, where it comes from.
 */
import type { EventSink, LiveSubscription } from "./subscription.js";

export class PulledEvents<R> implements EventSink<R>, AsyncIterableIterator<R> {
  readonly #attach: (sink: EventSink<R>) => LiveSubscription;
  #subscription: LiveSubscription | undefined;
  #ready: R[] = [];
  #waiting: ((result: IteratorResult<R>) => void)[] = [];
  #ended = false;

  /** `attach` is called at the first `next`. */
  constructor(attach: (sink: EventSink<R>) => LiveSubscription) {
    this.#attach = attach;
  }

  next(): Promise<IteratorResult<R>> {
    const [first] = this.#ready.splice(0, 1);
    if (first !== undefined) {
      this.#subscription?.resume();
      return Promise.resolve({ done: false, value: first });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#subscription === undefined) this.#subscription = this.#attach(this);
      else this.#subscription.resume();
    });
  }

  return(): Promise<IteratorResult<R>> {
    this.#ready = [];
    this.end();
    this.#subscription?.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  deliver(rendered: R): void {
    if (this.#ended) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#ready.push(rendered);
    else waiting({ done: false, value: rendered });
  }

  full(): boolean {
    return this.#ready.length > 0;
  }

  end(): void {
    this.#ended = true;
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
  }
}
