/** One subscriber of a template's presence: the revision it has been told, and where its events go. */
import type { Viewer } from "../../domain/access/access.js";
import type { EndReason, EventSink, LiveSubscription, Renderer } from "../subscription.js";
import type { PresenceEvent } from "./presenceEvent.js";

export interface MemberOwner {
  /** The member may be told again what it missed. */
  resumed(): void;
  left(member: PresenceMember): void;
  /** Its sink failed. */
  failed(error: unknown): void;
}

export class PresenceMember<R = unknown> implements LiveSubscription {
  /** What it has been told; undefined until its first event. */
  revision: number | undefined;
  #ended = false;

  constructor(
    private readonly owner: MemberOwner,
    readonly renderer: Renderer<R, PresenceEvent>,
    private readonly sink: EventSink<R>,
    readonly viewer: Viewer,
    /** Lets go of what the subscription keeps alive. */
    private readonly release: () => void,
  ) {}

  get ended(): boolean {
    return this.#ended;
  }

  get ready(): boolean {
    return !this.#ended && !this.sink.full();
  }

  /** Tells it what leads to the revision; a sink that fails gets nothing more. */
  deliver(rendered: R, revision: number): void {
    this.revision = revision;
    try {
      this.sink.deliver(rendered);
    } catch (error) {
      this.owner.failed(error);
      this.end("shutdown");
    }
  }

  end(reason: EndReason): void {
    if (this.#ended) return;
    this.close();
    this.sink.end(reason);
  }

  resume(): void {
    this.owner.resumed();
  }

  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.release();
    this.owner.left(this as PresenceMember);
  }
}
