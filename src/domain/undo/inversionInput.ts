/** What is taken back, and on which history. */
import type { LogEntry, WholeOperation } from "../history/logEntry.js";
import type { CancelledPair } from "./undoLine.js";
import type { LoggedOperation, SkippedPart } from "../operations/operation.js";
import type { EffectLedger } from "./effectLedger.js";

export interface InversionInput {
  /** What is to be taken back, oldest first. */
  readonly operations: readonly LoggedOperation[];
  /** Everything after the oldest of them, oldest first, themselves included. */
  readonly history: readonly LogEntry[];
  /** The same, and what was read before it: texts are followed from as far back as they can be. */
  readonly longHistory: readonly LogEntry[];
  /** The whole committed operation, where it was read. */
  readonly whole: (operationId: string) => WholeOperation | undefined;
  /** The person's own later events that cancel out. Those of others are found in the history. */
  readonly cancelled: readonly CancelledPair[];
  /** What the batches in effect leave of properties. */
  readonly ledger: EffectLedger;
  /** Whether what collides is left as it is; else nothing may be taken back where something collides. */
  readonly partial: boolean;
  /** The parts of the operations that are meant, where that is not all; nothing that was withdrawn is regarded then. */
  readonly only?: readonly SkippedPart[];
}

/** A part of a step that was not taken back, and the operation that tells of it. */
export interface Withdrawn {
  readonly part: SkippedPart;
  readonly toldBy: LogEntry;
}
