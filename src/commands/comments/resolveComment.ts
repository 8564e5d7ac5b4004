/** Marks a thread as dealt with, or takes that back; whoever may comment may do both. */
import type { Viewer } from "../../domain/access/access.js";
import { authorize } from "../authorize.js";
import type { RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type { ResolveCommentInput } from "./commentInputs.js";
import type { CommentSaved } from "./commentOutcomes.js";
import { changeComment, commentNotFound } from "./editing.js";

/** Refusals: UNAUTHENTICATED, NOT_FOUND (template or thread), FORBIDDEN. */
export function resolveComment(
  services: Services,
  viewer: Viewer,
  input: ResolveCommentInput,
): Promise<CommentSaved | RequestError> {
  return setResolved(services, viewer, input, "RESOLVED");
}

/** Refusals as for `resolveComment`. */
export function reopenComment(
  services: Services,
  viewer: Viewer,
  input: ResolveCommentInput,
): Promise<CommentSaved | RequestError> {
  return setResolved(services, viewer, input, "REOPENED");
}

async function setResolved(
  services: Services,
  viewer: Viewer,
  { templateId, threadId: id }: ResolveCommentInput,
  change: "RESOLVED" | "REOPENED",
): Promise<CommentSaved | RequestError> {
  const access = await authorize(services, viewer, "comment", templateId);
  if (access.kind === "refused") return access;
  const at = services.clock.now();
  const byId = access.viewer.userId;
  return changeComment(services, { templateId, id, field: "threadId" }, ({ comment, thread }) => {
    if (thread === undefined || comment.id !== thread.id) return commentNotFound("threadId");
    return change === "RESOLVED" ? { change, byId, at } : { change };
  });
}
