/** What the answer of a mutation means for the audit log. */
import type { AuditDetails, AuditResult } from "./auditEntry.js";
import { idsOf, isFields } from "./attempt.js";

/** What came of an attempt. */
export interface AttemptOutcome {
  readonly result: AuditResult;
  readonly code: string | null;
  readonly resourceIds: { readonly [name: string]: string };
  readonly details: AuditDetails;
}

interface LoggedVersion {
  readonly id: string;
  readonly resultingVersion: number;
}

/** The outcome that a command answered: a refusal, a conflict, or a success of whatever kind. */
export function outcomeOf(answer: unknown): AttemptOutcome {
  if (!isFields(answer)) return accepted;
  const { kind, code } = answer;
  if (kind === "versionConflict") {
    return { ...accepted, result: "REFUSED", code: "VERSION_CONFLICT" };
  }
  if (kind === "refused") {
    const known = typeof code === "string" ? code : null;
    return { ...accepted, result: "REFUSED", code: known, resourceIds: idsOf(answer) };
  }
  return { ...accepted, resourceIds: idsOf(answer), details: versionsOf(answer) };
}

const accepted: AttemptOutcome = { result: "ACCEPTED", code: null, resourceIds: {}, details: {} };

/**
 * Which versions an edit added: those above `fromVersion` through `toVersion`. What an earlier request had committed
 * already belongs to that one; of such `duplicates` tells the number.
 */
function versionsOf(answer: { readonly [name: string]: unknown }): AuditDetails {
  const { operations, duplicateOps, revertedFrom, newVersion } = answer;
  if (Array.isArray(operations)) {
    const earlier = new Set(Array.isArray(duplicateOps) ? (duplicateOps as string[]) : []);
    const versions = (operations as LoggedVersion[])
      .filter(({ id }) => !earlier.has(id))
      .map(({ resultingVersion }) => resultingVersion);
    return {
      ...(earlier.size > 0 && { duplicates: earlier.size }),
      ...rangeOf(Math.min(...versions) - 1, Math.max(...versions)),
    };
  }
  if (typeof revertedFrom !== "number" || typeof newVersion !== "number") return {};
  return rangeOf(revertedFrom, newVersion);
}

function rangeOf(fromVersion: number, toVersion: number): AuditDetails {
  return fromVersion < toVersion ? { fromVersion, toVersion } : {};
}
