/** What subscribers of a template's comments get. Events come from src/subscriptions/comments. */
import { commentChangeKinds, type CommentChangeKind } from "../../domain/comments/comment.js";
import type { CommentEvent, CommentSource } from "../../subscriptions/comments/commentSource.js";
import { builder } from "../builder.js";
import { CommentObject, CommentThreadObject, threadView } from "./comment.js";
import type { GraphQLContext } from "../context.js";
import { badUserInput, notFound, unauthenticated } from "../errors.js";
import { numberOfLastEvent } from "../lastEvent.js";

const kinds: Readonly<Record<CommentChangeKind, { description: string }>> = {
  CREATED: { description: "The comment was created." },
  EDITED: { description: "The comment was edited." },
  DELETED: {
    description: "The comment was deleted; `thread` is null if no comment of the thread is left.",
  },
  RESOLVED: { description: "The thread was resolved." },
  REOPENED: { description: "The thread was reopened." },
};

const CommentChangeKindEnum = builder.enumType("CommentChangeKind", {
  description: "The kind of a comment's last change.",
  values: Object.fromEntries(commentChangeKinds.map((kind) => [kind, kinds[kind]])) as typeof kinds,
});

const CommentChangeObject = builder.objectRef<CommentEvent>("CommentChange").implement({
  description:
    "A comment after a change. Missed changes of one comment are coalesced: replace your copy by id.",
  fields: (t) => ({
    templateId: t.id({
      description: "The template.",
      resolve: ({ comment }) => comment.templateId,
    }),
    kind: t.field({
      type: CommentChangeKindEnum,
      description: "The kind of the last change.",
      resolve: ({ comment }) => comment.change,
    }),
    sequence: t.int({
      description:
        "The number of the change; pass the last one seen as `afterSequence` after a reconnect.",
      resolve: ({ comment }) => comment.sequence,
    }),
    comment: t.field({
      type: CommentObject,
      description: "The comment; for a resolved or reopened thread its first comment.",
      resolve: ({ comment }) => comment,
    }),
    thread: t.field({
      type: CommentThreadObject,
      nullable: true,
      description: "Its thread, at or after the change; null if all its comments were deleted.",
      resolve: ({ thread }, _args, context) => threadView(thread, context),
    }),
  }),
});

builder.subscriptionField("commentChanged", (t) =>
  t.field({
    type: CommentChangeObject,
    description: [
      "Delivers every change of a template's comments, made on any node: created, edited, deleted, resolved, reopened.",
      "Changes after `afterSequence` are delivered first, so a client misses nothing if it reconnects with the last one seen.",
      "Completes if the template is deleted or the viewer may no longer see it. Errors at subscribing:",
      "UNAUTHENTICATED, NOT_FOUND, BAD_USER_INPUT (`afterSequence`), UNAVAILABLE with `retryAfterMs`. As server-sent",
      "events each has `sequence` as its id, and `Last-Event-ID` replaces `afterSequence`.",
    ].join("\n"),
    args: {
      templateId: t.arg.id({ required: true, description: "The template." }),
      afterSequence: t.arg.int({
        description:
          "Deliver changes after this one: `Template.commentSequence`, or the last `sequence` seen. Default: the last change at subscribing.",
      }),
    },
    subscribe: (_root, args, context) => follow(args, context),
    resolve: ({ commentChanged }) => commentChanged,
  }),
);

interface FollowArguments {
  readonly templateId: string;
  readonly afterSequence?: number | null | undefined;
}

async function follow(
  { templateId, afterSequence: given }: FollowArguments,
  { viewer, commentFeeds, lastEventId }: GraphQLContext,
): Promise<CommentSource> {
  if (viewer.kind !== "user") throw unauthenticated();
  if (given != null && given < 0) throw badUserInput("`afterSequence` must not be negative.");
  const afterSequence = numberOfLastEvent(lastEventId) ?? given;
  const source = await commentFeeds.follow({
    ...{ templateId, viewer },
    ...(afterSequence != null && { afterSequence }),
  });
  if (source === "notThere") throw notFound("Template not found.");
  if (source === "ahead") {
    throw badUserInput("`afterSequence` is greater than the last change; reload the comments.");
  }
  return source;
}
