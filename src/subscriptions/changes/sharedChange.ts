/** A change as subscribers see it; one object serves everybody who stands at its `fromVersion`. */
import type { Design, DesignElement } from "../../domain/document/design.js";
import type { Document } from "../../domain/document/document.js";
import type { ChangeOperation } from "../../bus/changeBus.js";

/** An element whole, with its place among those that the viewport shows. */
export interface EnteredElement {
  readonly element: DesignElement;
  /** The shown element below it in the paint order; null where it is the lowest. */
  readonly afterElementId: string | null;
}

export interface ViewportChange {
  /** In paint order. Parents of elements are among them, or were shown before. */
  readonly entered: readonly EnteredElement[];
  readonly left: readonly string[];
  /** `entered` is all that shows, whatever the client held of the page. */
  readonly complete: boolean;
}

export interface SharedChange {
  readonly templateId: string;
  /**
   * - `OPERATIONS`: one operation per version from `fromVersion` (exclusive) to `toVersion`; fewer with a viewport, whose
   *   first event may tell of `fromVersion` itself
   * - `RESYNC`: the state at `toVersion`, whatever the subscriber held before
   * - `DELETED`, `ACCESS_REVOKED`: the last event of a subscription; the versions are equal
   */
  readonly kind: "OPERATIONS" | "RESYNC" | "DELETED" | "ACCESS_REVOKED";
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly operations: readonly ChangeOperation[];
  /** Only with RESYNC. */
  readonly designData: Design | null;
  /** What `designData` was made of. */
  readonly document?: Document;
  /** Only through a viewport, with OPERATIONS: what came to show there and what no longer does. */
  readonly viewport?: ViewportChange;
  /** Milliseconds since the epoch: when the last operation was committed, or the event noticed. */
  readonly serverTimestamp: number;
}

/** The change that the operations make, which follow each other version by version; there is at least one. */
export function changeOf(
  templateId: string,
  operations: readonly [ChangeOperation, ...ChangeOperation[]],
): SharedChange {
  const last = operations.at(-1) ?? operations[0];
  return {
    templateId,
    kind: "OPERATIONS",
    fromVersion: operations[0].resultingVersion - 1,
    toVersion: last.resultingVersion,
    operations,
    designData: null,
    serverTimestamp: last.serverTimestamp,
  };
}

/** An event without a step: its kind tells something of the version itself. `now` is milliseconds since the epoch. */
export function standing(
  templateId: string,
  kind: "OPERATIONS" | "DELETED" | "ACCESS_REVOKED",
  version: number,
  now: number,
): SharedChange {
  return {
    ...{ templateId, kind },
    fromVersion: version,
    toVersion: version,
    operations: [],
    designData: null,
    serverTimestamp: now,
  };
}
