/** The common part of changing a comment that is there: decided on what is stored, and told where it changed something. */
import { isSettled, type CommentEdit } from "../../domain/comments/comment.js";
import type { HeldComment } from "../../storage/comments/commentStore.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type { CommentSaved } from "./commentOutcomes.js";
import { savedComment, tellComments } from "./savedComment.js";

/** Asked for again it answers the same and changes nothing. `field` is where the input names the comment. */
export async function changeComment(
  services: Services,
  { templateId, id, field }: { templateId: string; id: string; field: "commentId" | "threadId" },
  decide: (held: HeldComment) => CommentEdit | RequestError,
): Promise<CommentSaved | RequestError> {
  const outcome = await services.comments.edit<RequestError | null>(templateId, id, (held) => {
    const decided = decide(held);
    if ("kind" in decided) return { kind: "answer", answer: decided };
    const isResolved = held.thread?.resolvedAt != null;
    if (isSettled(held.comment, isResolved, decided)) return { kind: "answer", answer: null };
    return { kind: "edit", edit: decided };
  });
  if (outcome.kind === "gone") return commentNotFound(field);
  if (outcome.kind === "answered" && outcome.answer !== null) return outcome.answer;
  if (outcome.kind === "edited") tellComments(services, templateId, outcome.sequence);
  return savedComment(services, templateId, id);
}

/** The refusal where there is no such comment, or it was deleted. */
export function commentNotFound(field: "commentId" | "threadId"): RequestError {
  const what = field === "threadId" ? "thread" : "comment";
  return refused("NOT_FOUND", `there is no such ${what} on this template`, { path: [field] });
}
