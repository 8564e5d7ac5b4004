/**
 * Changes of a comment or thread that exists: its text, its deletion, its resolution. Each is decided on the stored
 * state and published where it changed something.
 */
import { isSettled, type CommentEdit } from "../../domain/comments/comment.js";
import type { HeldComment } from "../../storage/comments/commentStore.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type {
  CommentSaved,
  EditCommentInput,
  DeleteCommentInput,
  ResolveCommentInput,
} from "./commentContract.js";
import { savedComment, tellComments } from "./savedComment.js";
import { type Viewer, decideAccess } from "../../domain/access/access.js";
import { bodyOf } from "../../domain/comments/body.js";
import { authorize } from "../authorize.js";
import { checkMentions, checkSaid, mentionsOf } from "./checkComment.js";

/** Asked for again it answers the same and changes nothing. `field` is where the input names the comment. */
async function changeComment(
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
  return refused("NOT_FOUND", `${what} not found on this template`, { path: [field] });
}

/**
 * Replaces the text of a comment; for its author alone. Refusals: UNAUTHENTICATED, NOT_FOUND (template or comment),
 * FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE.
 */
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

/**
 * Deletes a comment. Where it has replies its place stays, without its text. For its author and for who may govern the
 * template. Refusals: UNAUTHENTICATED, NOT_FOUND (template or comment), FORBIDDEN.
 */
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

/**
 * Resolves a thread, or opens it again; both need the right to comment. Refusals: UNAUTHENTICATED, NOT_FOUND (template
 * or thread), FORBIDDEN.
 */
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
