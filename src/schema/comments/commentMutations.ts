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
  id: "A UUID that the client chooses; sending it again with the same content says nothing twice.",
  body: "Plain text of 1 to 10,000 UTF-16 units unless the server is set otherwise; of control characters only line feeds.",
  mentions:
    "Ids of people whom it names, who may see the template; at most 50 unless the server is set otherwise.",
  threadId: "The thread's id.",
  commentId: "The comment's id.",
};

const CommentAnchorInput = builder.inputRef<AnchorInput, false>("CommentAnchorInput").implement({
  description:
    "What a thread is about: an element with its page, or a place in it, a point with its page, a page alone, or nothing of these for the template.",
  fields: (t) => ({
    pageId: t.id({ description: "The page." }),
    elementId: t.id({ description: "The element on that page." }),
    x: t.float({ description: "A point of the page: to the right, in canvas units." }),
    y: t.float({ description: "Downwards." }),
    elementX: t.float({
      description:
        "A place in the element: the part of its width from its left edge, 0 to 1. It follows the element.",
    }),
    elementY: t.float({ description: "The part of its height from its upper edge, 0 to 1." }),
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
        description: "What it is about, which must be there; the template where omitted.",
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
          "The reply of that thread that it answers; the first comment where omitted. Answers go 20 deep at most unless the server is set otherwise.",
      }),
      id: t.id({ required: true, description: FIELDS.id }),
      body: t.string({ required: true, description: FIELDS.body }),
      mentions: t.idList({ description: FIELDS.mentions }),
    }),
  });

const EditCommentInputType = builder
  .inputRef<EditCommentInput, false>("EditCommentInput")
  .implement({
    description: "What a comment shall say.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: FIELDS.templateId }),
      commentId: t.id({ required: true, description: FIELDS.commentId }),
      body: t.string({ required: true, description: FIELDS.body }),
      mentions: t.idList({
        description: `${FIELDS.mentions} They replace the ones before, which stay where omitted.`,
      }),
    }),
  });

const DeleteCommentInputType = builder
  .inputRef<DeleteCommentInput, false>("DeleteCommentInput")
  .implement({
    description: "Which comment to delete.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: FIELDS.templateId }),
      commentId: t.id({ required: true, description: FIELDS.commentId }),
    }),
  });

const ResolveCommentInputType = builder
  .inputRef<ResolveCommentInput, false>("ResolveCommentInput")
  .implement({
    description: "Which thread to resolve or reopen.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: FIELDS.templateId }),
      threadId: t.id({ required: true, description: FIELDS.threadId }),
    }),
  });

const MarkCommentsReadInputType = builder
  .inputRef<MarkCommentsReadInput, false>("MarkCommentsReadInput")
  .implement({
    description: "What the viewer has read.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: FIELDS.templateId }),
      threadIds: t.idList({
        description: "The threads; all of them where omitted. What is not there is passed over.",
      }),
      throughSequence: t.int({
        description:
          "The newest change that was shown: comments said later stay unread. All there is now where omitted.",
      }),
    }),
  });

const CommentSavedObject = builder.objectRef<CommentSaved>("CommentSaved").implement({
  description: "What was asked for is so now.",
  fields: (t) => ({
    comment: t.field({
      type: CommentObject,
      description: "The comment as it is now; of a thread the first one.",
      resolve: ({ comment }) => comment,
    }),
    thread: t.field({
      type: CommentThreadObject,
      nullable: true,
      description: "Its thread; null where everything in it was deleted.",
      resolve: ({ thread }, _args, context) => threadView(thread, context),
    }),
  }),
});

const CommentsReadObject = builder.objectRef<CommentsRead>("CommentsRead").implement({
  description: "It is noted, for the viewer alone.",
  fields: (t) => ({
    template: t.field({
      type: TemplateObject,
      description: "The template, with what is still unread.",
      resolve: ({ templateId }) => ({ id: templateId }),
    }),
  }),
});

const CommentResult = builder.unionType("CommentResult", {
  description: "The comment or a refusal.",
  types: [CommentSavedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : CommentSavedObject),
});

const MarkCommentsReadResult = builder.unionType("MarkCommentsReadResult", {
  description: "What is noted or a refusal.",
  types: [CommentsReadObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : CommentsReadObject),
});

builder.mutationFields((t) => ({
  createComment: t.field({
    type: CommentResult,
    description:
      "Begins a thread. Refusals: UNAUTHENTICATED, NOT_FOUND (template, or what the anchor names), FORBIDDEN, INVALID_INPUT (the id is another comment's; nobody who may see the template is mentioned), PAYLOAD_TOO_LARGE (mentions, threads of the template).",
    args: {
      input: t.arg({
        type: CreateCommentInputType,
        required: true,
        description: "What is said, and about what.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => createComment(services, viewer, input),
  }),
  replyToComment: t.field({
    type: CommentResult,
    description:
      "Replies in a thread, which may be resolved. Refusals: UNAUTHENTICATED, NOT_FOUND (template, thread, or the reply that is answered), FORBIDDEN, INVALID_INPUT (also: answers too deep), PAYLOAD_TOO_LARGE (mentions, replies of the thread).",
    args: {
      input: t.arg({
        type: ReplyToCommentInputType,
        required: true,
        description: "What is said, and where.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => replyToComment(services, viewer, input),
  }),
}));

builder.mutationFields((t) => ({
  editComment: t.field({
    type: CommentResult,
    description:
      "Changes what one's own comment says. Refusals: UNAUTHENTICATED, NOT_FOUND (template or comment), FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE.",
    args: {
      input: t.arg({
        type: EditCommentInputType,
        required: true,
        description: "The comment and what it shall say.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => editComment(services, viewer, input),
  }),
  deleteComment: t.field({
    type: CommentResult,
    description:
      "Takes back one's own comment, or any where one may govern the template. The first of a thread keeps its place where others replied. Refusals: UNAUTHENTICATED, NOT_FOUND (template or comment), FORBIDDEN.",
    args: {
      input: t.arg({ type: DeleteCommentInputType, required: true, description: "The comment." }),
    },
    resolve: (_root, { input }, { services, viewer }) => deleteComment(services, viewer, input),
  }),
  resolveComment: t.field({
    type: CommentResult,
    description:
      "Marks a thread as dealt with. Refusals: UNAUTHENTICATED, NOT_FOUND (template or thread), FORBIDDEN.",
    args: {
      input: t.arg({ type: ResolveCommentInputType, required: true, description: "The thread." }),
    },
    resolve: (_root, { input }, { services, viewer }) => resolveComment(services, viewer, input),
  }),
  reopenComment: t.field({
    type: CommentResult,
    description:
      "Opens a thread again. Refusals: UNAUTHENTICATED, NOT_FOUND (template or thread), FORBIDDEN.",
    args: {
      input: t.arg({ type: ResolveCommentInputType, required: true, description: "The thread." }),
    },
    resolve: (_root, { input }, { services, viewer }) => reopenComment(services, viewer, input),
  }),
  markCommentsRead: t.field({
    type: MarkCommentsReadResult,
    description:
      "Notes what the viewer has read; it never counts as unread again. Refusals: UNAUTHENTICATED, NOT_FOUND, INVALID_INPUT, PAYLOAD_TOO_LARGE.",
    args: {
      input: t.arg({
        type: MarkCommentsReadInputType,
        required: true,
        description: "The threads, and how far.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => markCommentsRead(services, viewer, input),
  }),
}));
