/** Writes the rows of comments, within a transaction that holds their template. */
import type { Comment, CommentEdit } from "../../domain/comments/comment.js";
import type { NewComment } from "./commentStore.js";
import type { Prisma } from "../generated/prisma/client.js";

type Transaction = Prisma.TransactionClient;

/** Adds a comment, and notes where its thread's element is now. */
export async function insertComment(
  transaction: Transaction,
  comment: NewComment,
  depth: number,
  sequence: number,
): Promise<void> {
  const { templateId, id, threadId, replyToId, mentions, anchor, requestHash, createdAt } = comment;
  const { authorId, body } = comment;
  await transaction.comment.createMany({
    data: {
      ...{ templateId, id, threadId, replyToId, depth, authorId, body, sequence },
      ...(threadId === id && anchor),
      createdSequence: sequence,
      change: "CREATED",
      requestHash: Buffer.from(requestHash, "hex"),
      createdAt: new Date(createdAt),
    },
  });
  await insertMentions(transaction, comment, mentions);
  if (threadId === id || anchor === null) return;
  const { x, y } = anchor;
  await transaction.comment.updateMany({ where: { templateId, id: threadId }, data: { x, y } });
}

async function insertMentions(
  transaction: Transaction,
  { templateId, id }: { readonly templateId: string; readonly id: string },
  mentions: readonly string[],
): Promise<void> {
  if (mentions.length === 0) return;
  await transaction.commentMention.createMany({
    data: mentions.map((userId) => ({ templateId, commentId: id, userId })),
  });
}

/** Changes a comment, and whom it names. */
export async function applyEdit(
  transaction: Transaction,
  comment: Comment,
  edit: CommentEdit,
  sequence: number,
): Promise<void> {
  const { templateId, id } = comment;
  await transaction.comment.updateMany({
    where: { templateId, id },
    data: { ...columnsOf(edit), sequence, change: edit.change },
  });
  if (edit.change !== "EDITED" && edit.change !== "DELETED") return;
  await transaction.commentMention.deleteMany({ where: { templateId, commentId: id } });
  if (edit.change === "EDITED") await insertMentions(transaction, comment, edit.mentions);
}

function columnsOf(edit: CommentEdit) {
  switch (edit.change) {
    case "EDITED":
      return { body: edit.body, editedAt: new Date(edit.at) };
    case "DELETED":
      return { body: null, requestHash: null, deletedAt: new Date(edit.at) };
    case "RESOLVED":
      return { resolvedAt: new Date(edit.at), resolvedById: edit.byId };
    case "REOPENED":
      return { resolvedAt: null, resolvedById: null };
  }
}
