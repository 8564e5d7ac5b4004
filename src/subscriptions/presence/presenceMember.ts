/** One subscriber of a template's presence: the revision it has been told, and where its events go. */
import type { Viewer } from "../../domain/access/access.js";
import { SinkMember } from "../sinkMember.js";
import type { EventSink, Renderer } from "../subscription.js";
import type { Warn } from "../../platform/logging.js";
import type { PresenceEvent } from "./presenceSource.js";

export interface MemberOwner {
  /** The member may be told again what it missed. */
  resumed(): void;
  left(member: PresenceMember): void;
}

export class PresenceMember<R = unknown> extends SinkMember<R> {
  /** What it has been told; undefined until its first event. */
  revision: number | undefined;

  constructor(
    private readonly owner: MemberOwner,
    readonly renderer: Renderer<R, PresenceEvent>,
    sink: EventSink<R>,
    viewer: Viewer,
    warn: Warn,
    /** Lets go of what the subscription keeps alive. */
    private readonly release: () => void,
  ) {
    super(sink, viewer, warn);
  }

  /** Tells it what leads to the revision. */
  deliver(rendered: R, revision: number): void {
    this.revision = revision;
    this.hand(rendered);
  }

  protected resumed(): void {
    this.owner.resumed();
  }

  protected left(): void {
    this.release();
    this.owner.left(this as PresenceMember);
  }
}
