/** What subscribers of a template's presence get. Events come from src/subscriptions/presence. */
import type { PresenceEvent, PresenceSource } from "../../subscriptions/presence/presenceSource.js";
import { builder } from "../builder.js";
import type { GraphQLContext } from "../context.js";
import { notFound, unauthenticated } from "../errors.js";
import { LockObject } from "../locks/lock.js";
import { PresenceObject } from "./presence.js";

const PresenceChange = builder.objectRef<PresenceEvent>("PresenceChange").implement({
  description:
    "What changed since the event before. Each session is in one list at most, whole: what is told replaces what was shown.",
  fields: (t) => ({
    templateId: t.exposeID("templateId", { description: "The template." }),
    joined: t.field({
      type: [PresenceObject],
      description: "Who came; in the first event everyone who is here.",
      resolve: ({ joined }) => [...joined],
    }),
    moved: t.field({
      type: [PresenceObject],
      description: "Who shows something else of themselves, as they are now.",
      resolve: ({ moved }) => [...moved],
    }),
    left: t.field({
      type: [PresenceObject],
      description: "Who is here no more, as they were last.",
      resolve: ({ left }) => [...left],
    }),
    locks: t.field({
      type: [LockObject],
      nullable: true,
      description:
        "What is locked now, the oldest first, where that changed, and at first; else null. That a lease was renewed is not told.",
      resolve: ({ locks }) => locks && [...locks],
    }),
    serverTimestamp: t.expose("serverTimestamp", {
      type: "DateTime",
      description: "When the event was made.",
    }),
  }),
});

builder.subscriptionField("presenceChanged", (t) =>
  t.field({
    type: PresenceChange,
    description: [
      "Who is on a template: who came, moved and left, on any node. The first event tells everyone who is here, also",
      "after a reconnect. At most 30 events a second; a client that reads slower is told the newest of what it missed.",
      "With `sessionToken` the subscription keeps the session alive. It completes where the template is deleted or the",
      "viewer may no longer see it. Errors at subscribing: UNAUTHENTICATED, NOT_FOUND (no such template, or no such",
      "session on it: join again), UNAVAILABLE with `retryAfterMs`.",
    ].join("\n"),
    args: {
      templateId: t.arg.id({ required: true, description: "The template." }),
      sessionToken: t.arg.string({ description: "The token that joining gave." }),
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
  if (source === undefined) throw notFound("There is no such template.");
  if (sessionToken == null) return source;
  const session = await services.sessions.find(sessionToken, viewer);
  if (session?.templateId !== templateId) {
    throw notFound("There is no such session on this template; join again.");
  }
  return source.heldBy(session);
}
