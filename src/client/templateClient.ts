/**
 * An editor's connection to one template: edits show at once, leave in batches, one at a time, and are sent again
 * under the same ids until the server says what became of them. The core is `OptimisticTemplate`; this adds when.
 *
 * Commits come in through `receive`, from a subscription to `templateChanged`; the answers to batches are used, too,
 * so that nothing waits for the slower of the two.
 */
import type { Document } from "../domain/document/document.js";
import { documentOf } from "../domain/document/fromDesign.js";
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
} from "./transport.js";
import type { TemplateClientOptions } from "./templateClientOptions.js";

/** Work that is not shown any more and was not committed, oldest first, with the reason. */
export interface SetAside {
  readonly operations: readonly SentOperation[];
  readonly reason: SendConflict | SendRefusal;
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
  private pause: { readonly batch: Batch; readonly reason: SendRefusal } | undefined;
  private aside: SetAside[] = [];
  /** Of the clock, which may be set back: what is done later counts as later. */
  private newestReading = -Infinity;

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

  /** Those operations as they are now: what is to be kept where the page closes, or the client stopped. */
  get unconfirmed(): readonly SentOperation[] {
    return this.template.unconfirmed;
  }

  /** Why nothing is sent at present; undefined where nothing keeps the client from it. */
  get pausedBy(): SendRefusal | undefined {
    return this.pause?.reason;
  }

  /** What was refused, given up or overtaken, to be offered to the person or saved: nothing is dropped unseen. */
  get setAside(): readonly SetAside[] {
    return this.aside;
  }

  /** Answers what was set aside and forgets it. */
  takeSetAside(): readonly SetAside[] {
    const taken = this.aside;
    this.aside = [];
    return taken;
  }

  /** Ends a pause: sends the refused batch again, unchanged, or sets it aside and goes on with the rest. */
  resume(choice: "retry" | "giveUp" = "retry"): void {
    const { pause } = this;
    if (pause === undefined || this.closed) return;
    this.pause = undefined;
    if (choice === "giveUp") return this.giveUp(pause.batch, pause.reason);
    this.start(pause.batch);
  }

  /** Shows the operation at once and sends it as soon as may be; the failure says why it cannot apply. */
  edit(content: OperationContent, id = this.options.newId()): OperationResult<undefined> {
    this.newestReading = Math.max(this.newestReading, this.options.now());
    const edited = this.template.edit({ ...content, id, timestamp: this.newestReading });
    if (edited.ok) this.flush();
    return edited;
  }

  /** Takes commits, in any order and more than once. */
  receive(commits: readonly CommittedOperation[]): void {
    if (this.closed) return;
    try {
      this.keeping(outdated, () => this.template.take(commits));
    } catch (error) {
      this.fail(error);
    }
  }

  /** Sends what is pending, unless a batch is under way: then it follows that one. */
  flush(): void {
    if (this.delivering || this.closed || this.pause !== undefined) return;
    const { batchOperationsMax: max = BATCH_OPERATIONS_MAX, ready } = this.options;
    const batch = this.template.nextBatch(ready === undefined ? { max } : { max, ready });
    if (batch !== undefined) this.start(batch);
  }

  /** Sends and takes nothing more. What is under way may still be committed. */
  close(): void {
    this.closed = true;
  }

  private start(batch: Batch): void {
    this.delivering = true;
    void this.deliver(batch).catch((error: unknown) => this.fail(error));
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
        this.keeping(outdated, () => this.template.take(outcome.operations));
        break;
      }
      if (outcome.kind === "conflict") {
        const choice = await this.options.onConflict(outcome, batch);
        if (choice === "insist") {
          const version = (headVersion = outcome.currentVersion);
          this.keeping(outdated, () => this.template.insistInFlight(version));
          continue;
        }
      } else if (outcome.operationId === null) {
        this.pause = { batch, reason: outcome };
        this.options.onPaused?.(outcome);
        break;
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

  /** A conflict names the operations that collide, a refusal its one operation; else the whole batch goes. */
  private giveUp(batch: Batch, reason: SendConflict | SendRefusal): void {
    const named =
      reason.kind === "conflict" ? reason.conflictingOps : [reason.operationId].filter(isString);
    const ids = named.length > 0 ? named : batch.operations.map(({ id }) => id);
    this.keeping(reason, () => this.template.giveUp(ids));
  }

  /** Makes a change that answers which operations are gone by it, and sets those aside. */
  private keeping(reason: SendConflict | SendRefusal, change: () => readonly string[]): void {
    const { unconfirmed } = this.template;
    const gone = change();
    if (gone.length > 0) {
      const ids = new Set(gone);
      this.aside.push({ operations: unconfirmed.filter(({ id }) => ids.has(id)), reason });
      this.options.onGone?.(gone, reason);
    }
    // The batch that was refused may have been committed by an earlier try of it.
    if (this.pause !== undefined && this.template.inFlight !== this.pause.batch) {
      this.pause = undefined;
    }
    this.goOn();
  }

  /** After every change of what is confirmed: asks where something collides, sends what may leave. */
  private goOn(): void {
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
    const message = "pending operations collide with operations committed meanwhile";
    const conflict = { kind: "conflict", message, currentVersion, conflictingOps } as const;
    const batchId = operations[0]!.id;
    const batch = { batchId, baseVersion: this.template.version, operations };
    const choice = await this.options.onConflict(conflict, batch);
    this.asking = false;
    if (this.closed) return;
    if (choice === "insist") this.keeping(outdated, () => this.template.insist(currentVersion));
    else this.keeping(conflict, () => this.template.giveUp(conflictingOps));
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
  message: "the operation no longer applies to the committed document",
  operationId: null,
  retryAfterMs: null,
};

function pauseMs(firstMs = RETRY_MS, attempt: number): number {
  return Math.min(RETRY_MS_MAX, firstMs * 2 ** Math.min(attempt, 16));
}

function isString(value: string | null): value is string {
  return value !== null;
}
