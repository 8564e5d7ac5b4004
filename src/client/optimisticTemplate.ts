/**
 * A template as one of its editors sees it: what the server committed, and on top of it what this editor did since,
 * applied at once. Pure: it sends nothing and knows no time; `TemplateClient` drives it.
 *
 *     confirmed document, at `version`  ->  batch in flight  ->  pending operations  =  `document`
 *
 * - One batch is in flight. What is done meanwhile waits and leaves with the next one.
 * - Commits are taken in the order of their versions. Those of others rebase what is not committed yet, exactly as the
 *   server will; one's own replace what was expected of them.
 * - Whoever took all commits up to a version holds the server's document of that version as `confirmed`.
 */
import type { Document } from "../domain/document/document.js";
import { unbounded, type DomainLimits } from "../domain/limits.js";
import type { OperationResult, SentOperation } from "../domain/operations/operation.js";
import { applyOperation, settleOperation } from "../domain/operations/registry.js";
import { success } from "../domain/result.js";
import {
  rebaseOver,
  rebaseOverCorrection,
  sameContent,
  sameText,
  targetOf,
  type LocalOperation,
} from "./localOperation.js";
import type { Batch, CommittedOperation } from "./transport.js";

export interface BatchChoice {
  /** Of operations. */
  readonly max: number;
  /** Whether a pending operation may leave yet; the batch ends before the first that may not. */
  readonly ready?: (operation: LocalOperation) => boolean;
}

export class OptimisticTemplate {
  private confirmedDocument: Document;
  private confirmedVersion: number;
  private localDocument: Document;
  private batch: Batch | undefined;
  private flying: LocalOperation[] = [];
  private pending: LocalOperation[] = [];
  /** Commits that came before one that is older than they are. */
  private readonly ahead = new Map<number, CommittedOperation>();

  /** `start`: the document that the server holds at a version. */
  constructor(start: { readonly version: number; readonly document: Document }) {
    this.confirmedVersion = start.version;
    this.confirmedDocument = start.document;
    this.localDocument = start.document;
  }

  /** As this editor sees it, with all it did. */
  get document(): Document {
    return this.localDocument;
  }

  /** As the server committed it at `version`. */
  get confirmed(): Document {
    return this.confirmedDocument;
  }

  get version(): number {
    return this.confirmedVersion;
  }

  /** The batch that was handed out and is not known to be committed wholly. */
  get inFlight(): Batch | undefined {
    return this.batch;
  }

  /** Operations that wait for their batch. */
  get pendingCount(): number {
    return this.pending.length;
  }

  /** Applies the operation at once, or says why it cannot be. */
  edit(operation: SentOperation, limits: DomainLimits = unbounded): OperationResult<undefined> {
    const { id, timestamp } = operation;
    // It leaves on a later state, perhaps, and is to mean what it means on this one.
    const content = settleOperation(this.localDocument, operation);
    const applied = applyOperation(this.localDocument, content, limits);
    if (!applied.ok) return applied;
    this.localDocument = applied.value;
    this.pending.push({ id, timestamp, content, after: this.localDocument });
    return success(undefined);
  }

  /** The next batch, which is in flight from now on; undefined while one is, or where nothing may leave. */
  nextBatch({ max, ready }: BatchChoice): Batch | undefined {
    if (this.batch !== undefined) return undefined;
    let count = 0;
    while (count < max && count < this.pending.length) {
      if (ready !== undefined && !ready(this.pending[count]!)) break;
      count += 1;
    }
    if (count === 0) return undefined;
    this.flying = this.pending.slice(0, count);
    this.pending = this.pending.slice(count);
    this.batch = {
      batchId: this.flying[0]!.id,
      baseVersion: this.confirmedVersion,
      operations: this.flying.map(({ id, timestamp, content }) => ({ id, timestamp, ...content })),
    };
    return this.batch;
  }

  /**
   * Takes what the server committed, from whatever told of it and as often as it does: what is known is ignored, what
   * comes too early waits. Throws where a commit does not apply: then this copy and the server have parted.
   */
  take(commits: readonly CommittedOperation[]): void {
    for (const commit of commits) {
      if (commit.resultingVersion > this.confirmedVersion) {
        this.ahead.set(commit.resultingVersion, commit);
      }
    }
    // Until something comes that was not expected, what was shown is what is committed.
    let isAsShown = true;
    for (;;) {
      const next = this.ahead.get(this.confirmedVersion + 1);
      if (next === undefined) break;
      this.ahead.delete(this.confirmedVersion + 1);
      isAsShown = this.takeNext({ ...next, target: targetOf(next) }, isAsShown);
    }
    if (this.flying.length === 0) this.batch = undefined;
    if (!isAsShown) this.replay();
  }

  /**
   * Gives up operations of the batch in flight, which the server did not apply; all others of it wait again. With an
   * operation go later edits of the text it edited, which were made on what it wrote, and what no longer applies
   * without it. Answers the ids of all that went.
   */
  giveUp(operationIds: readonly string[]): readonly string[] {
    const unwanted = new Set(operationIds);
    const gone: LocalOperation[] = [];
    const kept: LocalOperation[] = [];
    this.localDocument = this.confirmedDocument;
    for (const operation of [...this.flying, ...this.pending]) {
      const builtOn = gone.some(({ content }) => sameText(content, operation.content));
      if (unwanted.has(operation.id) || builtOn || !this.reapply(operation)) gone.push(operation);
      else kept.push(operation);
    }
    this.batch = undefined;
    this.flying = [];
    this.pending = kept;
    return gone.map(({ id }) => id);
  }

  /** Whether the editor's document is still as it was shown. */
  private takeNext(commit: CommittedOperation, isAsShown: boolean): boolean {
    const own = this.flying[0]?.id === commit.id ? this.flying.shift() : undefined;
    const rest = [...this.flying, ...this.pending];
    const isExpected = own !== undefined && sameContent(own.content, commit);
    if (own === undefined) rebaseOver(commit, rest);
    else if (!isExpected) rebaseOverCorrection(this.confirmedDocument, own.content, commit, rest);
    this.confirmedVersion = commit.resultingVersion;
    this.confirmedDocument = isExpected && isAsShown ? own.after : this.committed(commit);
    return isExpected && isAsShown;
  }

  private committed(commit: CommittedOperation): Document {
    const applied = applyOperation(this.confirmedDocument, commit, unbounded);
    if (applied.ok) return applied.value;
    throw new Error(`version ${commit.resultingVersion} does not apply: ${applied.error.message}`);
  }

  /** The confirmed document with all that is not committed yet. What collides may not apply: the server will say so. */
  private replay(): void {
    this.localDocument = this.confirmedDocument;
    for (const operation of this.flying) this.reapply(operation);
    for (const operation of this.pending) this.reapply(operation);
  }

  private reapply(operation: LocalOperation): boolean {
    const applied = applyOperation(this.localDocument, operation.content, unbounded);
    if (applied.ok) this.localDocument = applied.value;
    operation.after = this.localDocument;
    return applied.ok;
  }
}
