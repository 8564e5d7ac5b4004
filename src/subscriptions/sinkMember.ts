/** A subscriber that is told of states or moments and not of a log: its sink, and an end that comes once. */
import type { Viewer } from "../domain/access/access.js";
import type { EndReason, EventSink, LiveSubscription } from "./subscription.js";
import type { Warn } from "../platform/logging.js";

export abstract class SinkMember<R> implements LiveSubscription {
  readonly #sink: EventSink<R>;
  readonly #warn: Warn;
  #ended = false;

  constructor(
    sink: EventSink<R>,
    readonly viewer: Viewer,
    warn: Warn,
  ) {
    this.#sink = sink;
    this.#warn = warn;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Whether it takes an event now. */
  get ready(): boolean {
    return !this.#ended && !this.#sink.full();
  }

  end(reason: EndReason): void {
    if (this.#ended) return;
    this.close();
    this.#sink.end(reason);
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.left();
  }

  resume(): void {
    if (!this.#ended) this.resumed();
  }

  /** The sink takes events again. */
  protected abstract resumed(): void;

  /** Lets go of what the subscription holds; called once. */
  protected abstract left(): void;

  /** A sink that fails gets nothing more. */
  protected hand(rendered: R): void {
    try {
      this.#sink.deliver(rendered);
    } catch (error) {
      this.#warn("a subscriber's sink failed", error);
      this.end("shutdown");
    }
  }
}
