/** Writes notifications within the transaction of what causes them. */
import { randomUUID } from "node:crypto";
import type { NewNotification } from "../../domain/notifications/notification.js";
import type { Prisma } from "../generated/prisma/client.js";
import { isToldSql } from "./inboxVisibility.js";
import {
  NOTIFICATIONS_PER_PERSON_MAX,
  NOTIFICATIONS_PER_SOURCE_MAX,
  type InboxNews,
} from "./notificationStore.js";
import { executeCount, queryRows, statement, type RawExecutor } from "../postgres/statement.js";

/**
 * $1 rows as JSON, $2 now in milliseconds. Inboxes are taken in the order of their people, so that two of these wait for each
 * other at most.
 */
const addNotificationRows = statement(
  "add_notifications",
  `WITH given AS (
     SELECT DISTINCT ON (g.user_id, g.topic) g.* FROM jsonb_to_recordset($1::jsonb) AS g (
       user_id uuid, id uuid, kind text, topic text, actor_id uuid, template_id uuid, project_id uuid, invitation_id uuid,
       thread_id uuid, comment_id uuid, role text, decided_by text, operation_ids text[])
     JOIN users u ON u.id = g.user_id ORDER BY g.user_id, g.topic
   ), inbox AS (
     INSERT INTO notification_inboxes AS known (user_id, sequence)
     SELECT user_id, count(*)::int FROM given GROUP BY user_id ORDER BY user_id
     ON CONFLICT (user_id) DO UPDATE SET sequence = known.sequence + EXCLUDED.sequence
     RETURNING user_id, sequence
   ), added AS (
     INSERT INTO notifications AS known (user_id, id, kind, topic, actor_id, template_id, project_id, invitation_id, thread_id,
       comment_id, role, decided_by, operation_ids, sequence, occurrences, at)
     SELECT given.*, inbox.sequence + 1 - row_number() OVER (PARTITION BY given.user_id ORDER BY given.topic), 1,
       to_timestamp($2::float8 / 1000)
     FROM given JOIN inbox USING (user_id)
     ON CONFLICT (user_id, topic) WHERE read_at IS NULL DO UPDATE SET actor_id = EXCLUDED.actor_id,
       comment_id = EXCLUDED.comment_id, role = EXCLUDED.role, decided_by = EXCLUDED.decided_by,
       operation_ids = EXCLUDED.operation_ids, sequence = EXCLUDED.sequence, at = EXCLUDED.at,
       occurrences = least(known.occurrences::bigint + 1, 2147483647)::int
   )
   SELECT user_id, sequence FROM inbox`,
);

/**
 * $1 people, $2 who did something and $3 the template that it is about, in triples; $4 how many of each an inbox keeps. Those
 * without an actor count as one person's.
 */
const trimSources = statement(
  "trim_inbox_sources",
  `WITH source AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS source (user_id, actor_id, template_id)),
   surplus AS (
     SELECT s.user_id, extra.id FROM (SELECT DISTINCT user_id, actor_id FROM source WHERE actor_id IS NOT NULL) s
     CROSS JOIN LATERAL (SELECT n.id FROM notifications n WHERE n.user_id = s.user_id AND n.actor_id = s.actor_id
       ORDER BY n.sequence DESC OFFSET $4::int) extra
     UNION
     SELECT s.user_id, extra.id FROM (SELECT DISTINCT user_id FROM source WHERE actor_id IS NULL) s
     CROSS JOIN LATERAL (SELECT n.id FROM notifications n WHERE n.user_id = s.user_id AND n.actor_id IS NULL
       ORDER BY n.sequence DESC OFFSET $4::int) extra
     UNION
     SELECT s.user_id, extra.id FROM (SELECT DISTINCT user_id, template_id FROM source WHERE template_id IS NOT NULL) s
     CROSS JOIN LATERAL (SELECT n.id FROM notifications n WHERE n.user_id = s.user_id AND n.template_id = s.template_id
       ORDER BY n.sequence DESC OFFSET $4::int) extra
   )
   DELETE FROM notifications n USING surplus WHERE n.user_id = surplus.user_id AND n.id = surplus.id`,
);

/** $1 people, $2 how many each keeps, $3 now in milliseconds. What its person may not see goes first. */
const trimInboxes = statement(
  "trim_inboxes",
  `WITH full_inbox AS MATERIALIZED (
     SELECT person.id FROM unnest($1::uuid[]) AS person (id)
     WHERE (SELECT count(*) FROM notifications o WHERE o.user_id = person.id) > $2::int
   ), surplus AS (
     SELECT full_inbox.id AS user_id, extra.id FROM full_inbox CROSS JOIN LATERAL (
       SELECT n.id FROM notifications n WHERE n.user_id = full_inbox.id
       ORDER BY (${isToldSql("$3")}) DESC, n.sequence DESC OFFSET $2::int) extra
   )
   DELETE FROM notifications n USING surplus WHERE n.user_id = surplus.user_id AND n.id = surplus.id`,
);

/** Those whose account is gone are told nothing. */
export async function addNotifications(
  executor: RawExecutor,
  notifications: readonly NewNotification[],
  at: number,
): Promise<InboxNews[]> {
  return notifications.length === 0 ? [] : writeNotifications(executor, notifications, at);
}

/** The same with as many statements where there is nothing to write, so that nothing tells whether there is. */
export async function writeNotifications(
  executor: RawExecutor,
  notifications: readonly NewNotification[],
  at: number,
): Promise<InboxNews[]> {
  const rows = notifications.map((given) => ({
    ...{ user_id: given.userId, id: randomUUID(), kind: given.kind, topic: given.topic },
    ...{ actor_id: given.actorId, template_id: given.templateId, project_id: given.projectId },
    ...{ invitation_id: given.invitationId, thread_id: given.threadId },
    ...{ comment_id: given.commentId, role: given.role, decided_by: given.decidedBy },
    operation_ids: given.operationIds ?? [],
  }));
  const told = await queryRows<{ user_id: string; sequence: number }>(
    executor,
    addNotificationRows,
    [JSON.stringify(rows), at],
  );
  await executeCount(executor, trimSources, [
    rows.map((row) => row.user_id),
    rows.map((row) => row.actor_id ?? null),
    rows.map((row) => row.template_id ?? null),
    NOTIFICATIONS_PER_SOURCE_MAX,
  ]);
  const userIds = told.map(({ user_id }) => user_id);
  await executeCount(executor, trimInboxes, [userIds, NOTIFICATIONS_PER_PERSON_MAX, at]);
  return told.map(({ user_id: userId, sequence }) => ({ userId, sequence }));
}

/** The authors of those of the operations that the log holds and that have one, by operation id. */
export async function readAuthors(
  transaction: Pick<Prisma.TransactionClient, "templateOperation">,
  templateId: string,
  operationIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await transaction.templateOperation.findMany({
    where: { templateId, operationId: { in: [...operationIds] }, userId: { not: null } },
    select: { operationId: true, userId: true },
  });
  return new Map(rows.map(({ operationId, userId }) => [operationId, userId ?? ""]));
}
