/** What subscribers of a template's presence get. Events come from src/subscriptions/presence. */
import type { PresenceEvent, PresenceSource } from "../../subscriptions/presence/presenceSource.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { notFound, unauthenticated } from "../errors.js";
import { LockObject } from "../locks/lock.js";
import { PresenceObject } from "./presence.js";

const PresenceChange = builder.objectRef<PresenceEvent>("PresenceChange").implement({
  description:
    "The changes since the previous event. Each session is in at most one list, complete: replace your copy.",
  fields: (t) => ({
    templateId: t.exposeID("templateId", { description: "The template." }),
    joined: t.field({
      type: [PresenceObject],
      description: "New sessions; in the first event all sessions.",
      resolve: ({ joined }) => [...joined],
    }),
    moved: t.field({
      type: [PresenceObject],
      description: "Sessions whose presence changed, with their new state.",
      resolve: ({ moved }) => [...moved],
    }),
    left: t.field({
      type: [PresenceObject],
      description: "Sessions that ended, with their last state.",
      resolve: ({ left }) => [...left],
    }),
    locks: t.field({
      type: [LockObject],
      nullable: true,
      description:
        "The current locks, oldest first, if they changed and in the first event; else null. A renewed lease is no change.",
      resolve: ({ locks }) => locks && [...locks],
    }),
    serverTimestamp: t.expose("serverTimestamp", {
      type: "DateTime",
      description: "The time at which the event was made.",
    }),
  }),
});

builder.subscriptionField("presenceChanged", (t) =>
  t.field({
    type: PresenceChange,
    description: [
      "Delivers the presence of a template's sessions on all nodes: new, changed and ended ones. The first event lists all",
      "sessions, also after a reconnect. At most 30 events a second; for a slow client missed changes are coalesced.",
      "With `sessionToken` the subscription keeps the session alive. It completes if the template is deleted or the",
      "viewer may no longer see it. Errors at subscribing: UNAUTHENTICATED, NOT_FOUND (template not found, or session not",
      "found on it: join again), UNAVAILABLE with `retryAfterMs`.",
    ].join("\n"),
    args: {
      templateId: t.arg.id({ required: true, description: "The template." }),
      sessionToken: t.arg.string({ description: "The token returned by `joinTemplate`." }),
    },
    subscribe: (_root, args, context) => follow(args, context),
    resolve: ({ presenceChanged }) => presenceChanged,
  }),
);

interface FollowArguments {
  readonly templateId: string;
  readonly sessionToken?: string | null | undefined;
}

async function follow(
  { templateId, sessionToken }: FollowArguments,
  { viewer, services, rooms }: GraphQLContext,
): Promise<PresenceSource> {
  if (viewer.kind !== "user") throw unauthenticated();
  const source = await rooms.follow({ templateId, viewer });
  if (source === undefined) throw notFound("Template not found.");
  if (sessionToken == null) return source;
  const session = await services.sessions.find(sessionToken, viewer);
  if (session?.templateId !== templateId) {
    throw notFound("Session not found on this template; join again.");
  }
  return source.heldBy(session);
}
