/** Changes what a comment says; for its author alone. */
import type { Viewer } from "../../domain/access/access.js";
import { bodyOf } from "../../domain/comments/body.js";
import { authorize } from "../authorize.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { checkMentions, checkSaid, mentionsOf } from "./checkComment.js";
import type { EditCommentInput } from "./commentInputs.js";
import type { CommentSaved } from "./commentOutcomes.js";
import { changeComment, commentNotFound } from "./editing.js";

/** Refusals: UNAUTHENTICATED, NOT_FOUND (template or comment), FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE. */
export async function editComment(
  services: Services,
  viewer: Viewer,
  input: EditCommentInput,
): Promise<CommentSaved | RequestError> {
  const { templateId, commentId: id, mentions } = input;
  const body = bodyOf(input.body);
  const access = await authorize(services, viewer, "comment", templateId);
  if (access.kind === "refused") return access;
  const problem =
    checkSaid({ ...input, body }, services.limits) ??
    (await checkMentions(services, access.head, mentions));
  if (problem !== undefined) return problem;
  const at = services.clock.now();
  return changeComment(services, { templateId, id, field: "commentId" }, ({ comment }) => {
    if (comment.deletedAt !== null) return commentNotFound("commentId");
    if (comment.authorId !== access.viewer.userId) {
      return refused("FORBIDDEN", "only its author may edit a comment", { path: ["commentId"] });
    }
    const named = mentions == null ? comment.mentions : mentionsOf(mentions);
    return { change: "EDITED", body, mentions: named, at };
  });
}
