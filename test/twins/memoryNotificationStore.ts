/** The twin of the inboxes' store, in memory. It knows neither invitations, projects and templates nor the log: those tell it. */
import { randomUUID } from "node:crypto";
import type { NewNotification, Notification } from "../../src/domain/notifications/notification.js";
import {
  NOTIFICATIONS_PER_PERSON_MAX,
  NOTIFICATIONS_PER_SOURCE_MAX,
  type InboxNews,
  type InboxPage,
  type InboxReading,
  type NotificationStore,
  type ReadMark,
} from "../../src/storage/notifications/notificationStore.js";

interface Held extends Notification {
  readonly topic: string;
}

interface Inbox {
  sequence: number;
  held: Held[];
}

export class MemoryNotificationStore implements NotificationStore {
  readonly #inboxes = new Map<string, Inbox>();

  /** Whether the person may still be told of it, as far as invitations, projects and templates say. */
  isTold: (userId: string, notification: Notification, now: number) => boolean = () => true;

  /** `exists` says for whom there is an account; `authorOf` who sent an operation that the log holds. */
  constructor(
    private readonly exists: (userId: string) => boolean = () => true,
    private readonly authorOf: (
      templateId: string,
      operationId: string,
    ) => string | undefined = () => undefined,
  ) {}

  async add(notifications: readonly NewNotification[], at: number): Promise<InboxNews[]> {
    const news = new Map<string, InboxNews>();
    const once = new Map(notifications.map((one) => [`${one.userId} ${one.topic}`, one]));
    for (const { userId, topic, ...given } of once.values()) {
      if (!this.exists(userId)) continue;
      const inbox = this.#inboxOf(userId);
      inbox.sequence += 1;
      const isSame = (held: Held) => held.topic === topic && held.readAt === null;
      const before = inbox.held.find(isSame);
      const { operationIds = [] } = given;
      inbox.held = inbox.held.filter((held) => held !== before);
      inbox.held.push({
        ...{ templateId: null, projectId: null, invitationId: null, threadId: null },
        ...{ commentId: null, role: null, decidedBy: null },
        ...given,
        ...{ topic, operationIds, at, readAt: null, sequence: inbox.sequence },
        id: before?.id ?? randomUUID(),
        occurrences: (before?.occurrences ?? 0) + 1,
      });
      inbox.held = this.#trimmed(userId, inbox.held, given, at);
      news.set(userId, { userId, sequence: inbox.sequence });
    }
    return [...news.values()];
  }

  async read(userId: string, pages: readonly InboxPage[], now: number): Promise<InboxReading> {
    const { sequence, held } = this.#inboxOf(userId);
    const told = held.filter((one) => this.isTold(userId, one, now));
    return {
      sequence,
      unreadCount: told.filter(({ readAt }) => readAt === null).length,
      pages: pages.map((page) => pageOf(told, page)),
    };
  }

  async sequences(userIds: readonly string[]): Promise<Map<string, number>> {
    return new Map(userIds.map((userId) => [userId, this.#inboxOf(userId).sequence]));
  }

  async markRead(mark: ReadMark): Promise<InboxNews | undefined> {
    const { userId, ids, throughSequence = Infinity, at } = mark;
    const inbox = this.#inboxOf(userId);
    const isMarked = ({ id, sequence, readAt }: Held) =>
      readAt === null && sequence <= throughSequence && (ids === undefined || ids.includes(id));
    if (!inbox.held.some(isMarked)) return undefined;
    inbox.held = inbox.held.map((held) => (isMarked(held) ? { ...held, readAt: at } : held));
    inbox.sequence += 1;
    return { userId, sequence: inbox.sequence };
  }

  async authorsOf(templateId: string, operationIds: readonly string[]) {
    const authors = new Map<string, string>();
    for (const id of operationIds) {
      const author = this.authorOf(templateId, id);
      if (author !== undefined) authors.set(id, author);
    }
    return authors;
  }

  async dropBefore(at: number): Promise<number> {
    let dropped = 0;
    for (const inbox of this.#inboxes.values()) {
      const kept = inbox.held.filter((held) => held.at >= at);
      dropped += inbox.held.length - kept.length;
      inbox.held = kept;
    }
    return dropped;
  }

  /** Takes back what is about a comment, all or that of some people. */
  forget(commentId: string, isForgotten: (userId: string) => boolean): void {
    for (const [userId, inbox] of this.#inboxes) {
      if (!isForgotten(userId)) continue;
      inbox.held = inbox.held.filter((held) => held.commentId !== commentId);
    }
  }

  #trimmed(
    userId: string,
    held: readonly Held[],
    { actorId, templateId }: Pick<NewNotification, "actorId" | "templateId">,
    now: number,
  ): Held[] {
    const isOfActor = (one: Held) => one.actorId === actorId;
    const isOfTemplate = (one: Held) => templateId !== undefined && one.templateId === templateId;
    const surplus = new Set(
      [isOfActor, isOfTemplate].flatMap((isOfSource) =>
        held.filter(isOfSource).slice(0, -NOTIFICATIONS_PER_SOURCE_MAX),
      ),
    );
    const kept = held.filter((one) => !surplus.has(one));
    const [seen, unseen] = [true, false].map((isTold) =>
      kept.filter((one) => this.isTold(userId, one, now) === isTold),
    );
    const rest = new Set([...unseen!, ...seen!].slice(-NOTIFICATIONS_PER_PERSON_MAX));
    return kept.filter((one) => rest.has(one));
  }

  #inboxOf(userId: string): Inbox {
    const known = this.#inboxes.get(userId);
    if (known !== undefined) return known;
    const made = { sequence: 0, held: [] };
    this.#inboxes.set(userId, made);
    return made;
  }
}

function pageOf(told: readonly Held[], page: InboxPage): Notification[] {
  const { unreadOnly = false, beforeSequence, afterSequence, limit } = page;
  const found = told.filter(
    (held) =>
      (!unreadOnly || held.readAt === null) &&
      (beforeSequence === undefined || held.sequence < beforeSequence) &&
      (afterSequence === undefined || held.sequence > afterSequence),
  );
  if (afterSequence === undefined) found.reverse();
  return found.slice(0, limit).map(({ topic: _topic, ...notification }) => notification);
}
