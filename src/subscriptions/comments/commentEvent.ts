/** One comment as it is after a change; one object serves everybody who is told of it. */
import type { Comment } from "../../domain/comments/comment.js";
import type { CommentThread } from "../../storage/comments/commentStore.js";

export interface CommentEvent {
  readonly comment: Comment;
  /** At or after the change; undefined where all of it was deleted. */
  readonly thread: CommentThread | undefined;
}
