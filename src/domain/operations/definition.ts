/**
 * An operation type is one definition in one file, its name in `OperationType` and one line in definitions.ts. Collisions,
 * locks, grants and viewports follow from its footprint; what else merging and undo have to know, its traits say.
 */
import type { z } from "zod";
import type { Design } from "../document/design.js";
import type { Document } from "../document/document.js";
import type { DomainLimits } from "../limits.js";
import type { Footprint } from "./footprint.js";
import type { OperationTraits, OptionalHooks } from "./hooks.js";
import type { JsonObject } from "../json.js";
import type { MaybeSteps } from "../steps.js";
import type {
  OperationContent,
  OperationResult,
  OperationTarget,
  OperationType,
} from "./operation.js";

/**
 * `T` and `P` are the target and payload after their schemas accepted them. Every function is pure; `apply`
 * shares with the old document what it did not change. What may touch thousands of nodes works in steps.
 */
export interface OperationDefinition<T extends OperationTarget, P extends JsonObject | null>
  extends OperationTraits<T, P>, OptionalHooks<T> {
  readonly type: OperationType;
  readonly description: string;
  /** `before` is a document the example applies to. */
  readonly example: { readonly before: Design; readonly target: T; readonly payload: P };
  readonly target: z.ZodType<T>;
  readonly payload: z.ZodType<P>;
  /**
   * The operation as it will be logged: with what the payload leaves to the state it meets made explicit (CLEAR_PAGE
   * without ids), so that the log means the same on every state. Called once, before `apply`, where it is first accepted.
   */
  settle?(document: Document, target: T, payload: P): OperationContent;
  /** The new document, or why the operation cannot apply: a missing or doubled id, a limit. */
  apply(
    document: Document,
    target: T,
    payload: P,
    limits: DomainLimits,
  ): MaybeSteps<OperationResult<Document>>;
  /** The operations that undo it in this order, computed on the document before it; it must apply there. */
  invert(document: Document, target: T, payload: P): MaybeSteps<readonly OperationContent[]>;
  /**
   * The operation in its simplest form, where it takes another one back on this document. By default as it is.
   */
  simplify?(document: Document, target: T, payload: P): OperationContent;
  /** What it touches, given the document before it. */
  footprint(document: Document, target: T, payload: P): MaybeSteps<Footprint>;
}

/** A definition, whatever its target and payload. */
export type AnyDefinition = OperationDefinition<OperationTarget, JsonObject | null>;
