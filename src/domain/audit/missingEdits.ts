/** Which edits of a template's log have no entry in the audit log. */

/** A row of the log, as far as the audit log tells of it. */
export interface LoggedEdit {
  readonly version: number;
  readonly batchId: string;
  readonly userId: string | null;
  readonly clientId: string | null;
  /** Milliseconds since the epoch. */
  readonly serverTimestamp: number;
  readonly undoes: string | null;
  readonly redoes: string | null;
}

/** The versions of one entry: above `fromVersion`, through `toVersion`. */
export interface VersionRange {
  readonly fromVersion: number;
  readonly toVersion: number;
}

/** Rows that one request committed. */
export interface MissingEdit extends VersionRange {
  readonly edit: LoggedEdit;
}

/** `edits` and `audited` of one template in any order; the answer is one entry per request, oldest first. */
export function missingEdits(
  edits: readonly LoggedEdit[],
  audited: readonly VersionRange[],
): MissingEdit[] {
  const ranges = audited.toSorted((a, b) => a.fromVersion - b.fromVersion);
  const missing: MissingEdit[] = [];
  let next = 0;
  let auditedThrough = 0;
  for (const edit of edits.toSorted((a, b) => a.version - b.version)) {
    for (let range = ranges[next]; range !== undefined; range = ranges[next]) {
      if (range.fromVersion >= edit.version) break;
      auditedThrough = Math.max(auditedThrough, range.toVersion);
      next += 1;
    }
    if (edit.version <= auditedThrough) continue;
    const last = missing.at(-1);
    if (last !== undefined && isOfOneRequest(last, edit)) {
      missing[missing.length - 1] = { ...last, toVersion: edit.version };
    } else missing.push({ fromVersion: edit.version - 1, toVersion: edit.version, edit });
  }
  return missing;
}

function isOfOneRequest({ edit: first, toVersion }: MissingEdit, edit: LoggedEdit): boolean {
  return (
    toVersion + 1 === edit.version &&
    first.batchId === edit.batchId &&
    first.userId === edit.userId &&
    first.clientId === edit.clientId &&
    first.serverTimestamp === edit.serverTimestamp
  );
}
