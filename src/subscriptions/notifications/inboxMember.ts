/** One follower of an inbox: the number through which it knows it, and where its events go. */
import type { SignedInViewer } from "../../commands/authorize.js";
import { SinkMember } from "../sinkMember.js";
import type { EventSink, Renderer } from "../subscription.js";
import type { Warn } from "../../platform/warn.js";
import type { InboxEvent } from "./inboxEvent.js";

export interface InboxMemberOwner {
  /** The member may be told again what it missed. */
  resumed(): void;
  left(member: InboxMember): void;
}

export class InboxMember<R = unknown> extends SinkMember<R> {
  constructor(
    private readonly owner: InboxMemberOwner,
    readonly renderer: Renderer<R, InboxEvent>,
    sink: EventSink<R>,
    readonly person: SignedInViewer,
    warn: Warn,
    /** The number that it was told last, or knew. */
    public sequence: number,
  ) {
    super(sink, person, warn);
  }

  /** Tells it what leads to the event's number. */
  async tell(event: InboxEvent): Promise<void> {
    const rendered = await this.renderer.render(event);
    // Rendering takes a while.
    if (!this.ready || this.sequence >= event.sequence) return;
    this.sequence = event.sequence;
    this.hand(rendered);
  }

  protected resumed(): void {
    this.owner.resumed();
  }

  protected left(): void {
    this.owner.left(this as InboxMember);
  }
}
