/** How an attempt gets into the audit log, so that none that was accepted is lost with its node. */

/**
 * - `announced`: written before it begins; one that never ended is told as UNKNOWN. What nothing else is said of.
 * - `log`: written behind, since an edit that was accepted is in its template's log, from which its entry can be made
 * - `behind`: written behind; it holds a session or a lock, which end by themselves
 * - `none`: not told: it changes nothing that outlasts the moment
 */
export type AuditTrailKind = "announced" | "log" | "behind" | "none";

const kinds: { readonly [mutation: string]: AuditTrailKind } = {
  applyOperations: "log",
  undo: "log",
  redo: "log",
  resolveConflict: "log",
  revertTemplate: "log",
  openAsGuest: "behind",
  joinTemplate: "behind",
  leaveTemplate: "behind",
  acquireLock: "behind",
  releaseLock: "behind",
  updatePresence: "none",
};

/** That of a mutation. */
export function auditTrailOf(mutation: string): AuditTrailKind {
  return Object.hasOwn(kinds, mutation) ? (kinds[mutation] ?? "announced") : "announced";
}
