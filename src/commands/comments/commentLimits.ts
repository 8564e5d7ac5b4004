/** How long comments may be and how many there may be; each name carries its unit. */
import type { CommentBounds } from "../../storage/comments/commentStore.js";

export interface CommentLimits extends CommentBounds {
  /** UTF-16 units of a comment. */
  readonly commentBodyUnitsMax: number;
  /** People whom one comment mentions. */
  readonly commentMentionsMax: number;
}

export const defaultCommentLimits: CommentLimits = {
  commentBodyUnitsMax: 10_000,
  commentMentionsMax: 50,
  commentThreadsMax: 2_000,
  commentRepliesMax: 500,
  commentDepthMax: 20,
};
