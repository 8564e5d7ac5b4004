/** The statements that read comments. */
import type { CommentThread } from "./commentStore.js";
import type { Comment, CommentChangeKind } from "../../domain/comments/comment.js";
import { statement, type Statement } from "../postgres/statement.js";
import { UNREAD_COUNTED_MAX } from "./commentStore.js";

const milliseconds = (column: string) =>
  `(extract(epoch FROM c.${column}) * 1000)::float8 AS ${column}`;

const commentColumns = `c.template_id, c.id, c.thread_id, c.reply_to_id, c.depth, c.author_id, c.body, c.created_sequence, c.sequence, c.change,
  ${["created_at", "edited_at", "deleted_at"].map(milliseconds).join(", ")},
  ARRAY(SELECT m.user_id::text FROM comment_mentions m
        WHERE m.template_id = c.template_id AND m.comment_id = c.id ORDER BY m.user_id) AS mentions`;

const living = `r.template_id = c.template_id AND r.thread_id = c.id AND r.deleted_at IS NULL`;

const threadColumns = `c.template_id, c.id, c.page_id, c.element_id, c.x, c.y, c.element_x, c.element_y, c.created_sequence, c.resolved_by_id,
  ${["created_at", "resolved_at"].map(milliseconds).join(", ")},
  (SELECT count(*) FROM comments r WHERE ${living})::int AS comment_count`;

/** $1 template, $2 ids. */
export const commentsById = statement(
  "comments_by_id",
  `SELECT ${commentColumns}, encode(c.request_hash, 'hex') AS request_hash
   FROM comments c WHERE c.template_id = $1::uuid AND c.id = ANY($2::uuid[])`,
);

/** $1 template, $2 the last change that is known, $3 limit. */
export const commentsChangedAfter = statement(
  "comments_changed_after",
  `SELECT ${commentColumns} FROM comments c
   WHERE c.template_id = $1::uuid AND c.sequence > $2::int ORDER BY c.sequence LIMIT $3::int`,
);

/** $1 template, $2 threads, $3 the change after which, $4 limit of each. */
export const commentsOfThreads = statement(
  "comments_of_threads",
  `SELECT page.* FROM unnest($2::uuid[]) AS t (id) CROSS JOIN LATERAL (
     SELECT ${commentColumns} FROM comments c
     WHERE c.template_id = $1::uuid AND c.thread_id = t.id AND c.created_sequence > $3::int
       AND (c.deleted_at IS NULL OR c.id = c.thread_id)
     ORDER BY c.created_sequence LIMIT $4::int
   ) AS page ORDER BY page.created_sequence`,
);

/** $1 template, $2 ids. */
export const threadsById = statement(
  "comment_threads_by_id",
  `SELECT ${threadColumns} FROM comments c
   WHERE c.template_id = $1::uuid AND c.id = ANY($2::uuid[]) AND c.thread_id = c.id
     AND EXISTS (SELECT FROM comments r WHERE ${living})`,
);

/** $1 template, $2 the change before which, $3 limit, $4 page where that is asked for. Each has an index in its order. */
function threadPage(name: string, ...conditions: readonly string[]): Statement {
  return statement(
    name,
    `SELECT ${threadColumns} FROM comments c
     WHERE c.template_id = $1::uuid AND c.thread_id = c.id AND c.created_sequence < $2::int
       ${conditions.map((condition) => `AND ${condition}`).join(" ")}
       AND EXISTS (SELECT FROM comments r WHERE ${living})
     ORDER BY c.created_sequence DESC LIMIT $3::int`,
  );
}

const ofPage = "c.page_id = $4::text";
const open = "c.resolved_at IS NULL";
const resolved = "c.resolved_at IS NOT NULL";

export const threadPages = {
  anywhere: {
    any: threadPage("comment_threads"),
    open: threadPage("open_comment_threads", open),
    resolved: threadPage("resolved_comment_threads", resolved),
  },
  ofPage: {
    any: threadPage("comment_threads_of_page", ofPage),
    open: threadPage("open_comment_threads_of_page", ofPage, open),
    resolved: threadPage("resolved_comment_threads_of_page", ofPage, resolved),
  },
};

/** $1 templates. */
export const commentSequences = statement(
  "comment_sequences",
  "SELECT id, comment_sequence AS sequence FROM templates WHERE id = ANY($1::uuid[])",
);

/** $1 template. Only while its row is locked. */
export const nextCommentSequence = statement(
  "next_comment_sequence",
  `UPDATE templates SET comment_sequence = comment_sequence + 1 WHERE id = $1::uuid
   RETURNING id, comment_sequence AS sequence`,
);

/** $1 template, $2 user, $3 the change through which, $4 threads or null for all. */
export const markCommentsRead = statement(
  "mark_comments_read",
  `INSERT INTO comment_reads AS known (template_id, thread_id, user_id, read_sequence)
   SELECT c.template_id, c.id, u.id, least($3::int, t.comment_sequence)
   FROM comments c JOIN templates t ON t.id = c.template_id JOIN users u ON u.id = $2::uuid
   WHERE c.template_id = $1::uuid AND c.thread_id = c.id AND ($4::uuid[] IS NULL OR c.id = ANY($4::uuid[]))
   ORDER BY c.id
   ON CONFLICT (template_id, thread_id, user_id)
   DO UPDATE SET read_sequence = EXCLUDED.read_sequence WHERE known.read_sequence < EXCLUDED.read_sequence`,
);

const isUnread = (
  user: string,
) => `c.deleted_at IS NULL AND c.author_id IS DISTINCT FROM ${user}::uuid
  AND c.created_sequence > coalesce((
    SELECT r.read_sequence FROM comment_reads r
    WHERE r.template_id = c.template_id AND r.thread_id = c.thread_id AND r.user_id = ${user}::uuid), 0)`;

/** $1 template, $2 threads, $3 user. */
export const unreadByThread = statement(
  "unread_comments_by_thread",
  `SELECT c.thread_id AS id, count(*)::int AS unread FROM comments c
   WHERE c.template_id = $1::uuid AND c.thread_id = ANY($2::uuid[]) AND ${isUnread("$3")} GROUP BY c.thread_id`,
);

/** $1 templates, $2 user. */
export const unreadByTemplate = statement(
  "unread_comments_by_template",
  `SELECT t.id, counted.unread FROM unnest($1::uuid[]) AS t (id) CROSS JOIN LATERAL (
     SELECT count(*)::int AS unread FROM (
       SELECT FROM comments c WHERE c.template_id = t.id AND ${isUnread("$2")} LIMIT ${UNREAD_COUNTED_MAX}
     ) AS page
   ) AS counted`,
);

export interface CommentRow {
  readonly template_id: string;
  readonly id: string;
  readonly thread_id: string;
  readonly reply_to_id: string | null;
  readonly depth: number | null;
  readonly author_id: string | null;
  readonly body: string | null;
  readonly mentions: readonly string[];
  readonly created_sequence: number;
  readonly sequence: number;
  readonly change: CommentChangeKind;
  readonly created_at: number;
  readonly edited_at: number | null;
  readonly deleted_at: number | null;
}

export interface ThreadRow {
  readonly template_id: string;
  readonly id: string;
  readonly page_id: string | null;
  readonly element_id: string | null;
  readonly x: number | null;
  readonly y: number | null;
  readonly element_x: number | null;
  readonly element_y: number | null;
  readonly created_sequence: number;
  readonly created_at: number;
  readonly resolved_at: number | null;
  readonly resolved_by_id: string | null;
  readonly comment_count: number;
}

export function commentOf(row: CommentRow): Comment {
  return {
    templateId: row.template_id,
    id: row.id,
    threadId: row.thread_id,
    replyToId: row.reply_to_id,
    depth: row.depth ?? (row.id === row.thread_id ? 0 : 1),
    authorId: row.author_id,
    body: row.body,
    mentions: row.mentions,
    createdSequence: row.created_sequence,
    sequence: row.sequence,
    change: row.change,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    deletedAt: row.deleted_at,
  };
}

export function threadOf(row: ThreadRow): CommentThread {
  return {
    templateId: row.template_id,
    id: row.id,
    anchor: {
      ...{ pageId: row.page_id, elementId: row.element_id, x: row.x, y: row.y },
      ...{ elementX: row.element_x, elementY: row.element_y },
    },
    createdSequence: row.created_sequence,
    createdAt: row.created_at,
    resolvedAt: row.resolved_at,
    resolvedById: row.resolved_by_id,
    commentCount: row.comment_count,
  };
}
