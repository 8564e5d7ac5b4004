/** What an application gives a client: its transport, its clock and ids, and what is to be asked and told. */
import type { Design } from "../domain/document/design.js";
import type { ClientRules } from "../domain/client/predict.js";
import type { SentOperation } from "../domain/operations/operation.js";
import type { Batch, SendConflict, SendRefusal, TemplateTransport } from "./transport.js";

/** Give up what collides, so that the others' work stays, or insist on the batch, so that one's own does. */
export type ConflictChoice = "giveUp" | "insist";

export interface TemplateClientOptions {
  readonly transport: TemplateTransport;
  /** What the server holds at `version`; the subscription starts there. */
  readonly start: { readonly version: number; readonly design: Design };
  /** A new id, unique within the template. */
  readonly newId: () => string;
  /** The client's clock, milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * Asked where a batch collides, and where what waits collides with what came in: `batch` holds all that waits then.
   * Nothing is sent or shown of what came in until it chose.
   */
  readonly onConflict: (
    conflict: SendConflict,
    batch: Batch,
  ) => ConflictChoice | Promise<ConflictChoice>;
  /** How the server judges collisions; without it MERGE, where the template has no rules of its own. */
  readonly rules?: ClientRules;
  /**
   * Told which operations are shown no more: refused ones, given up ones, what was built on them, and what no longer
   * applies. What they were is in `setAside` until it is taken from there.
   */
  readonly onGone?: (operationIds: readonly string[], reason: SendConflict | SendRefusal) => void;
  /**
   * Told that a batch was refused for a reason that no operation of it is to blame for: who may edit, a token that ended, a
   * limit. The batch stays as it is, shown and unsent, until `resume`.
   */
  readonly onPaused?: (reason: SendRefusal) => void;
  /** Told where copy and server have parted, or a callback failed; the client has stopped then. */
  readonly onFailure: (error: unknown) => void;
  /** Operations in one request. */
  readonly batchOperationsMax?: number;
  /** Whether an operation may leave yet; `flush` asks again. */
  readonly ready?: (operation: SentOperation) => boolean;
  /** Between two tries of one batch; the first pause is this long, each further one twice as long up to a bound. */
  readonly retryMs?: number;
  readonly wait?: (ms: number) => Promise<void>;
}
