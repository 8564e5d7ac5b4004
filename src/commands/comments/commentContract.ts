/** What the commands of comments take and answer. */
import type { Comment } from "../../domain/comments/comment.js";
import type { CommentThread } from "../../storage/comments/commentStore.js";

export interface AnchorInput {
  readonly pageId?: string | null;
  readonly elementId?: string | null;
  readonly x?: number | null;
  readonly y?: number | null;
  readonly elementX?: number | null;
  readonly elementY?: number | null;
}

export interface CreateCommentInput {
  readonly templateId: string;
  /** Chosen by the client, a UUID. */
  readonly id: string;
  /** The template where absent. */
  readonly anchor?: AnchorInput | null;
  readonly body: string;
  readonly mentions?: readonly string[] | null;
}

export interface ReplyToCommentInput {
  readonly templateId: string;
  readonly threadId: string;
  /** The reply of the thread that it answers; the first comment where absent. */
  readonly replyToId?: string | null;
  /** Chosen by the client, a UUID. */
  readonly id: string;
  readonly body: string;
  readonly mentions?: readonly string[] | null;
}

export interface EditCommentInput {
  readonly templateId: string;
  readonly commentId: string;
  readonly body: string;
  /** All of them; those of before stay where absent. */
  readonly mentions?: readonly string[] | null;
}

export interface DeleteCommentInput {
  readonly templateId: string;
  readonly commentId: string;
}

export interface ResolveCommentInput {
  readonly templateId: string;
  readonly threadId: string;
}

export interface MarkCommentsReadInput {
  readonly templateId: string;
  /** All threads where absent. */
  readonly threadIds?: readonly string[] | null;
  /** All there is now where absent. */
  readonly throughSequence?: number | null;
}

/** The comment as it is now. */
export interface CommentSaved {
  readonly kind: "commentSaved";
  readonly comment: Comment;
  /** Undefined where all of it was deleted. */
  readonly thread: CommentThread | undefined;
}

export interface CommentsRead {
  readonly kind: "commentsRead";
  readonly templateId: string;
}
