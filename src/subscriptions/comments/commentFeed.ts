/**
 * The followers of one template's comments on one node. The table is the truth: each follower is the number of the last
 * change it knows, and is told what the table holds after that; a message only says that there is something. Nothing is
 * queued for who does not read, and who may see the template is asked anew before anything is told.
 */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import type { CommentStore } from "../../storage/commentStore.js";
import type { AccessReader } from "../../storage/accessReader.js";
import type { EventSink, Renderer } from "../subscription.js";
import type { Warn } from "../warn.js";
import type { CommentEvent } from "./commentEvent.js";
import { CommentMember, type CommentMemberOwner } from "./commentMember.js";

export interface CommentFeedParts {
  readonly comments: Pick<CommentStore, "changesAfter" | "findThreads" | "sequences">;
  /** May reject with `StorageUnavailable`. */
  readonly access: Pick<AccessReader, "look">;
  readonly warn: Warn;
}

/** Changes read at a time for those who stand at one place. */
const CHANGES_PER_READ = 100;

export class CommentFeed implements CommentMemberOwner {
  readonly #members = new Set<CommentMember>();
  /** Followers below this number may have something to be told; undefined where nothing is to be done. */
  #wanted: number | undefined;
  #working = false;
  #failed = false;

  constructor(
    readonly templateId: string,
    private readonly parts: CommentFeedParts,
    /** The last follower left. */
    private readonly deserted: () => void,
  ) {}

  admit<R>(
    renderer: Renderer<R, CommentEvent>,
    sink: EventSink<R>,
    viewer: Viewer,
    afterSequence: number,
  ): CommentMember<R> {
    const { warn } = this.parts;
    const member = new CommentMember(this, renderer, sink, viewer, warn, afterSequence);
    this.#members.add(member as CommentMember);
    // Something may have happened since its request was looked at.
    this.look();
    return member;
  }

  /** There are changes through this number. */
  news(sequence: number): void {
    this.#wanted = Math.max(this.#wanted ?? 0, sequence);
    if (!this.#working) void this.#work();
  }

  /** Anything may have happened. */
  look(): void {
    this.news(Infinity);
  }

  /** Looks again where the last look found no answer. */
  retry(): void {
    if (this.#failed) this.look();
  }

  resumed(): void {
    this.look();
  }

  left(member: CommentMember): void {
    this.#members.delete(member);
    if (this.#members.size === 0) this.deserted();
  }

  shutDown(): void {
    for (const member of [...this.#members]) member.end("shutdown");
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      while (this.#wanted !== undefined) {
        const wanted = this.#wanted;
        this.#wanted = undefined;
        await this.#round(wanted);
      }
      this.#failed = false;
    } catch (error) {
      // The database is away: followers stay, and it is asked again.
      if (!this.#failed) this.parts.warn("comments could not be read", error);
      this.#failed = true;
    } finally {
      this.#working = false;
    }
  }

  async #round(wanted: number): Promise<void> {
    const behind = [...this.#members].filter((member) => member.ready && member.sequence < wanted);
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
    const members = [...this.#members];
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
