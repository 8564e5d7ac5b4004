/** Begins threads and replies to them. The id is looked up first, so that a retry gets the answer of the first try. */
import type { Viewer } from "../../domain/access/access.js";
import {
  checkAnchor,
  placeAnchor,
  type Anchor,
  type AnchorProblem,
} from "../../domain/comments/anchor.js";
import { bodyOf } from "../../domain/comments/body.js";
import { authorize, templateNotFound } from "../authorize.js";
import { refused, type RequestError, invalidInput } from "../requestError.js";
import type { Services } from "../services.js";
import { checkCommentId, checkMentions, checkSaid, mentionsOf } from "./checkComment.js";
import type {
  AnchorInput,
  CreateCommentInput,
  ReplyToCommentInput,
  CommentSaved,
} from "./commentContract.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import { commentNotFound } from "./updateComment.js";
import { canonicalJson } from "../../domain/document/json/canonicalJson.js";
import type { CommentContent } from "../../domain/comments/comment.js";
import type { NewComment } from "../../storage/comments/commentStore.js";
import { savedComment, tellComments } from "./savedComment.js";

/**
 * Begins a thread on a template, a page, an element or a point. Refusals: UNAUTHENTICATED, NOT_FOUND (template, or
 * what the anchor names), FORBIDDEN, INVALID_INPUT, PAYLOAD_TOO_LARGE (mentions, threads).
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

/**
 * Adds a reply to a thread, whether it is open or resolved. Refusals: UNAUTHENTICATED, NOT_FOUND (template, thread, or
 * the reply that is answered), FORBIDDEN, INVALID_INPUT (also: too deep), PAYLOAD_TOO_LARGE (mentions, replies).
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

/** What tells a retry from another comment under the same id. */
function contentHash({ sha256 }: Services, content: CommentContent): string {
  const { threadId, anchor, replyToId, body, mentions } = content;
  const answered = replyToId === null ? {} : { replyToId };
  return sha256(
    canonicalJson({
      threadId,
      anchor: anchor && anchorAsHashed(anchor),
      body,
      mentions,
      ...answered,
    }),
  );
}

/** What was not said is left out, so that what was sent before there were places in elements has the hash it had. */
function anchorAsHashed(anchor: NonNullable<CommentContent["anchor"]>) {
  const { elementX, elementY, ...others } = anchor;
  return elementX === null && elementY === null ? others : { ...others, elementX, elementY };
}

/**
 * The answer where the id is taken: as the first time for the same content of the same author, and where it was deleted
 * since; else a refusal. Undefined where it is free.
 */
async function answeredBefore(
  services: Services,
  { templateId, id, authorId, requestHash }: Omit<NewComment, "anchor">,
): Promise<CommentSaved | RequestError | undefined> {
  const known = await services.comments.find(templateId, id);
  if (known === undefined) return undefined;
  const isSame =
    known.comment.authorId === authorId &&
    (known.requestHash === null || known.requestHash === requestHash);
  if (isSame) return savedComment(services, templateId, id);
  return invalidInput("another comment has this id", "id");
}

/** Stores it and tells everyone. `gone` is the refusal where there is nothing to add it to. */
async function addComment(
  services: Services,
  comment: NewComment,
  gone: RequestError,
): Promise<CommentSaved | RequestError> {
  const { templateId, id, authorId, createdAt } = comment;
  const added = await services.comments.add(comment, services.limits);
  switch (added.kind) {
    case "gone":
      return gone;
    case "noReply":
      return refused("NOT_FOUND", "reply not found in this thread", { path: ["replyToId"] });
    case "tooDeep": {
      const message = `answers are nested at most ${services.limits.commentDepthMax} deep; answer a comment further up`;
      return invalidInput(message, "replyToId");
    }
    case "full":
      return refused("PAYLOAD_TOO_LARGE", fullMessage(comment, services.limits));
    case "idTaken":
      // The same request on its way twice.
      return (await answeredBefore(services, comment)) ?? gone;
    case "added": {
      tellComments(services, templateId, added.sequence);
      const activity = { kind: "COMMENTED", userId: authorId, at: createdAt } as const;
      services.bus.publish({ kind: "activity", templateId, activity });
      return savedComment(services, templateId, id);
    }
  }
}

function fullMessage({ id, threadId }: NewComment, limits: Services["limits"]): string {
  return id === threadId
    ? `a template has at most ${limits.commentThreadsMax} threads, including deleted ones`
    : `a thread has at most ${limits.commentRepliesMax} replies, including deleted ones`;
}
