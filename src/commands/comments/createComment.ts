/** Begins a thread on a template, a page, an element or a point. */
import type { Viewer } from "../../domain/access/access.js";
import {
  checkAnchor,
  placeAnchor,
  type Anchor,
  type AnchorProblem,
} from "../../domain/comments/anchor.js";
import { bodyOf } from "../../domain/comments/body.js";
import { authorize, templateNotFound } from "../authorize.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import { addComment, answeredBefore, contentHash } from "./addComment.js";
import { checkCommentId, checkMentions, checkSaid, mentionsOf } from "./checkComment.js";
import type { AnchorInput, CreateCommentInput } from "./commentInputs.js";
import type { CommentSaved } from "./commentOutcomes.js";

/**
 * Refusals: UNAUTHENTICATED, NOT_FOUND (template, or what the anchor names), FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE
 * (mentions, threads).
 */
export async function createComment(
  services: Services,
  viewer: Viewer,
  input: CreateCommentInput,
): Promise<CommentSaved | RequestError> {
  const { templateId, id } = input;
  const body = bodyOf(input.body);
  const access = await authorize(services, viewer, "comment", templateId);
  if (access.kind === "refused") return access;
  const anchor = anchorOf(input.anchor);
  const problem = checkCommentId(id) ?? checkSaid({ ...input, body }, services.limits);
  if (problem !== undefined) return problem;
  const wrongAnchor = checkAnchor(anchor, services.limits);
  if (wrongAnchor !== undefined) return anchorRefusal(wrongAnchor);

  const mentions = mentionsOf(input.mentions);
  const content = { threadId: id, anchor, replyToId: null, body, mentions };
  const comment = {
    ...{ templateId, id, threadId: id, authorId: access.viewer.userId, body, mentions },
    replyToId: null,
    requestHash: contentHash(services, content),
    createdAt: services.clock.now(),
  };
  const before = await answeredBefore(services, comment);
  if (before !== undefined) return before;
  const unseen = await checkMentions(services, access.head, input.mentions);
  if (unseen !== undefined) return unseen;

  const { document } = await services.live.read(templateId, access.head.version);
  const placed = placeAnchor(document, anchor);
  if (!placed.ok) return anchorRefusal(placed.error);
  return addComment(services, { ...comment, anchor: placed.value }, templateNotFound());
}

function anchorOf(input: AnchorInput | null | undefined): Anchor {
  const { pageId = null, elementId = null, x = null, y = null } = input ?? {};
  const { elementX = null, elementY = null } = input ?? {};
  return { pageId, elementId, x, y, elementX, elementY };
}

function anchorRefusal({ kind, message, path }: AnchorProblem): RequestError {
  const code = kind === "invalid" ? "INVALID_INPUT" : "NOT_FOUND";
  return refused(code, message, { path: ["anchor", ...path] });
}
