/** The twin of the comments' store, in memory. */
import type { Anchor } from "../../src/domain/comments/anchor.js";
import { isAnswerable, type Comment, type CommentEdit } from "../../src/domain/comments/comment.js";
import {
  UNREAD_COUNTED_MAX,
  type CommentAddition,
  type CommentBounds,
  type CommentDecision,
  type CommentOutcome,
  type CommentQuery,
  type CommentReading,
  type CommentStore,
  type CommentThread,
  type HeldComment,
  type NewComment,
  type ThreadQuery,
} from "../../src/storage/comments/commentStore.js";
import { noticesOfMentions, noticesOfReply } from "../../src/domain/notifications/notices.js";
import { MemoryNotificationStore } from "./memoryNotificationStore.js";
import type { TemplateStore } from "../../src/storage/templates/templateStore.js";

interface Row {
  comment: Comment;
  requestHash: string | null;
  anchor: Anchor;
  resolvedAt: number | null;
  resolvedById: string | null;
}

interface Shelf {
  sequence: number;
  /** In the order in which they were created. */
  readonly rows: Map<string, Row>;
  /** What was read through which change, by thread and person. */
  readonly reads: Map<string, number>;
}

const unpinned = { elementX: null, elementY: null };
const nowhere: Anchor = { pageId: null, elementId: null, x: null, y: null, ...unpinned };

export class MemoryCommentStore implements CommentStore {
  readonly #shelves = new Map<string, Shelf>();

  constructor(
    private readonly templates: Pick<TemplateStore, "heads">,
    private readonly inboxes: Pick<
      MemoryNotificationStore,
      "add" | "forget"
    > = new MemoryNotificationStore(),
  ) {}

  async add(comment: NewComment, bounds: CommentBounds): Promise<CommentAddition> {
    const { templateId, id, threadId, replyToId, authorId, body, createdAt, requestHash } = comment;
    if (!(await this.#has(templateId))) return { kind: "gone" };
    const shelf = this.#shelfOf(templateId);
    if (shelf.rows.has(id)) return { kind: "idTaken" };
    const thread = shelf.rows.get(threadId);
    if (threadId !== id && threadIn(shelf, thread) === undefined) return { kind: "gone" };
    const answered = replyToId === null ? undefined : shelf.rows.get(replyToId)?.comment;
    if (replyToId !== null && !isAnswerable(answered, threadId)) return { kind: "noReply" };
    const depth = threadId === id ? 0 : (answered?.depth ?? 0) + 1;
    if (depth > bounds.commentDepthMax) return { kind: "tooDeep" };
    if (isFull(shelf, comment, bounds)) return { kind: "full" };
    const sequence = (shelf.sequence += 1);
    const mentions = comment.mentions.toSorted();
    shelf.rows.set(id, {
      comment: {
        ...{
          templateId,
          id,
          threadId,
          replyToId,
          depth,
          authorId,
          body,
          mentions,
          sequence,
          createdAt,
        },
        ...{ createdSequence: sequence, change: "CREATED", editedAt: null, deletedAt: null },
      },
      ...{ requestHash, resolvedAt: null, resolvedById: null },
      anchor: { ...((threadId === id ? comment.anchor : null) ?? nowhere) },
    });
    if (thread !== undefined && comment.anchor !== null) {
      const { x, y } = comment.anchor;
      thread.anchor = { ...thread.anchor, x, y };
    }
    const participants = [...shelf.rows.values()]
      .filter(({ comment: other }) => other.threadId === threadId && other.deletedAt === null)
      .flatMap(({ comment: other }) => other.authorId ?? []);
    const notices = [
      ...noticesOfMentions(comment, mentions),
      ...noticesOfReply(comment, threadId === id ? [] : participants, mentions),
    ];
    await this.inboxes.add(notices, createdAt);
    return { kind: "added", sequence };
  }

  async edit<R>(
    templateId: string,
    commentId: string,
    decide: (held: HeldComment) => CommentDecision<R>,
  ): Promise<CommentOutcome<R>> {
    const shelf = this.#shelfOf(templateId);
    const row = shelf.rows.get(commentId);
    if (row === undefined) return { kind: "gone" };
    const { comment } = row;
    const decision = decide({ comment, thread: threadIn(shelf, shelf.rows.get(comment.threadId)) });
    if (decision.kind === "answer") return { kind: "answered", answer: decision.answer };
    const sequence = (shelf.sequence += 1);
    applyEdit(row, decision.edit, sequence);
    await this.#noteEdit(comment, decision.edit);
    return { kind: "edited", sequence };
  }

  async #noteEdit(comment: Comment, edit: CommentEdit): Promise<void> {
    if (edit.change === "DELETED") this.inboxes.forget(comment.id, () => true);
    if (edit.change !== "EDITED") return;
    const { mentions } = edit;
    this.inboxes.forget(
      comment.id,
      (userId) => comment.mentions.includes(userId) && !mentions.includes(userId),
    );
    const added = mentions.filter((userId) => !comment.mentions.includes(userId));
    await this.inboxes.add(noticesOfMentions(comment, added), edit.at);
  }

  async find(templateId: string, commentId: string) {
    const row = this.#shelfOf(templateId).rows.get(commentId);
    return row && { comment: structuredClone(row.comment), requestHash: row.requestHash };
  }

  async threads(query: ThreadQuery): Promise<CommentThread[]> {
    const { templateId, pageId, resolved, beforeSequence = Infinity, limit } = query;
    return this.#threads(templateId)
      .filter(({ anchor }) => pageId === undefined || anchor.pageId === pageId)
      .filter(({ resolvedAt }) => resolved === undefined || resolved === (resolvedAt !== null))
      .filter(({ createdSequence }) => createdSequence < beforeSequence)
      .toReversed()
      .slice(0, limit);
  }

  async findThreads(templateId: string, threadIds: readonly string[]): Promise<CommentThread[]> {
    return this.#threads(templateId).filter(({ id }) => threadIds.includes(id));
  }

  async comments(query: CommentQuery): Promise<Map<string, Comment[]>> {
    const { templateId, threadIds, afterSequence, limit } = query;
    const all = this.#comments(templateId).filter(
      ({ id, threadId, createdSequence, deletedAt }) =>
        createdSequence > afterSequence && (deletedAt === null || id === threadId),
    );
    const pages = threadIds.map((wanted) => {
      const page = all.filter(({ threadId }) => threadId === wanted).slice(0, limit);
      return [wanted, page] as const;
    });
    return new Map(pages.filter(([, page]) => page.length > 0));
  }

  async changesAfter(templateId: string, sequence: number, limit: number): Promise<Comment[]> {
    return this.#comments(templateId)
      .filter((comment) => comment.sequence > sequence)
      .toSorted((a, b) => a.sequence - b.sequence)
      .slice(0, limit);
  }

  async sequences(templateIds: readonly string[]): Promise<Map<string, number>> {
    const heads = await this.templates.heads(templateIds);
    return new Map([...heads.keys()].map((id) => [id, this.#shelfOf(id).sequence]));
  }

  async markRead({ templateId, userId, threadIds, throughSequence }: CommentReading) {
    const shelf = this.#shelfOf(templateId);
    const through = Math.min(throughSequence, shelf.sequence);
    for (const { comment } of shelf.rows.values()) {
      const { id, threadId } = comment;
      if (id !== threadId || !(threadIds?.includes(id) ?? true)) continue;
      const key = `${id} ${userId}`;
      shelf.reads.set(key, Math.max(shelf.reads.get(key) ?? 0, through));
    }
  }

  async unreadOfThreads(templateId: string, threadIds: readonly string[], userId: string) {
    const unread = new Map<string, number>();
    for (const { threadId } of this.#unread(templateId, userId)) {
      if (threadIds.includes(threadId)) unread.set(threadId, (unread.get(threadId) ?? 0) + 1);
    }
    return unread;
  }

  async unreadOfTemplates(templateIds: readonly string[], userId: string) {
    const counts = templateIds.map((id) => {
      const count = Math.min(this.#unread(id, userId).length, UNREAD_COUNTED_MAX);
      return [id, count] as const;
    });
    return new Map(counts.filter(([, count]) => count > 0));
  }

  async #has(templateId: string): Promise<boolean> {
    return (await this.templates.heads([templateId])).has(templateId);
  }

  #shelfOf(templateId: string): Shelf {
    const known = this.#shelves.get(templateId);
    if (known !== undefined) return known;
    const made: Shelf = { sequence: 0, rows: new Map(), reads: new Map() };
    this.#shelves.set(templateId, made);
    return made;
  }

  #comments(templateId: string): Comment[] {
    return [...this.#shelfOf(templateId).rows.values()].map(({ comment }) =>
      structuredClone(comment),
    );
  }

  #threads(templateId: string): CommentThread[] {
    const shelf = this.#shelfOf(templateId);
    return [...shelf.rows.values()].flatMap((row) => threadIn(shelf, row) ?? []);
  }

  #unread(templateId: string, userId: string): Comment[] {
    const { reads } = this.#shelfOf(templateId);
    return this.#comments(templateId).filter(
      ({ threadId, authorId, deletedAt, createdSequence }) =>
        deletedAt === null &&
        authorId !== userId &&
        createdSequence > (reads.get(`${threadId} ${userId}`) ?? 0),
    );
  }
}

/** The thread that the row begins, unless all of it was deleted. */
function threadIn({ rows }: Shelf, row: Row | undefined): CommentThread | undefined {
  if (row === undefined || row.comment.threadId !== row.comment.id) return undefined;
  const { templateId, id, createdSequence, createdAt } = row.comment;
  const commentCount = [...rows.values()].filter(
    ({ comment }) => comment.threadId === id && comment.deletedAt === null,
  ).length;
  if (commentCount === 0) return undefined;
  const { anchor, resolvedAt, resolvedById } = row;
  return {
    ...{ templateId, id, anchor: { ...anchor }, createdSequence, createdAt },
    ...{ resolvedAt, resolvedById, commentCount },
  };
}

function isFull({ rows }: Shelf, { id, threadId }: NewComment, bounds: CommentBounds): boolean {
  const comments = [...rows.values()].map(({ comment }) => comment);
  if (threadId === id) {
    const threads = comments.filter((comment) => comment.id === comment.threadId);
    return threads.length >= bounds.commentThreadsMax;
  }
  // The first comment is no reply.
  const inThread = comments.filter((comment) => comment.threadId === threadId);
  return inThread.length > bounds.commentRepliesMax;
}

function applyEdit(row: Row, edit: CommentEdit, sequence: number): void {
  const { change } = edit;
  const comment = { ...row.comment, change, sequence };
  switch (edit.change) {
    case "EDITED":
      row.comment = {
        ...{ ...comment, body: edit.body },
        ...{ mentions: edit.mentions.toSorted(), editedAt: edit.at },
      };
      break;
    case "DELETED":
      row.comment = { ...comment, body: null, mentions: [], deletedAt: edit.at };
      row.requestHash = null;
      break;
    case "RESOLVED":
      row.comment = comment;
      row.resolvedAt = edit.at;
      row.resolvedById = edit.byId;
      break;
    case "REOPENED":
      row.comment = comment;
      row.resolvedAt = null;
      row.resolvedById = null;
  }
}
