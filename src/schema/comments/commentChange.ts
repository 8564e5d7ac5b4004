/** What subscribers of a template's comments get. Events come from src/subscriptions/comments. */
import { commentChangeKinds, type CommentChangeKind } from "../../domain/comments/comment.js";
import type { CommentEvent, CommentSource } from "../../subscriptions/comments/commentSource.js";
import { builder } from "../builder.js";
import { CommentObject, CommentThreadObject, threadView } from "./comment.js";
import type { GraphQLContext } from "../context.js";
import { badUserInput, notFound, unauthenticated } from "../errors.js";
import { numberOfLastEvent } from "../lastEvent.js";

const kinds: Readonly<Record<CommentChangeKind, { description: string }>> = {
  CREATED: { description: "It was said." },
  EDITED: { description: "It says something else now." },
  DELETED: { description: "It was taken back; `thread` is null where nothing is left of that." },
  RESOLVED: { description: "Its thread was marked as dealt with." },
  REOPENED: { description: "Its thread is open again." },
};

const CommentChangeKindEnum = builder.enumType("CommentChangeKind", {
  description: "The last thing that happened to a comment.",
  values: Object.fromEntries(commentChangeKinds.map((kind) => [kind, kinds[kind]])) as typeof kinds,
});

const CommentChangeObject = builder.objectRef<CommentEvent>("CommentChange").implement({
  description:
    "A comment as it is after a change. Of several changes of one comment that a client missed it is told the last, so it puts what it is told in the place of what it had, by id.",
  fields: (t) => ({
    templateId: t.id({
      description: "The template.",
      resolve: ({ comment }) => comment.templateId,
    }),
    kind: t.field({
      type: CommentChangeKindEnum,
      description: "What happened last.",
      resolve: ({ comment }) => comment.change,
    }),
    sequence: t.int({
      description:
        "The number of the change: name the last one seen as `afterSequence` after a reconnect.",
      resolve: ({ comment }) => comment.sequence,
    }),
    comment: t.field({
      type: CommentObject,
      description: "The comment; of a thread that was resolved or reopened the first one.",
      resolve: ({ comment }) => comment,
    }),
    thread: t.field({
      type: CommentThreadObject,
      nullable: true,
      description: "Its thread, at or after the change; null where everything in it was deleted.",
      resolve: ({ thread }, _args, context) => threadView(thread, context),
    }),
  }),
});

builder.subscriptionField("commentChanged", (t) =>
  t.field({
    type: CommentChangeObject,
    description: [
      "What changes in the comments of a template, on any node: said, edited, deleted, resolved, reopened. Nothing is",
      "missed: what changed after `afterSequence` comes first, and whatever a connection loses comes after the next. It",
      "completes where the template is deleted or the viewer may no longer see it. Errors at subscribing:",
      "UNAUTHENTICATED, NOT_FOUND, BAD_USER_INPUT (`afterSequence`), UNAVAILABLE with `retryAfterMs`. As server-sent",
      "events each has `sequence` as its id, and `Last-Event-ID` counts instead of `afterSequence`.",
    ].join("\n"),
    args: {
      templateId: t.arg.id({ required: true, description: "The template." }),
      afterSequence: t.arg.int({
        description:
          "The change after which to begin: `Template.commentSequence`, or the last `sequence` seen. Where omitted: the last one at subscribing.",
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
  if (source === "notThere") throw notFound("There is no such template.");
  if (source === "ahead") {
    throw badUserInput("`afterSequence` is after the last change: read the comments again.");
  }
  return source;
}
