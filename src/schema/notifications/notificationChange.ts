/** What subscribers of an inbox get. Events come from src/subscriptions/notifications. */
import type { InboxEvent, InboxSource } from "../../subscriptions/notifications/inboxSource.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { badUserInput, unauthenticated } from "../errors.js";
import { numberOfLastEvent } from "../lastEvent.js";
import { NotificationObject } from "./notification.js";

const NotificationsChange = builder.objectRef<InboxEvent>("NotificationsChange").implement({
  description: "What happened in the viewer's inbox since the event before.",
  fields: (t) => ({
    added: t.field({
      type: [NotificationObject],
      description:
        "What came, or happened again, oldest first: put in the place of what was there under the id. Empty where notifications were only marked as read.",
      resolve: ({ added }) => [...added],
    }),
    unreadCount: t.exposeInt("unreadCount", { description: "How many are not read now." }),
    sequence: t.exposeInt("sequence", {
      description: "Name it as `afterSequence` after a reconnect.",
    }),
  }),
});

builder.subscriptionField("notificationsChanged", (t) =>
  t.field({
    type: NotificationsChange,
    description: [
      "What happens in the viewer's inbox, through any node: what comes, and that notifications were marked as read.",
      "Nothing is missed: what happened after `afterSequence` comes first. Of what is about a template that the viewer may",
      "not see nothing is told. Errors at subscribing: UNAUTHENTICATED, BAD_USER_INPUT (`afterSequence`), UNAVAILABLE with",
      "`retryAfterMs`. As server-sent events each has `sequence` as its id, and `Last-Event-ID` counts instead of",
      "`afterSequence`.",
    ].join("\n"),
    args: {
      afterSequence: t.arg.int({
        description:
          "The number after which to begin: `User.notificationSequence`, or the last `sequence` seen. Where omitted: the last one at subscribing.",
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
  throw badUserInput("`afterSequence` is after the last change: read the inbox again.");
}
