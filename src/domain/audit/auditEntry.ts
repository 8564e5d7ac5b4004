/** One line of the audit log: who attempted what, when, from where, and what came of it. */

export const auditResults = ["ACCEPTED", "REFUSED", "FAILED", "UNKNOWN"] as const;

/**
 * `REFUSED`: it may not be, and `code` says why. `FAILED`: it could not be done, or nobody knows whether it was.
 * `UNKNOWN`: the node died while it was at it.
 */
export type AuditResult = (typeof auditResults)[number];

export const auditActorKinds = [
  "USER",
  "API_TOKEN",
  "SERVICE_ACCOUNT",
  "ANONYMOUS",
  "SYSTEM",
] as const;

/** `SYSTEM` is a command of the deployment, or the log itself. */
export type AuditActorKind = (typeof auditActorKinds)[number];

/** What an entry says beside its columns: versions, counts, choices; never contents, tokens or passwords. */
export type AuditDetails = { readonly [name: string]: string | number | boolean };

export interface AuditEntry {
  /** A UUID, ordered by time. */
  readonly id: string;
  /** When it began, milliseconds since the epoch. */
  readonly at: number;
  readonly actorKind: AuditActorKind;
  /** Null where nobody is signed in. */
  readonly actorId: string | null;
  /** An IP address; null where it is not known. */
  readonly address: string | null;
  readonly clientId: string | null;
  /** The mutation in upper case, `APPLY_OPERATIONS`, or what a command did. */
  readonly action: string;
  /** What it is about: `template`, `project`, `team`, `user` … */
  readonly resourceKind: string | null;
  /** The ids that the request and its answer name: `templateId`, `teamId` … */
  readonly resourceIds: { readonly [name: string]: string };
  readonly templateId: string | null;
  /** The team that it concerns, or that the template belonged to. */
  readonly teamId: string | null;
  readonly result: AuditResult;
  /** Of a refusal or failure. */
  readonly code: string | null;
  readonly details: AuditDetails;
}
