/** Comments on PostgreSQL, through Prisma. Whoever changes them holds the template's row, so that numbers take effect in order. */
import { isAnswerable, type Comment } from "../../domain/comments/comment.js";
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
import { noteComment, noteEdit } from "./commentNotices.js";
import { applyEdit, insertComment } from "./commentRows.js";
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import type { InboxNews, TellInboxes } from "../notifications/notificationStore.js";
import { lockRow } from "../templates/headStatement.js";
import {
  executeCount,
  onDatabase,
  queryRows,
  type Parameter,
  type RawExecutor,
  type Statement,
} from "../postgres/statement.js";
import { inTurn, templateTurn, transactionInTurn } from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

type Transaction = Prisma.TransactionClient;

/** The greatest `INTEGER`: no change has a number beyond. */
const SEQUENCE_MAX = 2_147_483_647;

/** The store on an open client; the client stays the caller's to close. */
export class PrismaCommentStore implements CommentStore {
  constructor(
    private readonly prisma: PrismaClient,
    private readonly tellInboxes: TellInboxes = () => {},
  ) {}

  async add(comment: NewComment, bounds: CommentBounds): Promise<CommentAddition> {
    const { templateId, id, threadId } = comment;
    if (![templateId, id, threadId].every(isUuid)) return { kind: "gone" };
    const gone: CommentAddition = { kind: "gone" };
    return this.#alone<CommentAddition>(templateId, gone, async (transaction, news) => {
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
      await insertComment(transaction, comment, depth, sequence);
      news.push(...(await noteComment(transaction, comment)));
      return { kind: "added", sequence };
    });
  }

  async edit<R>(
    templateId: string,
    commentId: string,
    decide: (held: HeldComment) => CommentDecision<R>,
  ): Promise<CommentOutcome<R>> {
    if (!isUuid(templateId) || !isUuid(commentId)) return { kind: "gone" };
    const gone: CommentOutcome<R> = { kind: "gone" };
    return this.#alone<CommentOutcome<R>>(templateId, gone, async (transaction, news) => {
      const [row] = await rowsById(transaction, templateId, commentId);
      if (row === undefined) return { kind: "gone" };
      const comment = commentOf(row);
      const [thread] = await readThreads(transaction, templateId, [comment.threadId]);
      const decision = decide({ comment, thread });
      if (decision.kind === "answer") return { kind: "answered", answer: decision.answer };
      const sequence = await nextSequence(transaction, templateId);
      await applyEdit(transaction, comment, decision.edit, sequence);
      news.push(...(await noteEdit(transaction, comment, decision.edit)));
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
    await inTurn(this.prisma, [`comments read by ${userId}`], () =>
      executeCount(this.prisma, markCommentsRead, parameters),
    );
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
  async #alone<T>(
    templateId: string,
    gone: T,
    work: (transaction: Transaction, news: InboxNews[]) => Promise<T>,
  ): Promise<T> {
    const news: InboxNews[] = [];
    const turn = [templateTurn(templateId)];
    const done = await transactionInTurn(this.prisma, turn, async (transaction) =>
      (await lockRow(transaction, templateId)) ? work(transaction, news) : gone,
    );
    if (news.length > 0) this.tellInboxes(news);
    return done;
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
  if (row === undefined)
    throw new Error(`template ${templateId} does not exist while its row is locked`);
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
