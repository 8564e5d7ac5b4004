/** A person's choice about a conflict, and whether the log holds it already. */
import type { Document } from "../../domain/document/document.js";
import type { Authorship, IncomingOperation } from "../../domain/history/append.js";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import type { DecisionContext } from "../../live/liveTemplates.js";

/** The way out, with what it takes. */
export type SettledChoice =
  | {
      readonly kind: "CLIENT_WINS" | "SERVER_WINS";
      readonly operations: readonly IncomingOperation[];
      readonly operationIds: readonly string[];
      /** That of the rows; it tells this choice from others that name some of the same operations. */
      readonly batchId: string;
      /** What it takes in memory, about. */
      readonly heldBytes: number;
      /** That of the row of a choice that keeps none of its operations. */
      readonly emptyRowId: string;
    }
  | {
      readonly kind: "MANUAL";
      readonly goal: Document;
      readonly batchId: string;
      /** The client's own operations, which are dropped: a conflict tells what they collide with. */
      readonly operations: readonly IncomingOperation[];
      readonly discardedOps: readonly string[];
      /** That of the first row, which tells whether the choice was made already. */
      readonly operationIds: readonly string[];
      /** What it takes in memory, about. */
      readonly heldBytes: number;
      readonly emptyRowId: string;
    };

export interface ResolutionRequest {
  readonly templateId: string;
  readonly headVersion: number;
  readonly authorship: Authorship;
  readonly choice: SettledChoice;
  /** What a given state left in the log long ago, which is read beside the queue. */
  readonly earlier?: readonly LoggedOperation[] | undefined;
}

/**
 * Whether the choice is in the log already. Of what SERVER_WINS dropped the log holds no row, so some operations suffice
 * where they were committed by the same choice; else what the log does not hold was never decided.
 */
export function isRetry({ choice }: ResolutionRequest, context: DecisionContext): boolean {
  const logged = choice.operationIds.flatMap((id) => context.known(id) ?? []);
  const { length } = choice.operationIds;
  if (length > 0 && logged.length === length) return true;
  return choice.kind === "SERVER_WINS" && hasLeftRows(choice, context);
}

/** Whether the log holds rows of this very choice. */
export function hasLeftRows(choice: SettledChoice, context: DecisionContext): boolean {
  if (emptyRowOf(choice, context) !== undefined) return true;
  return choice.operationIds.some((id) => context.known(id)?.batchId === choice.batchId);
}

/** The row that the choice left where it kept none of its operations. */
function emptyRowOf(
  { emptyRowId, batchId }: SettledChoice,
  context: DecisionContext,
): LoggedOperation | undefined {
  const row = context.known(emptyRowId);
  return row?.batchId === batchId ? row : undefined;
}

/** What a choice that is in the log was answered with. */
export interface RowsOfChoice {
  readonly kept: readonly LoggedOperation[];
  readonly discardedOps: readonly string[];
  /** All that the choice left or found in the log. */
  readonly rows: readonly LoggedOperation[];
}

/** `logged`: those of its operations that are in the log. What SERVER_WINS dropped may have come there later, by others. */
export function rowsOfChoice(
  choice: SettledChoice,
  logged: readonly LoggedOperation[],
  context: DecisionContext,
): RowsOfChoice {
  const empty = emptyRowOf(choice, context);
  const all = empty === undefined ? logged : [...logged, empty];
  const own = all.filter(({ batchId }) => batchId === choice.batchId);
  const madeAt =
    choice.kind === "SERVER_WINS" && own.length > 0
      ? Math.max(...own.map(({ resultingVersion }) => resultingVersion))
      : Infinity;
  const isOfChoice = ({ resultingVersion }: LoggedOperation) => resultingVersion <= madeAt;
  const kept = logged.filter(isOfChoice);
  const keptIds = new Set(kept.map(({ id }) => id));
  const discardedOps = choice.operationIds.filter((id) => !keptIds.has(id));
  return { kept, discardedOps, rows: all.filter(isOfChoice) };
}
