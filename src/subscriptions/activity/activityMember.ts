/** One subscriber of activity, on all its templates. */
import type { Viewer } from "../../domain/access/access.js";
import { SinkMember } from "../sinkMember.js";
import type { EventSink, Renderer } from "../subscription.js";
import type { Warn } from "../../platform/warn.js";
import type { ActivityEvent } from "./activityEvent.js";

export class ActivityMember<R = unknown> extends SinkMember<R> {
  constructor(
    readonly renderer: Renderer<R, ActivityEvent>,
    sink: EventSink<R>,
    viewer: Viewer,
    warn: Warn,
    /** Lets go of its templates. */
    private readonly leave: (member: ActivityMember) => void,
  ) {
    super(sink, viewer, warn);
  }

  /** Hands it the event, unless it takes none now: activity is not told again. */
  deliver(rendered: R): void {
    if (this.ready) this.hand(rendered);
  }

  /** What it did not take is gone. */
  protected resumed(): void {}

  protected left(): void {
    this.leave(this as ActivityMember);
  }
}
