/** What the commands of comments answer. */
import type { Comment } from "../../domain/comments/comment.js";
import type { CommentThread } from "../../storage/comments/commentStore.js";

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
