/**
 * The port to people's inboxes. Each has a number that grows with all that happens in it, so that whoever knows all through
 * one number misses nothing by asking for what comes after it. What causes a notification writes it in its own
 * transaction, where it has one. Instants are milliseconds since the epoch. Adapters (Prisma, memory) pass one contract
 * suite (test/contracts/notificationStore.ts).
 *
 * Every method may reject with `StorageUnavailable`.
 */
import type { NewNotification, Notification } from "../domain/notifications/notification.js";

/** Something happened in somebody's inbox: its number now. */
export interface InboxNews {
  readonly userId: string;
  readonly sequence: number;
}

/** Called by stores after what they wrote for inboxes is committed, so that whoever follows one is told at once. */
export type TellInboxes = (news: readonly InboxNews[]) => void;

/** Those of one person, at most: the oldest go. */
export const NOTIFICATIONS_PER_PERSON_MAX = 1_000;

export interface NotificationQuery {
  readonly userId: string;
  readonly unreadOnly?: boolean;
  /** Only those before it, newest first. */
  readonly beforeSequence?: number | undefined;
  /** Only those after it, oldest first. */
  readonly afterSequence?: number | undefined;
  /** Invitations that ran out by then are left out. */
  readonly now: number;
  readonly limit: number;
}

export interface ReadMark {
  readonly userId: string;
  /** All where absent. */
  readonly ids?: readonly string[];
  /** Only those through it: what came later was not seen. */
  readonly throughSequence?: number;
  readonly at: number;
}

export interface NotificationStore {
  /** Of one person and topic each is added once; nothing for who has no account. */
  add(notifications: readonly NewNotification[], at: number): Promise<InboxNews[]>;
  /**
   * Without what is about an invitation that is not open or a project that the person is no member of. Who may see a template
   * is for the caller to ask.
   */
  list(query: NotificationQuery): Promise<Notification[]>;
  /** The numbers of the inboxes; 0 where nothing ever happened. */
  sequences(userIds: readonly string[]): Promise<Map<string, number>>;
  /** Marks as read what is not; undefined where that is nothing. */
  markRead(mark: ReadMark): Promise<InboxNews | undefined>;
  /** The authors of those of the operations that the log holds and that have one, by operation id. */
  authorsOf(templateId: string, operationIds: readonly string[]): Promise<Map<string, string>>;
  /** Removes what happened before the instant; how many. */
  dropBefore(at: number): Promise<number>;
}
