/** What subscribers of an inbox get. Events come from src/subscriptions/notifications. */
import type { InboxEvent, InboxSource } from "../../subscriptions/notifications/inboxSource.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { badUserInput, unauthenticated } from "../errors.js";
import { numberOfLastEvent } from "../lastEvent.js";
import { NotificationObject } from "./notification.js";

const NotificationsChange = builder.objectRef<InboxEvent>("NotificationsChange").implement({
  description: "The changes of the viewer's inbox since the previous event.",
  fields: (t) => ({
    added: t.field({
      type: [NotificationObject],
      description:
        "New and repeated notifications, oldest first: replace your copies by id. Empty if notifications were only marked as read.",
      resolve: ({ added }) => [...added],
    }),
    unreadCount: t.exposeInt("unreadCount", {
      description: "The current number of unread notifications.",
    }),
    sequence: t.exposeInt("sequence", {
      description: "The number to pass as `afterSequence` after a reconnect.",
    }),
  }),
});

builder.subscriptionField("notificationsChanged", (t) =>
  t.field({
    type: NotificationsChange,
    description: [
      "Delivers changes of the viewer's inbox, made on any node: new notifications, and notifications marked as read.",
      "Changes after `afterSequence` are delivered first. Notifications about templates that the viewer may not see are",
      "omitted. Errors at subscribing: UNAUTHENTICATED, BAD_USER_INPUT (`afterSequence`), UNAVAILABLE with",
      "`retryAfterMs`. As server-sent events each has `sequence` as its id, and `Last-Event-ID` replaces",
      "`afterSequence`.",
    ].join("\n"),
    args: {
      afterSequence: t.arg.int({
        description:
          "Deliver changes after this number: `User.notificationSequence`, or the last `sequence` seen. Default: the last one at subscribing.",
      }),
    },
    subscribe: (_root, args, context) => follow(args, context),
    resolve: ({ notificationsChanged }) => notificationsChanged,
  }),
);

async function follow(
  { afterSequence: given }: { readonly afterSequence?: number | null | undefined },
  { viewer, inboxes, lastEventId }: GraphQLContext,
): Promise<InboxSource> {
  if (viewer.kind !== "user") throw unauthenticated();
  if (given != null && given < 0) throw badUserInput("`afterSequence` must not be negative.");
  const afterSequence = numberOfLastEvent(lastEventId) ?? given ?? undefined;
  const source = await inboxes.follow(viewer, afterSequence);
  if (source !== "ahead") return source;
  throw badUserInput("`afterSequence` is greater than the last change; reload the inbox.");
}
