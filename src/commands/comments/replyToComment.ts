/** Adds a reply to a thread, whether it is open or resolved. */
import type { Viewer } from "../../domain/access/access.js";
import { placeAnchor, type Anchor } from "../../domain/comments/anchor.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import { bodyOf } from "../../domain/comments/body.js";
import { authorize } from "../authorize.js";
import type { RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { addComment, answeredBefore, contentHash } from "./addComment.js";
import { checkCommentId, checkMentions, checkSaid, mentionsOf } from "./checkComment.js";
import type { ReplyToCommentInput } from "./commentInputs.js";
import type { CommentSaved } from "./commentOutcomes.js";
import { commentNotFound } from "./editing.js";

/**
 * Refusals: UNAUTHENTICATED, NOT_FOUND (template, thread, or the reply that is answered), FORBIDDEN, INVALID_INPUT (also:
 * too deep), PAYLOAD_TOO_LARGE (mentions, replies).
 */
export async function replyToComment(
  services: Services,
  viewer: Viewer,
  input: ReplyToCommentInput,
): Promise<CommentSaved | RequestError> {
  const { templateId, threadId, id } = input;
  const replyToId = input.replyToId === threadId ? null : (input.replyToId ?? null);
  const body = bodyOf(input.body);
  const access = await authorize(services, viewer, "comment", templateId);
  if (access.kind === "refused") return access;
  const problem = checkCommentId(id) ?? checkSaid({ ...input, body }, services.limits);
  if (problem !== undefined) return problem;
  const gone = commentNotFound("threadId");
  // A reply to itself would begin a thread.
  if (threadId === id) return gone;

  const mentions = mentionsOf(input.mentions);
  const comment = {
    ...{ templateId, id, threadId, replyToId, authorId: access.viewer.userId, body, mentions },
    requestHash: contentHash(services, { threadId, anchor: null, replyToId, body, mentions }),
    createdAt: services.clock.now(),
  };
  const before = await answeredBefore(services, comment);
  if (before !== undefined) return before;
  const unseen = await checkMentions(services, access.head, input.mentions);
  if (unseen !== undefined) return unseen;
  const anchor = await placeNow(services, access.head, threadId);
  return addComment(services, { ...comment, anchor }, gone);
}

/** Where the thread's element is at this moment, to be remembered for when it is gone; null where there is none. */
async function placeNow(
  { comments, live }: Services,
  { templateId, version }: TemplateHead,
  threadId: string,
): Promise<Anchor | null> {
  const [thread] = await comments.findThreads(templateId, [threadId]);
  if (thread === undefined || thread.anchor.elementId === null) return null;
  const { document } = await live.read(templateId, version);
  const placed = placeAnchor(document, thread.anchor);
  return placed.ok ? placed.value : null;
}
