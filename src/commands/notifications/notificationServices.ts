/** What commands on inboxes work with; wired once in server.ts. */
import type { NotificationStore } from "../../storage/notificationStore.js";

export interface NotificationServices {
  readonly store: NotificationStore;
}
