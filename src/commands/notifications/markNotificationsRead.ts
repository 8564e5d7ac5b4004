/** Marks notifications as read. */
import type { Viewer } from "../../domain/access/access.js";
import { unauthenticated } from "../authorize.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type { TellInboxes } from "../../storage/notifications/notificationStore.js";

export interface MarkNotificationsReadInput {
  /** All where absent. */
  readonly ids?: readonly string[] | null;
  /** Only what happened through it. */
  readonly throughSequence?: number | null;
}

export interface NotificationsRead {
  readonly kind: "notificationsRead";
  readonly userId: string;
}

/** Notifications that one request names. */
const IDS_MAX = 1_000;

/** Again changes nothing; ids that are none of the viewer's are passed over. Refusals: UNAUTHENTICATED, INVALID_INPUT, PAYLOAD_TOO_LARGE. */
export async function markNotificationsRead(
  { notifications, bus, clock }: Services,
  viewer: Viewer,
  { ids, throughSequence }: MarkNotificationsReadInput,
): Promise<NotificationsRead | RequestError> {
  if (viewer.kind !== "user") return unauthenticated();
  if ((ids?.length ?? 0) > IDS_MAX) {
    return refused("PAYLOAD_TOO_LARGE", `at most ${IDS_MAX} can be named`, { path: ["ids"] });
  }
  if (throughSequence != null && throughSequence < 0) {
    return invalidInput("throughSequence must not be negative", "throughSequence");
  }
  const { userId } = viewer;
  const news = await notifications.store.markRead({
    ...{ userId, at: clock.now() },
    ...(ids != null && { ids }),
    ...(throughSequence != null && { throughSequence }),
  });
  if (news !== undefined) tellInboxesOn(bus)([news]);
  return { kind: "notificationsRead", userId };
}

/** Tells those who follow inboxes, on every node, that something happened there. */
export function tellInboxesOn(bus: Pick<Services["bus"], "publish">): TellInboxes {
  return (news) => {
    for (const { userId, sequence } of news) {
      bus.publish({ kind: "notified", templateId: userId, sequence });
    }
  };
}
