/** Comments on PostgreSQL, through Prisma. Whoever changes them holds the template's row, so that numbers take effect in order. */
import { isAnswerable, type Comment, type CommentEdit } from "../domain/comments/comment.js";
import {
  commentOf,
  commentsById,
  commentsChangedAfter,
  commentSequences,
  commentsOfThreads,
  markCommentsRead,
  nextCommentSequence,
  threadOf,
  threadPages,
  threadsById,
  unreadByTemplate,
  unreadByThread,
  type CommentRow,
  type ThreadRow,
} from "./commentStatements.js";
import type {
  CommentAddition,
  CommentBounds,
  CommentDecision,
  CommentOutcome,
  CommentQuery,
  CommentReading,
  CommentStore,
  CommentThread,
  HeldComment,
  NewComment,
  ThreadQuery,
} from "./commentStore.js";
import type { Prisma, PrismaClient } from "./generated/prisma/client.js";
import { lockRow } from "./headStatement.js";
import {
  executeCount,
  onDatabase,
  queryRows,
  type Parameter,
  type RawExecutor,
  type Statement,
} from "./statement.js";
import { isUuid } from "./uuid.js";

type Transaction = Prisma.TransactionClient;

/** The greatest `INTEGER`: no change has a number beyond. */
const SEQUENCE_MAX = 2_147_483_647;

/** The store on an open client; the client stays the caller's to close. */
export class PrismaCommentStore implements CommentStore {
  constructor(private readonly prisma: PrismaClient) {}

  async add(comment: NewComment, bounds: CommentBounds): Promise<CommentAddition> {
    const { templateId, id, threadId } = comment;
    if (![templateId, id, threadId].every(isUuid)) return { kind: "gone" };
    return this.#alone(templateId, { kind: "gone" }, async (transaction) => {
      const [known] = await rowsById(transaction, templateId, id);
      if (known !== undefined) return { kind: "idTaken" };
      const isReply = threadId !== id;
      if (isReply && (await readThreads(transaction, templateId, [threadId])).length === 0) {
        return { kind: "gone" };
      }
      const depth = await depthOf(transaction, comment);
      if (depth === undefined) return { kind: "noReply" };
      if (depth > bounds.commentDepthMax) return { kind: "tooDeep" };
      if (await isFull(transaction, comment, bounds)) return { kind: "full" };
      const sequence = await nextSequence(transaction, templateId);
      await insert(transaction, comment, depth, sequence);
      return { kind: "added", sequence };
    });
  }

  async edit<R>(
    templateId: string,
    commentId: string,
    decide: (held: HeldComment) => CommentDecision<R>,
  ): Promise<CommentOutcome<R>> {
    if (!isUuid(templateId) || !isUuid(commentId)) return { kind: "gone" };
    return this.#alone<CommentOutcome<R>>(templateId, { kind: "gone" }, async (transaction) => {
      const [row] = await rowsById(transaction, templateId, commentId);
      if (row === undefined) return { kind: "gone" };
      const comment = commentOf(row);
      const [thread] = await readThreads(transaction, templateId, [comment.threadId]);
      const decision = decide({ comment, thread });
      if (decision.kind === "answer") return { kind: "answered", answer: decision.answer };
      const sequence = await nextSequence(transaction, templateId);
      await applyEdit(transaction, comment, decision.edit, sequence);
      return { kind: "edited", sequence };
    });
  }

  async find(templateId: string, commentId: string) {
    if (!isUuid(templateId) || !isUuid(commentId)) return undefined;
    const [row] = await onDatabase(() => rowsById(this.prisma, templateId, commentId));
    return row && { comment: commentOf(row), requestHash: row.request_hash };
  }

  async threads(query: ThreadQuery): Promise<CommentThread[]> {
    const { templateId, pageId, resolved, beforeSequence = SEQUENCE_MAX, limit } = query;
    if (!isUuid(templateId)) return [];
    const pages = pageId === undefined ? threadPages.anywhere : threadPages.ofPage;
    const page = resolved === undefined ? pages.any : resolved ? pages.resolved : pages.open;
    const parameters = [templateId, beforeSequence, limit];
    const rows = await this.#read<ThreadRow>(page, [
      ...parameters,
      ...(pageId === undefined ? [] : [pageId]),
    ]);
    return rows.map(threadOf);
  }

  async findThreads(templateId: string, threadIds: readonly string[]): Promise<CommentThread[]> {
    if (!isUuid(templateId)) return [];
    return onDatabase(() => readThreads(this.prisma, templateId, threadIds.filter(isUuid)));
  }

  async comments(query: CommentQuery): Promise<Map<string, Comment[]>> {
    const { templateId, threadIds, afterSequence, limit } = query;
    if (!isUuid(templateId)) return new Map();
    const parameters = [templateId, threadIds.filter(isUuid), afterSequence, limit];
    const byThread = new Map<string, Comment[]>();
    for (const row of await this.#read<CommentRow>(commentsOfThreads, parameters)) {
      const known = byThread.get(row.thread_id);
      if (known === undefined) byThread.set(row.thread_id, [commentOf(row)]);
      else known.push(commentOf(row));
    }
    return byThread;
  }

  async changesAfter(templateId: string, sequence: number, limit: number): Promise<Comment[]> {
    if (!isUuid(templateId)) return [];
    const parameters = [templateId, sequence, limit];
    return (await this.#read<CommentRow>(commentsChangedAfter, parameters)).map(commentOf);
  }

  async sequences(templateIds: readonly string[]): Promise<Map<string, number>> {
    const ids = templateIds.filter(isUuid);
    if (ids.length === 0) return new Map();
    const rows = await this.#read<SequenceRow>(commentSequences, [ids]);
    return new Map(rows.map(({ id, sequence }) => [id, sequence]));
  }

  async markRead({ templateId, userId, threadIds, throughSequence }: CommentReading) {
    if (!isUuid(templateId) || !isUuid(userId)) return;
    const threads = threadIds?.filter(isUuid) ?? null;
    const parameters = [templateId, userId, throughSequence, threads];
    await onDatabase(() => executeCount(this.prisma, markCommentsRead, parameters));
  }

  async unreadOfThreads(templateId: string, threadIds: readonly string[], userId: string) {
    if (!isUuid(templateId) || !isUuid(userId)) return new Map<string, number>();
    const parameters = [templateId, threadIds.filter(isUuid), userId];
    return unreadOf(await this.#read<UnreadRow>(unreadByThread, parameters));
  }

  async unreadOfTemplates(templateIds: readonly string[], userId: string) {
    if (!isUuid(userId)) return new Map<string, number>();
    return unreadOf(
      await this.#read<UnreadRow>(unreadByTemplate, [templateIds.filter(isUuid), userId]),
    );
  }

  #read<T>(text: Statement, parameters: readonly Parameter[]): Promise<T[]> {
    return onDatabase(() => queryRows<T>(this.prisma, text, parameters));
  }

  /** Work that nobody else's changes of the template's comments happen beside. */
  #alone<T>(templateId: string, gone: T, work: (transaction: Transaction) => Promise<T>) {
    return onDatabase(() =>
      this.prisma.$transaction(async (transaction) =>
        (await lockRow(transaction, templateId)) ? work(transaction) : gone,
      ),
    );
  }
}

interface SequenceRow {
  readonly id: string;
  readonly sequence: number;
}

interface UnreadRow {
  readonly id: string;
  readonly unread: number;
}

function unreadOf(rows: readonly UnreadRow[]): Map<string, number> {
  return new Map(rows.filter(({ unread }) => unread > 0).map(({ id, unread }) => [id, unread]));
}

function rowsById(executor: RawExecutor, templateId: string, id: string) {
  type Row = CommentRow & { readonly request_hash: string | null };
  return queryRows<Row>(executor, commentsById, [templateId, [id]]);
}

async function readThreads(executor: RawExecutor, templateId: string, ids: readonly string[]) {
  const rows = await queryRows<ThreadRow>(executor, threadsById, [templateId, ids]);
  return rows.map(threadOf);
}

async function nextSequence(executor: RawExecutor, templateId: string): Promise<number> {
  const [row] = await queryRows<SequenceRow>(executor, nextCommentSequence, [templateId]);
  if (row === undefined) throw new Error(`template ${templateId} is gone while its row is held`);
  return row.sequence;
}

/** How deep the new comment is; undefined where the reply that it answers is not there. */
async function depthOf(
  executor: RawExecutor,
  { templateId, id, threadId, replyToId }: NewComment,
): Promise<number | undefined> {
  if (threadId === id) return 0;
  if (replyToId === null) return 1;
  const [row] = isUuid(replyToId) ? await rowsById(executor, templateId, replyToId) : [];
  const answered = row && commentOf(row);
  return isAnswerable(answered, threadId) ? answered.depth + 1 : undefined;
}

async function isFull(
  transaction: Transaction,
  { templateId, id, threadId }: NewComment,
  { commentThreadsMax, commentRepliesMax }: CommentBounds,
): Promise<boolean> {
  if (threadId !== id) {
    // The first comment is no reply.
    return (
      (await transaction.comment.count({ where: { templateId, threadId } })) > commentRepliesMax
    );
  }
  const isThread = { threadId: { equals: transaction.comment.fields.id } };
  const threads = await transaction.comment.count({ where: { templateId, ...isThread } });
  return threads >= commentThreadsMax;
}

async function insert(
  transaction: Transaction,
  comment: NewComment,
  depth: number,
  sequence: number,
): Promise<void> {
  const { templateId, id, threadId, replyToId, mentions, anchor, requestHash, createdAt } = comment;
  const { authorId, body } = comment;
  await transaction.comment.createMany({
    data: {
      ...{ templateId, id, threadId, replyToId, depth, authorId, body, sequence },
      ...(threadId === id && anchor),
      createdSequence: sequence,
      change: "CREATED",
      requestHash: Buffer.from(requestHash, "hex"),
      createdAt: new Date(createdAt),
    },
  });
  await insertMentions(transaction, comment, mentions);
  if (threadId === id || anchor === null) return;
  const { x, y } = anchor;
  await transaction.comment.updateMany({ where: { templateId, id: threadId }, data: { x, y } });
}

async function insertMentions(
  transaction: Transaction,
  { templateId, id }: { readonly templateId: string; readonly id: string },
  mentions: readonly string[],
): Promise<void> {
  if (mentions.length === 0) return;
  await transaction.commentMention.createMany({
    data: mentions.map((userId) => ({ templateId, commentId: id, userId })),
  });
}

async function applyEdit(
  transaction: Transaction,
  comment: Comment,
  edit: CommentEdit,
  sequence: number,
): Promise<void> {
  const { templateId, id } = comment;
  await transaction.comment.updateMany({
    where: { templateId, id },
    data: { ...columnsOf(edit), sequence, change: edit.change },
  });
  if (edit.change !== "EDITED" && edit.change !== "DELETED") return;
  await transaction.commentMention.deleteMany({ where: { templateId, commentId: id } });
  if (edit.change === "EDITED") await insertMentions(transaction, comment, edit.mentions);
}

function columnsOf(edit: CommentEdit) {
  switch (edit.change) {
    case "EDITED":
      return { body: edit.body, editedAt: new Date(edit.at) };
    case "DELETED":
      return { body: null, requestHash: null, deletedAt: new Date(edit.at) };
    case "RESOLVED":
      return { resolvedAt: new Date(edit.at), resolvedById: edit.byId };
    case "REOPENED":
      return { resolvedAt: null, resolvedById: null };
  }
}
