/** What commands on inboxes work with; wired once in server.ts. */
import type { NotificationStore } from "../../storage/notifications/notificationStore.js";

export interface NotificationServices {
  readonly store: NotificationStore;
}
