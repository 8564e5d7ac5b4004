/** Takes a comment back. Where others replied its place stays, without what it said. */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import { authorize } from "../authorize.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type { DeleteCommentInput } from "./commentInputs.js";
import type { CommentSaved } from "./commentOutcomes.js";
import { changeComment } from "./editing.js";

/** For its author and for who may govern the template. Refusals: UNAUTHENTICATED, NOT_FOUND (template or comment), FORBIDDEN. */
export async function deleteComment(
  services: Services,
  viewer: Viewer,
  { templateId, commentId: id }: DeleteCommentInput,
): Promise<CommentSaved | RequestError> {
  const access = await authorize(services, viewer, "comment", templateId);
  if (access.kind === "refused") return access;
  const governs = decideAccess(viewer, "govern", access.head).allowed;
  const at = services.clock.now();
  return changeComment(services, { templateId, id, field: "commentId" }, ({ comment }) =>
    governs || comment.authorId === access.viewer.userId
      ? { change: "DELETED", at }
      : refused("FORBIDDEN", "this is another person's comment", { path: ["commentId"] }),
  );
}
