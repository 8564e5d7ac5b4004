/** Tells those who follow inboxes, on every node, that something happened there. */
import type { TellInboxes } from "../../storage/notifications/notificationStore.js";
import type { Services } from "../services.js";

export function tellInboxesOn(bus: Pick<Services["bus"], "publish">): TellInboxes {
  return (news) => {
    for (const { userId, sequence } of news) {
      bus.publish({ kind: "notified", templateId: userId, sequence });
    }
  };
}
