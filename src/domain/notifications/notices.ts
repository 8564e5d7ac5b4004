/** Who is told what of what somebody did. */
import type { AccessRole } from "../access/grant.js";
import {
  NOTIFIED_OPERATIONS_MAX,
  type NewNotification,
  type OverrideDecider,
} from "./notification.js";

interface SaidComment {
  readonly templateId: string;
  readonly id: string;
  readonly threadId: string;
  readonly authorId: string | null;
}

/** The people whom a comment names, but for its author. */
export function noticesOfMentions(
  { templateId, id, threadId, authorId }: SaidComment,
  mentions: readonly string[],
): NewNotification[] {
  return others(mentions, authorId).map((userId) => ({
    ...{ userId, kind: "MENTIONED", topic: `mention ${id}`, actorId: authorId },
    ...{ templateId, threadId, commentId: id },
  }));
}

/** Those who took part in a thread, but for the reply's author and those whom it names. */
export function noticesOfReply(
  { templateId, id, threadId, authorId }: SaidComment,
  participants: readonly string[],
  mentions: readonly string[],
): NewNotification[] {
  const unnamed = participants.filter((userId) => !mentions.includes(userId));
  return others(unnamed, authorId).map((userId) => ({
    ...{ userId, kind: "REPLIED", topic: `thread ${threadId}`, actorId: authorId },
    ...{ templateId, threadId, commentId: id },
  }));
}

/** Whoever may do something with a template now by somebody else's will. */
export function noticesOfGrant(
  userId: string | null,
  role: AccessRole,
  { templateId, grantedById }: { readonly templateId: string; readonly grantedById: string | null },
): NewNotification[] {
  return others(userId === null ? [] : [userId], grantedById).map((to) => ({
    ...{ userId: to, kind: "GRANTED", topic: `template ${templateId}`, actorId: grantedById },
    ...{ templateId, role },
  }));
}

/** Whoever is in a project now by somebody else's will. */
export function noticesOfMembership(
  userId: string,
  role: AccessRole,
  { projectId, grantedById }: { readonly projectId: string; readonly grantedById: string },
): NewNotification[] {
  return others([userId], grantedById).map((to) => ({
    ...{ userId: to, kind: "GRANTED", topic: `project ${projectId}`, actorId: grantedById },
    ...{ projectId, role },
  }));
}

/** Whose address it is that was invited to a team. */
export function noticesOfInvitation(
  userIds: readonly string[],
  { id, invitedById }: { readonly id: string; readonly invitedById: string | null },
): NewNotification[] {
  return others(userIds, invitedById).map((userId) => ({
    ...{ userId, kind: "INVITED", topic: `invitation ${id}`, actorId: invitedById },
    invitationId: id,
  }));
}

/** Those whose operations lost to what somebody else did; `authors` by operation id. */
export function noticesOfOverride(
  templateId: string,
  authors: ReadonlyMap<string, string>,
  by: { readonly actorId: string | null; readonly decidedBy: OverrideDecider },
): NewNotification[] {
  return others([...authors.values()], by.actorId).map((userId) => ({
    ...{ userId, kind: "OVERRIDDEN", templateId, ...by },
    topic: `override ${templateId} ${by.actorId ?? ""}`,
    operationIds: [...authors]
      .filter(([, authorId]) => authorId === userId)
      .map(([operationId]) => operationId)
      .slice(0, NOTIFIED_OPERATIONS_MAX),
  }));
}

function others(userIds: readonly string[], actorId: string | null): string[] {
  return [...new Set(userIds)].filter((userId) => userId !== actorId);
}
