/** What comments put into people's inboxes, within their own transaction. */
import type { Comment, CommentEdit } from "../../domain/comments/comment.js";
import { noticesOfMentions, noticesOfReply } from "../../domain/notifications/notices.js";
import type { NewComment } from "./commentStore.js";
import type { Prisma } from "../generated/prisma/client.js";
import { addNotifications } from "../notifications/notificationRows.js";
import type { InboxNews } from "../notifications/notificationStore.js";

type Transaction = Prisma.TransactionClient;

/** People who took part in a thread that are told of a reply: those who spoke last. */
const PARTICIPANTS_TOLD_MAX = 100;

/** Tells whom a new comment names, and of a reply those who took part in the thread. */
export async function noteComment(
  transaction: Transaction,
  comment: NewComment,
): Promise<InboxNews[]> {
  const { id, threadId, mentions, createdAt } = comment;
  const participants = id === threadId ? [] : await participantsOf(transaction, comment);
  const notices = [
    ...noticesOfMentions(comment, mentions),
    ...noticesOfReply(comment, participants, mentions),
  ];
  return addNotifications(transaction, notices, createdAt);
}

/** Tells whom a comment names anew, and takes back what it said to whom it names no more. */
export async function noteEdit(
  transaction: Transaction,
  comment: Comment,
  edit: CommentEdit,
): Promise<InboxNews[]> {
  if (edit.change !== "EDITED" && edit.change !== "DELETED") return [];
  const { templateId, id: commentId, mentions: before } = comment;
  const mentions = edit.change === "EDITED" ? edit.mentions : [];
  await transaction.notification.deleteMany({
    where: {
      ...{ templateId, commentId },
      ...(edit.change === "EDITED" && { kind: "MENTIONED", userId: { notIn: [...mentions] } }),
    },
  });
  const added = mentions.filter((userId) => !before.includes(userId));
  return addNotifications(transaction, noticesOfMentions(comment, added), edit.at);
}

async function participantsOf(
  transaction: Transaction,
  { templateId, threadId }: NewComment,
): Promise<string[]> {
  const rows = await transaction.comment.groupBy({
    by: ["authorId"],
    where: { templateId, threadId, deletedAt: null, authorId: { not: null } },
    _max: { createdSequence: true },
    orderBy: { _max: { createdSequence: "desc" } },
    take: PARTICIPANTS_TOLD_MAX,
  });
  return rows.flatMap(({ authorId }) => authorId ?? []);
}
