/** What every change of a comment ends with: others are told, and whoever asked gets what there is now. */
import type { Services } from "../services.js";
import type { CommentSaved } from "./commentContract.js";

/** The comment as it is now, which must be there. */
export async function savedComment(
  { comments }: Pick<Services, "comments">,
  templateId: string,
  commentId: string,
): Promise<CommentSaved> {
  const found = await comments.find(templateId, commentId);
  if (found === undefined) throw new Error(`comment ${commentId} does not exist`);
  const { comment } = found;
  const [thread] = await comments.findThreads(templateId, [comment.threadId]);
  return { kind: "commentSaved", comment, thread };
}

/** A hint for those who follow the template's comments. */
export function tellComments(
  { bus }: Pick<Services, "bus">,
  templateId: string,
  sequence: number,
): void {
  bus.publish({ kind: "comments", templateId, sequence });
}
