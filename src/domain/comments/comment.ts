/** What a comment is, and what may become of it. A thread is its first comment and the replies to it. */

/** The last thing that happened to a comment; resolving and reopening happen to the first of a thread. */
export const commentChangeKinds = ["CREATED", "EDITED", "DELETED", "RESOLVED", "REOPENED"] as const;
export type CommentChangeKind = (typeof commentChangeKinds)[number];

export interface Comment {
  readonly templateId: string;
  readonly id: string;
  /** The id of the thread's first comment; its own where it is that. */
  readonly threadId: string;
  /** The reply that it answers; null where it answers the first comment, or is that. It may have been deleted since. */
  readonly replyToId: string | null;
  /** 0: the first comment, 1: a reply to it, 2: an answer to such a reply, and so on. */
  readonly depth: number;
  /** Null where the account is gone. */
  readonly authorId: string | null;
  /** Null where it was deleted. */
  readonly body: string | null;
  /** Ids of people, in order. */
  readonly mentions: readonly string[];
  /** The number of the change that created it, among all changes of the template's comments: the order of lists. */
  readonly createdSequence: number;
  /** The number of its last change. */
  readonly sequence: number;
  readonly change: CommentChangeKind;
  /** Milliseconds since the epoch, as all instants. */
  readonly createdAt: number;
  readonly editedAt: number | null;
  readonly deletedAt: number | null;
}

/** A change of a comment that is there. */
export type CommentEdit =
  | {
      readonly change: "EDITED";
      readonly body: string;
      readonly mentions: readonly string[];
      readonly at: number;
    }
  | { readonly change: "DELETED"; readonly at: number }
  | { readonly change: "RESOLVED"; readonly byId: string; readonly at: number }
  | { readonly change: "REOPENED" };

/** What makes two ways to send a comment the same: compared by hash, whatever was edited since. */
export interface CommentContent {
  readonly threadId: string;
  readonly anchor: {
    readonly pageId: string | null;
    readonly elementId: string | null;
    readonly x: number | null;
    readonly y: number | null;
    readonly elementX: number | null;
    readonly elementY: number | null;
  } | null;
  readonly replyToId: string | null;
  readonly body: string;
  readonly mentions: readonly string[];
}

/** Whether it is a reply of the thread that can be answered. */
export function isAnswerable(comment: Comment | undefined, threadId: string): comment is Comment {
  if (comment === undefined || comment.deletedAt !== null) return false;
  return comment.threadId === threadId && comment.id !== threadId;
}

/** Whether the edit would leave a living comment as it is: asked for again it changes nothing. */
export function isSettled(comment: Comment, isResolved: boolean, edit: CommentEdit): boolean {
  switch (edit.change) {
    case "EDITED":
      return (
        comment.body === edit.body &&
        comment.mentions.length === edit.mentions.length &&
        comment.mentions.every((id, index) => id === edit.mentions[index])
      );
    case "DELETED":
      return comment.deletedAt !== null;
    case "RESOLVED":
      return isResolved;
    case "REOPENED":
      return !isResolved;
  }
}
