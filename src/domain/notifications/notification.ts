/** What a person is told that others did while they looked elsewhere. It names things and holds nothing of them. */
import type { AccessRole } from "../access/grant.js";

export const notificationKinds = [
  "MENTIONED",
  "REPLIED",
  "INVITED",
  "GRANTED",
  "OVERRIDDEN",
] as const;
export type NotificationKind = (typeof notificationKinds)[number];

/** What decided over somebody's edit: a person's choice, or a merge by clock or rule. */
export type OverrideDecider = "CLIENT_WINS" | "MANUAL" | "CLOCK" | "RULE";

export interface NewNotification {
  /** Whom it is for. */
  readonly userId: string;
  readonly kind: NotificationKind;
  /** What it is about: while one is not read, the next about the same takes its place and counts on. */
  readonly topic: string;
  /** Who did it. */
  readonly actorId: string | null;
  readonly templateId?: string;
  readonly projectId?: string;
  readonly invitationId?: string;
  readonly threadId?: string;
  readonly commentId?: string;
  readonly role?: AccessRole;
  readonly decidedBy?: OverrideDecider;
  /** The person's operations that something was decided over: the first so many. */
  readonly operationIds?: readonly string[];
}

/** As stored. */
export interface Notification {
  readonly id: string;
  readonly kind: NotificationKind;
  readonly actorId: string | null;
  readonly templateId: string | null;
  readonly projectId: string | null;
  readonly invitationId: string | null;
  readonly threadId: string | null;
  readonly commentId: string | null;
  readonly role: AccessRole | null;
  readonly decidedBy: OverrideDecider | null;
  readonly operationIds: readonly string[];
  /** Grows with everything that happens in the person's inbox; no two share one. */
  readonly sequence: number;
  /** How often it happened since the person read of it last. */
  readonly occurrences: number;
  /** When it happened last, in milliseconds since the epoch. */
  readonly at: number;
  readonly readAt: number | null;
}

/** Operations that one notification names, at most. */
export const NOTIFIED_OPERATIONS_MAX = 20;
