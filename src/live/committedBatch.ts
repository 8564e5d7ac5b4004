/** What is told of a commit of this node. */
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { DecidedConflict } from "../storage/conflicts/conflictStore.js";
import type { TemplateMemory } from "./templateMemory.js";

/** Told of each commit, in order, before its requests are answered. */
export type Committed = (memory: TemplateMemory, batch: CommittedBatch) => void;

export interface CommittedBatch {
  readonly fromVersion: number;
  readonly operations: readonly LoggedOperation[];
  /** Of the grants that it was committed under. */
  readonly accessRevision: number;
  /** What was decided by clock or rule; absent where nothing was. */
  readonly decided?: readonly DecidedConflict[];
}
