/** What a step is undone on, and what can come of it. */
import type { AppendFailure, Appended } from "../history/append.js";
import type { LogEntry } from "../history/logEntry.js";
import type { CancelledPair } from "./undoLine.js";
import type { LoggedOperation } from "../operations/operation.js";
import type { Collision } from "../merge/collide.js";
import type { Inversion } from "./inversion.js";
import type { StepRowsInput } from "./stepRows.js";

export interface UndoInput extends StepRowsInput {
  /** The event's operations, oldest first. */
  readonly operations: readonly LoggedOperation[];
  /** Everything after the oldest of them, oldest first, themselves included; perhaps also what was before. */
  readonly history: readonly LogEntry[];
  /** Whether the history can be had from further back. */
  readonly canReachBack: boolean;
  /** The whole committed operation, where it was read. */
  readonly whole: (operationId: string) => LoggedOperation | undefined;
  /** The person's own later events that cancel out. Those of others are found in the history. */
  readonly cancelled: readonly CancelledPair[];
  /** Whether what collides is left as it is; else nothing is undone where something collides. */
  readonly partial: boolean;
}

export type UndoOutcome =
  /** `hasEffect` tells whether anything changes. */
  | { readonly kind: "undone"; readonly appended: Appended; readonly hasEffect: boolean }
  | { readonly kind: "collides"; readonly collisions: readonly Collision[] }
  /** These operations have to be read wholly before it can be decided. */
  | { readonly kind: "needs"; readonly operationIds: readonly string[] }
  /** It has to be decided on the history after this version. */
  | { readonly kind: "needsHistory"; readonly afterVersion: number }
  | { readonly kind: "refused"; readonly refusal: AppendFailure };

/** What has to be read first. */
export type Needs = Extract<UndoOutcome, { kind: "needs" | "needsHistory" }>;

/** The part of the history from the version on. */
export function since(history: readonly LogEntry[], version: number): readonly LogEntry[] {
  return history.slice(Math.max(0, version - (history[0]?.resultingVersion ?? version)));
}

/** What the inversion, and whoever else asks for operations, has to have read first; undefined where that is nothing. */
export function needsOf(inversion: Inversion, others: readonly string[] = []): Needs | undefined {
  const operationIds = [...new Set([...inversion.needed(), ...others])];
  return operationIds.length === 0 ? undefined : { kind: "needs", operationIds };
}
