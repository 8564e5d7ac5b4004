/** One subscriber of a template's comments: the change through which it knows them, and where its events go. */
import type { Viewer } from "../../domain/access/access.js";
import type { EndReason, EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { Warn } from "../warn.js";
import type { CommentEvent } from "./commentEvent.js";

export interface CommentMemberOwner {
  resumed(member: CommentMember): void;
  left(member: CommentMember): void;
}

export class CommentMember<R = unknown> implements LiveSubscription {
  #ended = false;

  constructor(
    private readonly owner: CommentMemberOwner,
    readonly renderer: Renderer<R, CommentEvent>,
    private readonly sink: EventSink<R>,
    readonly viewer: Viewer,
    private readonly warn: Warn,
    /** The number of the last change it was told, or knew. */
    public sequence: number,
  ) {}

  get ready(): boolean {
    return !this.#ended && !this.sink.full();
  }

  /** Tells it what leads to the sequence; a sink that fails gets nothing more. */
  deliver(rendered: R, sequence: number): void {
    this.sequence = sequence;
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

  resume(): void {
    if (!this.#ended) this.owner.resumed(this as CommentMember);
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.owner.left(this as CommentMember);
  }
}
