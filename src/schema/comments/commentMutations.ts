/** The mutations of comments. */
import { createComment, replyToComment } from "../../commands/comments/createComment.js";
import type {
  AnchorInput,
  CreateCommentInput,
  DeleteCommentInput,
  EditCommentInput,
  MarkCommentsReadInput,
  ReplyToCommentInput,
  ResolveCommentInput,
  CommentSaved,
  CommentsRead,
} from "../../commands/comments/commentContract.js";
import {
  deleteComment,
  editComment,
  reopenComment,
  resolveComment,
} from "../../commands/comments/updateComment.js";
import { markCommentsRead } from "../../commands/comments/markCommentsRead.js";
import { builder } from "../builder.js";
import { CommentObject, CommentThreadObject, threadView } from "./comment.js";
import { RequestErrorObject } from "../errors.js";
import { TemplateObject } from "../templates/template.js";

const FIELDS = {
  templateId: "The template.",
  id: "A UUID chosen by the client, an idempotency key: repeated with the same content it creates no second comment.",
  body: "Plain text of 1 to 10,000 UTF-16 units by default; no control characters except line feeds.",
  mentions:
    "The ids of the mentioned users, who must be able to see the template; at most 50 by default.",
  threadId: "The thread's id.",
  commentId: "The comment's id.",
};

const CommentAnchorInput = builder.inputRef<AnchorInput, false>("CommentAnchorInput").implement({
  description:
    "The subject of a thread: an element with its page, a place in the element, a point with its page, a page alone, or nothing for the template.",
  fields: (t) => ({
    pageId: t.id({ description: "The page." }),
    elementId: t.id({ description: "The element on that page." }),
    x: t.float({
      description: "A point of the page: horizontal position in canvas units, to the right.",
    }),
    y: t.float({ description: "The vertical position in canvas units, downwards." }),
    elementX: t.float({
      description:
        "A place in the element: fraction of its width from its left edge, 0 to 1. It follows the element.",
    }),
    elementY: t.float({ description: "The fraction of its height from its upper edge, 0 to 1." }),
  }),
});

const CreateCommentInputType = builder
  .inputRef<CreateCommentInput, false>("CreateCommentInput")
  .implement({
    description: "The first comment of a thread.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: FIELDS.templateId }),
      id: t.id({ required: true, description: FIELDS.id }),
      anchor: t.field({
        type: CommentAnchorInput,
        description: "The subject, which must exist. Default: the template.",
      }),
      body: t.string({ required: true, description: FIELDS.body }),
      mentions: t.idList({ description: FIELDS.mentions }),
    }),
  });

const ReplyToCommentInputType = builder
  .inputRef<ReplyToCommentInput, false>("ReplyToCommentInput")
  .implement({
    description: "A reply.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: FIELDS.templateId }),
      threadId: t.id({ required: true, description: FIELDS.threadId }),
      replyToId: t.id({
        description:
          "The reply of that thread to answer. Default: the first comment. Answers are nested at most 20 deep by default.",
      }),
      id: t.id({ required: true, description: FIELDS.id }),
      body: t.string({ required: true, description: FIELDS.body }),
      mentions: t.idList({ description: FIELDS.mentions }),
    }),
  });

const EditCommentInputType = builder
  .inputRef<EditCommentInput, false>("EditCommentInput")
  .implement({
    description: "The new content of a comment.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: FIELDS.templateId }),
      commentId: t.id({ required: true, description: FIELDS.commentId }),
      body: t.string({ required: true, description: FIELDS.body }),
      mentions: t.idList({
        description: `${FIELDS.mentions} They replace the current mentions; omitted: unchanged.`,
      }),
    }),
  });

const DeleteCommentInputType = builder
  .inputRef<DeleteCommentInput, false>("DeleteCommentInput")
  .implement({
    description: "The comment to delete.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: FIELDS.templateId }),
      commentId: t.id({ required: true, description: FIELDS.commentId }),
    }),
  });

const ResolveCommentInputType = builder
  .inputRef<ResolveCommentInput, false>("ResolveCommentInput")
  .implement({
    description: "The thread to resolve or reopen.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: FIELDS.templateId }),
      threadId: t.id({ required: true, description: FIELDS.threadId }),
    }),
  });

const MarkCommentsReadInputType = builder
  .inputRef<MarkCommentsReadInput, false>("MarkCommentsReadInput")
  .implement({
    description: "The comments to mark as read.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: FIELDS.templateId }),
      threadIds: t.idList({
        description: "The threads. Default: all. Unknown ids are ignored.",
      }),
      throughSequence: t.int({
        description:
          "The newest change that was shown: later comments stay unread. Default: all current comments.",
      }),
    }),
  });

const CommentSavedObject = builder.objectRef<CommentSaved>("CommentSaved").implement({
  description: "The change was applied.",
  fields: (t) => ({
    comment: t.field({
      type: CommentObject,
      description: "The comment after the change; for a thread its first comment.",
      resolve: ({ comment }) => comment,
    }),
    thread: t.field({
      type: CommentThreadObject,
      nullable: true,
      description: "Its thread; null if all its comments were deleted.",
      resolve: ({ thread }, _args, context) => threadView(thread, context),
    }),
  }),
});

const CommentsReadObject = builder.objectRef<CommentsRead>("CommentsRead").implement({
  description: "Marked as read for the viewer.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The template, with the remaining unread count.",
      resolve: ({ templateId }) => ({ id: templateId }),
    }),
  }),
});

const CommentResult = builder.unionType("CommentResult", {
  description: "The comment or an error.",
  types: [CommentSavedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : CommentSavedObject),
});

const MarkCommentsReadResult = builder.unionType("MarkCommentsReadResult", {
  description: "The template or an error.",
  types: [CommentsReadObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : CommentsReadObject),
});

builder.mutationFields((t) => ({
  createComment: t.field({
    type: CommentResult,
    description:
      "Starts a thread. Errors: UNAUTHENTICATED, NOT_FOUND (template, or the anchor's page or element), FORBIDDEN, INVALID_INPUT (another comment has the id; a mentioned user cannot see the template), PAYLOAD_TOO_LARGE (mentions, threads of the template).",
    args: {
      input: t.arg({
        type: CreateCommentInputType,
        required: true,
        description: "The comment and its subject.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => createComment(services, viewer, input),
  }),
  replyToComment: t.field({
    type: CommentResult,
    description:
      "Replies in a thread, open or resolved. Errors: UNAUTHENTICATED, NOT_FOUND (template, thread, or the answered reply), FORBIDDEN, INVALID_INPUT (also: nested too deep), PAYLOAD_TOO_LARGE (mentions, replies of the thread).",
    args: {
      input: t.arg({
        type: ReplyToCommentInputType,
        required: true,
        description: "The reply and its thread.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => replyToComment(services, viewer, input),
  }),
}));

builder.mutationFields((t) => ({
  editComment: t.field({
    type: CommentResult,
    description:
      "Changes the content of the viewer's own comment. Errors: UNAUTHENTICATED, NOT_FOUND (template or comment), FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE.",
    args: {
      input: t.arg({
        type: EditCommentInputType,
        required: true,
        description: "The comment and its new content.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => editComment(services, viewer, input),
  }),
  deleteComment: t.field({
    type: CommentResult,
    description:
      "Deletes the viewer's own comment, or any comment if the viewer has the right GOVERN. The first comment of a thread keeps its place if it has replies. Errors: UNAUTHENTICATED, NOT_FOUND (template or comment), FORBIDDEN.",
    args: {
      input: t.arg({ type: DeleteCommentInputType, required: true, description: "The comment." }),
    },
    resolve: (_root, { input }, { services, viewer }) => deleteComment(services, viewer, input),
  }),
  resolveComment: t.field({
    type: CommentResult,
    description:
      "Resolves a thread. Errors: UNAUTHENTICATED, NOT_FOUND (template or thread), FORBIDDEN.",
    args: {
      input: t.arg({ type: ResolveCommentInputType, required: true, description: "The thread." }),
    },
    resolve: (_root, { input }, { services, viewer }) => resolveComment(services, viewer, input),
  }),
  reopenComment: t.field({
    type: CommentResult,
    description:
      "Reopens a thread. Errors: UNAUTHENTICATED, NOT_FOUND (template or thread), FORBIDDEN.",
    args: {
      input: t.arg({ type: ResolveCommentInputType, required: true, description: "The thread." }),
    },
    resolve: (_root, { input }, { services, viewer }) => reopenComment(services, viewer, input),
  }),
  markCommentsRead: t.field({
    type: MarkCommentsReadResult,
    description:
      "Marks comments as read for the viewer; they never become unread again. Errors: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT, PAYLOAD_TOO_LARGE.",
    args: {
      input: t.arg({
        type: MarkCommentsReadInputType,
        required: true,
        description: "The threads and the last change shown.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => markCommentsRead(services, viewer, input),
  }),
}));
