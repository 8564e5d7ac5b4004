/** The common part of creating a thread and replying to one: the id comes first, so that a retry is told from news. */
import { canonicalJson } from "../../domain/document/json/canonicalJson.js";
import type { CommentContent } from "../../domain/comments/comment.js";
import type { NewComment } from "../../storage/comments/commentStore.js";
import { invalidInput, refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";
import type { CommentSaved } from "./commentOutcomes.js";
import { savedComment, tellComments } from "./savedComment.js";

/** What tells a retry from another comment under the same id. */
export function contentHash({ sha256 }: Services, content: CommentContent): string {
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
export async function answeredBefore(
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
export async function addComment(
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
      return refused("NOT_FOUND", "there is no such reply in this thread", { path: ["replyToId"] });
    case "tooDeep": {
      const message = `answers to answers go ${services.limits.commentDepthMax} deep at most: answer one further up`;
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
    ? `a template holds at most ${limits.commentThreadsMax} threads, deleted ones included`
    : `a thread holds at most ${limits.commentRepliesMax} replies, deleted ones included`;
}
