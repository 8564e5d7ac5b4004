/** What a merge is given, and how it ends. */
import type { Appended, AppendFailure, AppendSettings } from "../history/append.js";
import type { DocumentState, IncomingOperation } from "../history/append.js";
import type { HistoryEntry, WholeOperation } from "../history/logEntry.js";
import type { Collision } from "./collide.js";
import type { MergeDecisions } from "./judging/decisions.js";
import type { Judge } from "./judging/verdict.js";

export interface MergeInput {
  readonly state: DocumentState;
  readonly operations: readonly IncomingOperation[];
  /** What was committed since the operations' base version, oldest first. */
  readonly history: readonly HistoryEntry[];
  readonly judge: Judge;
  /** The whole committed operation, where it was read. */
  readonly whole: (operationId: string) => WholeOperation | undefined;
  readonly settings: AppendSettings;
  readonly clockSkewMsMax: number;
}

export type MergeOutcome =
  | { readonly kind: "merged"; readonly appended: Appended; readonly decisions: MergeDecisions }
  | { readonly kind: "collides"; readonly collisions: readonly Collision[] }
  /** These operations have to be read wholly before the merge can be decided. */
  | { readonly kind: "needs"; readonly operationIds: readonly string[] }
  | { readonly kind: "refused"; readonly refusal: AppendFailure };
