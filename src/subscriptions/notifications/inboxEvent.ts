/** What a follower of an inbox is told. */
import type { Notification } from "../../domain/notifications/notification.js";

export interface InboxEvent {
  readonly userId: string;
  /** What was added, or happened again, since the event before, oldest first. */
  readonly added: readonly Notification[];
  readonly unreadCount: number;
  /** The follower knows all through it. */
  readonly sequence: number;
}
