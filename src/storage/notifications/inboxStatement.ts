/** One statement that reads an inbox: its number, how much is unread, and any number of pages. */
import type { AccessRole } from "../../domain/access/grant.js";
import type {
  Notification,
  NotificationKind,
  OverrideDecider,
} from "../../domain/notifications/notification.js";
import { isToldSql } from "./inboxVisibility.js";
import type { InboxPage, InboxReading } from "./notificationStore.js";
import { queryRows, statement, type RawExecutor } from "../postgres/statement.js";

/**
 * $1 person, $2 pages as JSON, $3 now in milliseconds. What may be seen is decided once for all pages. A row for each
 * notification of each page, and one without a notification for a page that is empty.
 */
const inbox = statement(
  "read_inbox",
  `WITH told AS MATERIALIZED (
     SELECT n.* FROM notifications n WHERE n.user_id = $1::uuid AND ${isToldSql("$3")}
   ), page AS (
     SELECT * FROM jsonb_to_recordset($2::jsonb) AS page (place int, unread_only boolean, before_sequence int,
       after_sequence int, size int)
   )
   SELECT page.place, shown.id, shown.kind, shown.actor_id, shown.template_id, shown.project_id, shown.invitation_id,
     shown.thread_id, shown.comment_id, shown.role, shown.decided_by, shown.operation_ids, shown.sequence, shown.occurrences,
     (extract(epoch FROM shown.at) * 1000)::float8 AS at, (extract(epoch FROM shown.read_at) * 1000)::float8 AS read_at,
     coalesce((SELECT sequence FROM notification_inboxes WHERE user_id = $1::uuid), 0) AS inbox_sequence,
     (SELECT count(*)::int FROM told WHERE read_at IS NULL) AS unread_count
   FROM page LEFT JOIN LATERAL (
     SELECT * FROM told
     WHERE NOT (page.unread_only AND told.read_at IS NOT NULL)
       AND (page.before_sequence IS NULL OR told.sequence < page.before_sequence)
       AND (page.after_sequence IS NULL OR told.sequence > page.after_sequence)
     ORDER BY CASE WHEN page.after_sequence IS NULL THEN -told.sequence ELSE told.sequence END LIMIT page.size
   ) AS shown ON true
   ORDER BY page.place, CASE WHEN page.after_sequence IS NULL THEN -shown.sequence ELSE shown.sequence END`,
);

interface Row {
  readonly place: number;
  readonly inbox_sequence: number;
  readonly unread_count: number;
  /** Null where the page is empty. */
  readonly id: string | null;
  readonly kind: NotificationKind;
  readonly actor_id: string | null;
  readonly template_id: string | null;
  readonly project_id: string | null;
  readonly invitation_id: string | null;
  readonly thread_id: string | null;
  readonly comment_id: string | null;
  readonly role: AccessRole | null;
  readonly decided_by: OverrideDecider | null;
  readonly operation_ids: readonly string[];
  readonly sequence: number;
  readonly occurrences: number;
  readonly at: number;
  readonly read_at: number | null;
}

export async function readInboxPages(
  executor: RawExecutor,
  userId: string,
  pages: readonly InboxPage[],
  now: number,
): Promise<InboxReading> {
  // An empty page of its own, so that there is a row to tell the counts by.
  const asked = [...pages, { limit: 0 }].map(askedPage);
  const rows = await queryRows<Row>(executor, inbox, [userId, JSON.stringify(asked), now]);
  const shown: Notification[][] = pages.map(() => []);
  for (const { id, ...row } of rows) {
    if (id !== null) shown[row.place]?.push(notificationOf(id, row));
  }
  const { inbox_sequence: sequence = 0, unread_count: unreadCount = 0 } = rows[0] ?? {};
  return { sequence, unreadCount, pages: shown };
}

function askedPage(page: InboxPage, place: number) {
  const { unreadOnly = false, beforeSequence, afterSequence, limit: size } = page;
  return {
    ...{ place, unread_only: unreadOnly, size },
    ...{ before_sequence: beforeSequence, after_sequence: afterSequence },
  };
}

function notificationOf(id: string, row: Omit<Row, "id">): Notification {
  return {
    ...{ id, kind: row.kind, actorId: row.actor_id, templateId: row.template_id },
    ...{ projectId: row.project_id, invitationId: row.invitation_id, threadId: row.thread_id },
    ...{ commentId: row.comment_id, role: row.role, decidedBy: row.decided_by },
    ...{ operationIds: row.operation_ids, sequence: row.sequence, occurrences: row.occurrences },
    ...{ at: row.at, readAt: row.read_at },
  };
}
