/** One subscriber of a template's comments: the change through which it knows them, and where its events go. */
import type { Viewer } from "../../domain/access/access.js";
import { SinkMember } from "../sinkMember.js";
import type { EventSink, Renderer } from "../subscription.js";
import type { Warn } from "../../platform/warn.js";
import type { CommentEvent } from "./commentEvent.js";

export interface CommentMemberOwner {
  /** The member may be told again what it missed. */
  resumed(): void;
  left(member: CommentMember): void;
}

export class CommentMember<R = unknown> extends SinkMember<R> {
  constructor(
    private readonly owner: CommentMemberOwner,
    readonly renderer: Renderer<R, CommentEvent>,
    sink: EventSink<R>,
    viewer: Viewer,
    warn: Warn,
    /** The number of the last change it was told, or knew. */
    public sequence: number,
  ) {
    super(sink, viewer, warn);
  }

  /** Tells it what leads to the sequence. */
  deliver(rendered: R, sequence: number): void {
    this.sequence = sequence;
    this.hand(rendered);
  }

  protected resumed(): void {
    this.owner.resumed();
  }

  protected left(): void {
    this.owner.left(this as CommentMember);
  }
}
