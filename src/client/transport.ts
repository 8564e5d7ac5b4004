/** What the client needs of the API, whatever carries it: GraphQL over HTTP in an editor, commands in a test. */
import type { CommittedOperation } from "../domain/client/applyCommits.js";
import type { SentOperation } from "../domain/operations/operation.js";

/** Operations that leave together and are applied all or none. Sent again, a batch is the same to the letter. */
export interface Batch {
  readonly batchId: string;
  /** The version that the operations were made on. */
  readonly baseVersion: number;
  readonly operations: readonly SentOperation[];
}

export type { CommittedOperation };

/** The contract's VersionConflict: what the batch collides with. Nothing of it was applied. */
export interface SendConflict {
  readonly kind: "conflict";
  readonly message: string;
  /** The version that was looked at. */
  readonly currentVersion: number;
  /** Ids of the batch's operations that collide. */
  readonly conflictingOps: readonly string[];
}

/** The contract's RequestError. Nothing of the batch was applied. */
export interface SendRefusal {
  readonly kind: "refused";
  readonly code: string;
  readonly message: string;
  /** The operation that the refusal is about, where it is about one. */
  readonly operationId: string | null;
  /** In milliseconds; null where sending the same again is of no use. */
  readonly retryAfterMs: number | null;
}

export type SendOutcome =
  | { readonly kind: "applied"; readonly operations: readonly CommittedOperation[] }
  | SendConflict
  | SendRefusal;

/** Carries batches to one template. Both reject where no answer came: then the batch may have been applied or not. */
export interface TemplateTransport {
  /** `applyOperations` under a policy that merges. */
  send(batch: Batch): Promise<SendOutcome>;
  /** `resolveConflict` with CLIENT_WINS, chosen by somebody who saw the template at `headVersion`. */
  insist(batch: Batch, headVersion: number): Promise<SendOutcome>;
}
