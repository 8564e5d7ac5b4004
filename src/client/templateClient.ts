/**
 * An editor's connection to one template: edits show at once, leave in batches, one at a time, and are sent again
 * under the same ids until the server says what became of them. The core is `OptimisticTemplate`; this adds when.
 *
 * Commits come in through `receive`, from a subscription to `templateChanged`; the answers to batches are used, too,
 * so that nothing waits for the slower of the two.
 */
import type { Document } from "../domain/document/document.js";
import { documentOf } from "../domain/document/fromDesign.js";
import type { Design } from "../domain/document/design.js";
import type { ClientRules } from "../domain/merge/foretold.js";
import type {
  OperationContent,
  OperationResult,
  SentOperation,
} from "../domain/operations/operation.js";
import { OptimisticTemplate, type PendingConflict } from "./optimisticTemplate.js";
import type {
  Batch,
  CommittedOperation,
  SendConflict,
  SendOutcome,
  SendRefusal,
  TemplateTransport,
} from "./transport.js";

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
  /** Told which operations are gone: refused ones, given up ones, what was built on them, and what no longer applies. */
  readonly onGone?: (operationIds: readonly string[], reason: SendConflict | SendRefusal) => void;
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

const BATCH_OPERATIONS_MAX = 200;
const RETRY_MS = 250;
const RETRY_MS_MAX = 10_000;

export class TemplateClient {
  private readonly template: OptimisticTemplate;
  private readonly wait: (ms: number) => Promise<void>;
  private delivering = false;
  private asking = false;
  private closed = false;

  constructor(private readonly options: TemplateClientOptions) {
    const { version, design } = options.start;
    this.template = new OptimisticTemplate(
      { version, document: documentOf(design) },
      options.rules,
    );
    this.wait = options.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  }

  /** With all that was done here, committed or not. */
  get document(): Document {
    return this.template.document;
  }

  /** The newest version that was taken: where a subscription goes on after it was lost. */
  get version(): number {
    return this.template.version;
  }

  /** Operations that are not known to be committed. */
  get uncommitted(): number {
    return this.template.pendingCount + (this.template.inFlight?.operations.length ?? 0);
  }

  /** Shows the operation at once and sends it as soon as may be; the failure says why it cannot apply. */
  edit(content: OperationContent, id = this.options.newId()): OperationResult<undefined> {
    const edited = this.template.edit({ ...content, id, timestamp: this.options.now() });
    if (edited.ok) this.flush();
    return edited;
  }

  /** Takes commits, in any order and more than once. */
  receive(commits: readonly CommittedOperation[]): void {
    if (this.closed) return;
    try {
      this.goOn(this.template.take(commits), outdated);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Sends what is pending, unless a batch is under way: then it follows that one. */
  flush(): void {
    if (this.delivering || this.closed) return;
    const { batchOperationsMax: max = BATCH_OPERATIONS_MAX, ready } = this.options;
    const batch = this.template.nextBatch(ready === undefined ? { max } : { max, ready });
    if (batch === undefined) return;
    this.delivering = true;
    void this.deliver(batch).catch((error: unknown) => this.fail(error));
  }

  /** Sends and takes nothing more. What is under way may still be committed. */
  close(): void {
    this.closed = true;
  }

  /** Sends the batch until it is known what became of it. */
  private async deliver(batch: Batch): Promise<void> {
    let attempt = 0;
    let headVersion: number | undefined;
    while (!this.closed && this.template.inFlight === batch) {
      const outcome = await this.tried(batch, headVersion);
      // Its commit may have been received while the answer was on its way.
      if (this.isClosed() || this.template.inFlight !== batch) break;
      if (outcome === undefined || (outcome.kind === "refused" && outcome.retryAfterMs !== null)) {
        await this.wait(outcome?.retryAfterMs ?? pauseMs(this.options.retryMs, attempt));
        attempt += 1;
        continue;
      }
      if (outcome.kind === "applied") {
        this.goOn(this.template.take(outcome.operations), outdated);
        break;
      }
      if (outcome.kind === "conflict") {
        const choice = await this.options.onConflict(outcome, batch);
        if (choice === "insist") {
          headVersion = outcome.currentVersion;
          this.goOn(this.template.insistInFlight(headVersion), outdated);
          continue;
        }
      }
      this.giveUp(batch, outcome);
    }
    this.delivering = false;
    this.flush();
  }

  /** Closing happens while the client waits, which the compiler does not see. */
  private isClosed(): boolean {
    return this.closed;
  }

  /** The server's answer; undefined where none came. */
  private async tried(
    batch: Batch,
    headVersion: number | undefined,
  ): Promise<SendOutcome | undefined> {
    const { transport } = this.options;
    try {
      return await (headVersion === undefined
        ? transport.send(batch)
        : transport.insist(batch, headVersion));
    } catch {
      return undefined;
    }
  }

  /** A conflict names the operations that collide; a refusal takes its one operation, or the batch with it. */
  private giveUp(batch: Batch, reason: SendConflict | SendRefusal): void {
    const named =
      reason.kind === "conflict" ? reason.conflictingOps : [reason.operationId].filter(isString);
    const ids = named.length > 0 ? named : batch.operations.map(({ id }) => id);
    this.goOn(this.template.giveUp(ids), reason);
  }

  /** After every change of what is confirmed: tells what is gone, asks where something collides, sends what may leave. */
  private goOn(gone: readonly string[], reason: SendConflict | SendRefusal): void {
    if (gone.length > 0) this.options.onGone?.(gone, reason);
    const conflict = this.template.pendingConflict;
    if (conflict === undefined) return this.flush();
    if (this.asking) return;
    this.asking = true;
    void this.settle(conflict).catch((error: unknown) => this.fail(error));
  }

  /** Asks about what waits, as about a batch that the server reports. */
  private async settle(pending: PendingConflict): Promise<void> {
    const { operations, version: currentVersion } = pending;
    const conflictingOps = pending.collisions.map(({ clientOperation }) => clientOperation);
    const message = "what waits collides with what others committed meanwhile";
    const conflict = { kind: "conflict", message, currentVersion, conflictingOps } as const;
    const batchId = operations[0]!.id;
    const batch = { batchId, baseVersion: this.template.version, operations };
    const choice = await this.options.onConflict(conflict, batch);
    this.asking = false;
    if (this.closed) return;
    if (choice === "insist") this.goOn(this.template.insist(currentVersion), outdated);
    else this.goOn(this.template.giveUp(conflictingOps), conflict);
  }

  private fail(error: unknown): void {
    this.closed = true;
    this.options.onFailure(error);
  }
}

/** Why operations are gone that nobody gave up. */
const outdated: SendRefusal = {
  kind: "refused",
  code: "INVALID_OPERATION",
  message: "the operation no longer applies to what others committed",
  operationId: null,
  retryAfterMs: null,
};

function pauseMs(firstMs = RETRY_MS, attempt: number): number {
  return Math.min(RETRY_MS_MAX, firstMs * 2 ** Math.min(attempt, 16));
}

function isString(value: string | null): value is string {
  return value !== null;
}
