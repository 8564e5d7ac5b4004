/**
 * The port to people's inboxes. Each has a number that grows with all that happens in it, so that whoever knows all through
 * one number misses nothing by asking for what comes after it. What causes a notification writes it in its own
 * transaction, where it has one. Instants are milliseconds since the epoch. Adapters (Prisma, memory) pass one contract
 * suite (test/contracts/notificationStore.ts).
 *
 * Every method may reject with `StorageUnavailable`.
 */
import type { NewNotification, Notification } from "../../domain/notifications/notification.js";

/** Something happened in somebody's inbox: its number now. */
export interface InboxNews {
  readonly userId: string;
  readonly sequence: number;
}

/** Called by stores after what they wrote for inboxes is committed, so that whoever follows one is told at once. */
export type TellInboxes = (news: readonly InboxNews[]) => void;

/** Those of one person, at most: what may not be seen goes first, then the oldest. */
export const NOTIFICATIONS_PER_PERSON_MAX = 1_000;

/** Those in one inbox that one person caused, and those about one template, at most: the oldest of them go. */
export const NOTIFICATIONS_PER_SOURCE_MAX = 150;

/** A part of an inbox. */
export interface InboxPage {
  readonly unreadOnly?: boolean;
  /** Only those before it, newest first. */
  readonly beforeSequence?: number | undefined;
  /** Only those after it, oldest first. */
  readonly afterSequence?: number | undefined;
  readonly limit: number;
}

/** An inbox at one moment. */
export interface InboxReading {
  /** The number of the inbox; 0 where nothing ever happened. */
  readonly sequence: number;
  readonly unreadCount: number;
  /** In the order asked. */
  readonly pages: readonly (readonly Notification[])[];
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
   * In one statement, whatever is asked for. Without what is about a template or project that the person may not see at that
   * moment, or an invitation that is not open; invitations that ran out by `now` are not.
   */
  read(userId: string, pages: readonly InboxPage[], now: number): Promise<InboxReading>;
  /** The numbers of the inboxes; 0 where nothing ever happened. */
  sequences(userIds: readonly string[]): Promise<Map<string, number>>;
  /** Marks as read what is not; undefined where that is nothing. */
  markRead(mark: ReadMark): Promise<InboxNews | undefined>;
  /** The authors of those of the operations that the log holds and that have one, by operation id. */
  authorsOf(templateId: string, operationIds: readonly string[]): Promise<Map<string, string>>;
  /** Removes what happened before the instant; how many. */
  dropBefore(at: number): Promise<number>;
}
