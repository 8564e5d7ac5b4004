/** Writes notifications within the transaction of what causes them. */
import { randomUUID } from "node:crypto";
import type { NewNotification } from "../domain/notifications/notification.js";
import type { Prisma } from "./generated/prisma/client.js";
import { NOTIFICATIONS_PER_PERSON_MAX, type InboxNews } from "./notificationStore.js";
import { executeCount, queryRows, statement, type RawExecutor } from "./statement.js";

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

/** $1 people, $2 how many each keeps. */
const trimInboxes = statement(
  "trim_inboxes",
  `DELETE FROM notifications n USING unnest($1::uuid[]) AS person (id)
   WHERE n.user_id = person.id AND n.sequence <= (
     SELECT o.sequence FROM notifications o WHERE o.user_id = person.id ORDER BY o.sequence DESC OFFSET $2::int LIMIT 1)`,
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
  const userIds = told.map(({ user_id }) => user_id);
  await executeCount(executor, trimInboxes, [userIds, NOTIFICATIONS_PER_PERSON_MAX]);
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
