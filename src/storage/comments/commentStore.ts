/**
 * The port to comments. Each change gets the next number of its template, in the order in which changes take effect, so
 * that whoever knows all through one number misses nothing by asking for what comes after it. Adapters (Prisma, memory)
 * pass one contract suite (test/contracts/commentStore.ts).
 */
import type { Anchor } from "../../domain/comments/anchor.js";
import type { Comment, CommentEdit } from "../../domain/comments/comment.js";

export interface NewComment {
  readonly templateId: string;
  readonly id: string;
  /** Its own id where it begins a thread. */
  readonly threadId: string;
  /** The reply of the thread that it answers; null: the first comment. */
  readonly replyToId: string | null;
  readonly authorId: string;
  readonly body: string;
  readonly mentions: readonly string[];
  /** What the thread is about and where that is now; of a reply null, or where the thread's element is now. */
  readonly anchor: Anchor | null;
  /** SHA-256 of what was sent, as hex. */
  readonly requestHash: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Those that were deleted count, too. */
export interface CommentBounds {
  readonly commentThreadsMax: number;
  readonly commentRepliesMax: number;
  /** Of answers to answers: a reply to the first comment is 1 deep. */
  readonly commentDepthMax: number;
}

export type CommentAddition =
  | { readonly kind: "added"; readonly sequence: number }
  /** The template has a comment under this id. */
  | { readonly kind: "idTaken" }
  | { readonly kind: "full" }
  /** The thread has no such reply, or it was deleted. */
  | { readonly kind: "noReply" }
  | { readonly kind: "tooDeep" }
  /** There is no such template, or no such thread on it, or all of the thread was deleted. */
  | { readonly kind: "gone" };

/** A thread that has a comment which was not deleted. */
export interface CommentThread {
  readonly templateId: string;
  readonly id: string;
  readonly anchor: Anchor;
  readonly createdSequence: number;
  readonly createdAt: number;
  /** Null while it is open. */
  readonly resolvedAt: number | null;
  /** Null while it is open and where the account is gone. */
  readonly resolvedById: string | null;
  /** Comments that were not deleted. */
  readonly commentCount: number;
}

/** A comment as stored, for who decides on a change of it. */
export interface HeldComment {
  readonly comment: Comment;
  /** Undefined where all of it was deleted. */
  readonly thread: CommentThread | undefined;
}

export type CommentDecision<R> =
  | { readonly kind: "edit"; readonly edit: CommentEdit }
  | { readonly kind: "answer"; readonly answer: R };

export type CommentOutcome<R> =
  | { readonly kind: "edited"; readonly sequence: number }
  | { readonly kind: "answered"; readonly answer: R }
  /** There is no such comment. */
  | { readonly kind: "gone" };

export interface ThreadQuery {
  readonly templateId: string;
  /** Only those on this page. */
  readonly pageId?: string;
  /** Only those that are resolved, or only those that are open; both where absent. */
  readonly resolved?: boolean;
  /** Only those that began before this change. */
  readonly beforeSequence?: number;
  readonly limit: number;
}

export interface CommentQuery {
  readonly templateId: string;
  readonly threadIds: readonly string[];
  /** Only those that were created after this change. */
  readonly afterSequence: number;
  /** Of each thread. */
  readonly limit: number;
}

/** How far somebody has read. */
export interface CommentReading {
  readonly templateId: string;
  readonly userId: string;
  /** All threads where absent. */
  readonly threadIds?: readonly string[];
  /** Comments created through this change were read. */
  readonly throughSequence: number;
}

/** More than this many unread comments of a template are not counted. */
export const UNREAD_COUNTED_MAX = 1_000;

export interface CommentStore {
  add(comment: NewComment, bounds: CommentBounds): Promise<CommentAddition>;
  /** Changes one comment, alone with all comments of the template; `decide` is pure. */
  edit<R>(
    templateId: string,
    commentId: string,
    decide: (held: HeldComment) => CommentDecision<R>,
  ): Promise<CommentOutcome<R>>;
  /** The comment, also where it was deleted, and the hash of what was sent, null where it was deleted. */
  find(
    templateId: string,
    commentId: string,
  ): Promise<{ readonly comment: Comment; readonly requestHash: string | null } | undefined>;
  /** The youngest first. */
  threads(query: ThreadQuery): Promise<CommentThread[]>;
  /** Those of the threads that have a comment which was not deleted. */
  findThreads(templateId: string, threadIds: readonly string[]): Promise<CommentThread[]>;
  /** Per thread the oldest first: the first comment whatever became of it, and replies that were not deleted. */
  comments(query: CommentQuery): Promise<Map<string, Comment[]>>;
  /** Comments whose last change comes after the given one, deleted ones too, in the order of their changes. */
  changesAfter(templateId: string, sequence: number, limit: number): Promise<Comment[]>;
  /** The numbers of the last changes of those of the templates that exist. */
  sequences(templateIds: readonly string[]): Promise<Map<string, number>>;
  /** Notes what was read; never less than was noted before, never more than there is. */
  markRead(reading: CommentReading): Promise<void>;
  /** Comments of others that the person has not read, by thread; threads without are left out. */
  unreadOfThreads(
    templateId: string,
    threadIds: readonly string[],
    userId: string,
  ): Promise<Map<string, number>>;
  /** The same by template, at most `UNREAD_COUNTED_MAX` of each. */
  unreadOfTemplates(templateIds: readonly string[], userId: string): Promise<Map<string, number>>;
}
