/**
 * The followers of one person's inbox on one node. The table is the truth: each follower is a number, and is told what the
 * inbox holds after that; a message only says that there is something. Nothing is queued for who does not read.
 */
import type { SignedInViewer } from "../../commands/authorize.js";
import type { Clock } from "../../platform/clock.js";
import type { NotificationStore } from "../../storage/notifications/notificationStore.js";
import type { EventSink, Renderer } from "../subscription.js";
import { valueKey } from "../valueKey.js";
import { SequencedFeed } from "../sequencedFeed.js";
import type { Warn } from "../../platform/logging.js";
import type { InboxEvent } from "./inboxSource.js";
import { SinkMember } from "../sinkMember.js";

export interface InboxFeedParts {
  readonly notifications: Pick<NotificationStore, "read" | "sequences">;
  readonly clock: Pick<Clock, "now">;
  readonly warn: Warn;
}

/** Notifications in one event, at most. */
const ADDED_PER_EVENT_MAX = 100;

export class InboxFeed extends SequencedFeed<InboxMember> implements InboxMemberOwner {
  constructor(
    readonly userId: string,
    private readonly parts: InboxFeedParts,
    deserted: () => void,
  ) {
    super(parts.warn, "an inbox could not be read", deserted);
  }

  admit<R>(
    renderer: Renderer<R, InboxEvent>,
    sink: EventSink<R>,
    person: SignedInViewer,
    afterSequence: number,
  ): InboxMember<R> {
    const member = new InboxMember(this, renderer, sink, person, this.parts.warn, afterSequence);
    this.members.add(member as InboxMember);
    // Something may have happened since its request was looked at.
    this.look();
    return member;
  }

  protected async round(behind: readonly InboxMember[]): Promise<void> {
    if (behind.length === 0) return;
    const last = (await this.parts.notifications.sequences([this.userId])).get(this.userId) ?? 0;
    const late = behind.filter(({ sequence }) => sequence < last);
    const firsts = new Map(late.map((member) => [standOf(member), member]));
    for (const [stand, { sequence }] of firsts) {
      const members = late.filter((member) => standOf(member) === stand);
      const event = await this.#eventAfter(sequence, last);
      for (const member of members) await member.tell(event);
      if (event.sequence < last) this.look();
    }
  }

  /** What is not visible is not told, and passed all the same. */
  async #eventAfter(afterSequence: number, last: number): Promise<InboxEvent> {
    const { userId, parts } = this;
    const limit = ADDED_PER_EVENT_MAX;
    const page = { afterSequence, limit };
    const reading = await parts.notifications.read(userId, [page], parts.clock.now());
    const [added = []] = reading.pages;
    const lastAdded = added.at(-1)?.sequence ?? last;
    const sequence = added.length < limit ? Math.max(last, reading.sequence) : lastAdded;
    return { userId, added, unreadCount: reading.unreadCount, sequence };
  }
}

/** Those who stand at one place with equal credentials are told the same. */
function standOf({ sequence, person }: InboxMember): string {
  return `${sequence} ${valueKey(person)}`;
}

/** One follower of an inbox: the number through which it knows it, and where its events go. */
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
