/**
 * The followers of one template's comments on one node. The table is the truth: each follower is the number of the last
 * change it knows, and is told what the table holds after that; a message only says that there is something. Nothing is
 * queued for who does not read, and who may see the template is asked anew before anything is told.
 */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import type { CommentStore } from "../../storage/comments/commentStore.js";
import type { AccessReader } from "../../storage/access/accessReader.js";
import type { EventSink, Renderer } from "../subscription.js";
import { SequencedFeed } from "../sequencedFeed.js";
import type { Warn } from "../../platform/logging.js";
import type { CommentEvent } from "./commentSource.js";
import { SinkMember } from "../sinkMember.js";

export interface CommentFeedParts {
  readonly comments: Pick<CommentStore, "changesAfter" | "findThreads" | "sequences">;
  /** May reject with `StorageUnavailable`. */
  readonly access: Pick<AccessReader, "look">;
  readonly warn: Warn;
}

/** Changes read at a time for those who stand at one place. */
const CHANGES_PER_READ = 100;

export class CommentFeed extends SequencedFeed<CommentMember> implements CommentMemberOwner {
  constructor(
    readonly templateId: string,
    private readonly parts: CommentFeedParts,
    deserted: () => void,
  ) {
    super(parts.warn, "comments could not be read", deserted);
  }

  admit<R>(
    renderer: Renderer<R, CommentEvent>,
    sink: EventSink<R>,
    viewer: Viewer,
    afterSequence: number,
  ): CommentMember<R> {
    const { warn } = this.parts;
    const member = new CommentMember(this, renderer, sink, viewer, warn, afterSequence);
    this.members.add(member as CommentMember);
    // Something may have happened since its request was looked at.
    this.look();
    return member;
  }

  protected async round(behind: readonly CommentMember[]): Promise<void> {
    const pages = new Map<number, readonly CommentEvent[]>();
    for (const sequence of new Set(behind.map((member) => member.sequence))) {
      pages.set(sequence, await this.#read(sequence));
    }
    await this.#endWithoutAccess();
    for (const [start, page] of pages) {
      let place = start;
      for (const event of page) {
        await tell(behind, place, event);
        place = event.comment.sequence;
      }
      if (page.length === CHANGES_PER_READ) this.look();
    }
  }

  async #read(afterSequence: number): Promise<CommentEvent[]> {
    const { comments } = this.parts;
    const { templateId } = this;
    const changed = await comments.changesAfter(templateId, afterSequence, CHANGES_PER_READ);
    if (changed.length === 0) return [];
    const ids = [...new Set(changed.map(({ threadId }) => threadId))];
    const threads = await comments.findThreads(templateId, ids);
    const byId = new Map(threads.map((thread) => [thread.id, thread]));
    return changed.map((comment) => ({ comment, thread: byId.get(comment.threadId) }));
  }

  /** Heads of one moment are one query, and grants are remembered, so this costs about one question for all. */
  async #endWithoutAccess(): Promise<void> {
    const members = [...this.members];
    const heads = await Promise.all(
      members.map(({ viewer }) => this.parts.access.look(viewer, this.templateId)),
    );
    for (const [index, member] of members.entries()) {
      const head = heads[index];
      const sees = head !== undefined && decideAccess(member.viewer, "view", head).allowed;
      if (!sees) member.end(head === undefined || head.deleted ? "deleted" : "accessRevoked");
    }
  }
}

/** Hands the event to those who stand at the place before it and can take it, rendered once for those who share that. */
async function tell(
  members: readonly CommentMember[],
  place: number,
  event: CommentEvent,
): Promise<void> {
  const rendered = new Map<Renderer<unknown, CommentEvent>, unknown>();
  const isNext = (member: CommentMember) => member.ready && member.sequence === place;
  for (const member of members.filter(isNext)) {
    const { renderer } = member;
    if (!rendered.has(renderer)) rendered.set(renderer, await renderer.render(event));
    // Rendering takes a while.
    if (isNext(member)) member.deliver(rendered.get(renderer), event.comment.sequence);
  }
}

/** One subscriber of a template's comments: the change through which it knows them, and where its events go. */
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
