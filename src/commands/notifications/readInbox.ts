/** Reads a person's inbox: what is about a template that they may no longer see is as if it had never been. */
import { decideAccess } from "../../domain/access/access.js";
import type { Notification } from "../../domain/notifications/notification.js";
import type { AccessReader } from "../../storage/accessReader.js";
import {
  NOTIFICATIONS_PER_PERSON_MAX,
  type NotificationQuery,
  type NotificationStore,
} from "../../storage/notificationStore.js";
import type { SignedInViewer } from "../authorize.js";

export interface InboxParts {
  readonly notifications: Pick<NotificationStore, "list">;
  readonly access: Pick<AccessReader, "look">;
  readonly clock: { now(): number };
}

/** Rows read at a time. */
const ROWS_PER_READ = 100;

export type InboxQuery = Omit<NotificationQuery, "userId" | "now">;

/** A page; shorter than asked for only at the end. Rejects with `StorageUnavailable`. */
export async function readInbox(
  parts: InboxParts,
  viewer: SignedInViewer,
  { limit, ...query }: InboxQuery,
): Promise<Notification[]> {
  const shown: Notification[] = [];
  let { beforeSequence, afterSequence } = query;
  while (shown.length < limit) {
    const rows = await parts.notifications.list({
      ...{ ...query, beforeSequence, afterSequence },
      ...{ userId: viewer.userId, now: parts.clock.now(), limit: ROWS_PER_READ },
    });
    shown.push(...(await visibleOf(parts, viewer, rows)));
    const last = rows.at(-1)?.sequence;
    if (rows.length < ROWS_PER_READ) break;
    if (afterSequence === undefined) beforeSequence = last;
    else afterSequence = last;
  }
  return shown.slice(0, limit);
}

/** How many are not read; no inbox holds more than its bound. */
export async function countUnread(parts: InboxParts, viewer: SignedInViewer): Promise<number> {
  const limit = NOTIFICATIONS_PER_PERSON_MAX;
  return (await readInbox(parts, viewer, { unreadOnly: true, limit })).length;
}

/** Each template is asked about once, all together. */
async function visibleOf(
  { access }: InboxParts,
  viewer: SignedInViewer,
  rows: readonly Notification[],
): Promise<Notification[]> {
  const templateIds = [...new Set(rows.flatMap(({ templateId }) => templateId ?? []))];
  const heads = await Promise.all(templateIds.map((id) => access.look(viewer, id)));
  const visible = new Set(
    templateIds.filter((_id, index) => {
      const head = heads[index];
      return head !== undefined && decideAccess(viewer, "view", head).allowed;
    }),
  );
  return rows.filter(({ templateId }) => templateId === null || visible.has(templateId));
}
