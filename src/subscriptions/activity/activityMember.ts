/** One subscriber of activity, on all its templates. */
import type { Viewer } from "../../domain/access/access.js";
import type { EndReason, EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { Warn } from "../warn.js";
import type { ActivityEvent } from "./activityEvent.js";

export class ActivityMember<R = unknown> implements LiveSubscription {
  #ended = false;

  constructor(
    readonly renderer: Renderer<R, ActivityEvent>,
    private readonly sink: EventSink<R>,
    readonly viewer: Viewer,
    private readonly warn: Warn,
    /** Lets go of its templates. */
    private readonly left: (member: ActivityMember) => void,
  ) {}

  /** Hands it the event, unless it takes none now: activity is not told again. A sink that fails gets nothing more. */
  deliver(rendered: R): void {
    if (this.#ended || this.sink.full()) return;
    try {
      this.sink.deliver(rendered);
    } catch (error) {
      this.warn("a subscriber's sink failed", error);
      this.end("shutdown");
    }
  }

  end(reason: EndReason): void {
    if (this.#ended) return;
    this.close();
    this.sink.end(reason);
  }

  /** What it did not take is gone. */
  resume(): void {}

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.left(this as ActivityMember);
  }
}
