/**
 * Proves a template: walks its log page by page, recomputes the chain of hashes, applies every operation again from the
 * first document on, and compares what is stored on the way: head, checkpoint, snapshots, and what rows say that is
 * computed from the rest. Reads one state of the database throughout, so edits and pruning meanwhile do no harm.
 */
import { checkAuthor } from "../../domain/history/authorProof.js";
import {
  checkChain,
  type ChainDamage,
  type ChainPosition,
  hasOwnFootprint,
  inverseLeadsBack,
} from "../../domain/history/checkChain.js";
import { designHash, initialHash } from "../../domain/history/versionHash.js";
import { documentOf } from "../../domain/document/fromDesign.js";
import { designOf } from "../../domain/document/toDesign.js";
import type { Document } from "../../domain/document/document.js";
import { jsonSize } from "../../domain/document/size.js";
import type { Sha256 } from "../../domain/hashing.js";
import type { Json } from "../../domain/json.js";
import { unbounded } from "../../domain/limits.js";
import { applyOperation } from "../../domain/operations/registry.js";
import type { LoggedOperation } from "../../domain/operations/operation.js";
import { hasOwnSize, readComputedColumns, RunCheck } from "./computedColumns.js";
import type { ComputedColumns } from "./computedColumns.js";
import type { PrismaClient } from "../generated/prisma/client.js";
import { readHeads } from "../templates/headStatement.js";
import { readRange } from "./logStatements.js";
import { takeAtOnce } from "../templates/documentText.js";
import { readLogStartHash, readNearest } from "../templates/stateStatements.js";
import { onDatabase, type RawExecutor } from "../postgres/statement.js";
import {
  readStoredDocument,
  readStoredDocuments,
  type StoredDocument,
} from "../templates/storedDocuments.js";
import type { TemplateHead } from "../templates/templateStore.js";

const PAGE_OPERATIONS = 500;
const TRANSACTION_MS_MAX = 60 * 60 * 1_000;

export type Damage =
  | ChainDamage
  /** The operation of this version cannot be applied to the state before it; nothing after it can be compared. */
  | { readonly kind: "notApplicable"; readonly version: number }
  /** The template's version or hash is not that of the log's end. */
  | { readonly kind: "head"; readonly version: number; readonly logVersion: number }
  /** The document that the log starts from is missing or not readable. */
  | { readonly kind: "noStart"; readonly version: number }
  /** The row's inverse does not lead back to the version before, or its footprint is not that of its operation. */
  | { readonly kind: "inverse" | "footprint"; readonly version: number }
  /** The row names another author than the one who committed it. */
  | { readonly kind: "author"; readonly version: number }
  /** The row names another version than the one at which its run of operations began, or another size than its own. */
  | { readonly kind: "run" | "size"; readonly version: number }
  /** A stored document is not what its own hash or size says, or not what the log leads to. */
  | { readonly kind: "document"; readonly document: string; readonly version: number };

export interface Verification {
  readonly logStartVersion: number;
  readonly version: number;
  readonly operations: number;
  /** Checkpoint and snapshots that were compared with what the log leads to. */
  readonly documents: number;
  /** Operations whose author was erased: that they had one is proven, not who it was. */
  readonly authorsErased: number;
  /** Operations of the first chain format, whose author, server time, request hash and what they undo nothing proves. */
  readonly firstFormat: number;
  /** Empty where all is well. */
  readonly damages: readonly Damage[];
}

/** Checks one template; undefined where there is none. Rejects with StorageUnavailable. */
export function verifyLog(
  prisma: PrismaClient,
  sha256: Sha256,
  templateId: string,
): Promise<Verification | undefined> {
  return onDatabase(() =>
    prisma.$transaction(
      async (transaction) => {
        const head = (await readHeads(transaction, [templateId])).get(templateId);
        return head && new Walk(transaction, sha256, head).run();
      },
      { isolationLevel: "RepeatableRead", timeout: TRANSACTION_MS_MAX },
    ),
  );
}

/** One walk along the log, from its first version to its end. */
class Walk {
  private readonly damages: Damage[] = [];
  private position: ChainPosition;
  /** The state at the position; undefined once it cannot be known. */
  private document: Document | undefined;
  private stored: readonly StoredDocument[] = [];
  private readonly passed = new Set<StoredDocument>();
  private readonly runs = new RunCheck();
  private operations = 0;
  private compared = 0;
  private authorsErased = 0;
  private firstFormat = 0;

  constructor(
    private readonly executor: RawExecutor,
    private readonly sha256: Sha256,
    private readonly head: TemplateHead,
  ) {
    this.position = { version: head.logStartVersion, versionHash: undefined };
  }

  async run(): Promise<Verification> {
    const { head, executor } = this;
    this.stored = await readStoredDocuments(executor, head.templateId);
    await this.start();
    for (;;) {
      const page = await readRange(executor, {
        templateId: head.templateId,
        afterVersion: this.position.version,
        limit: PAGE_OPERATIONS,
      });
      await this.follow(page);
      if (page.length < PAGE_OPERATIONS) break;
    }
    this.checkHead();
    await this.checkBesideLog();
    const { operations, compared: documents, authorsErased, firstFormat, damages } = this;
    return {
      logStartVersion: head.logStartVersion,
      version: head.version,
      operations,
      documents,
      authorsErased,
      firstFormat,
      damages,
    };
  }

  /** Finds the first document and the value that the chain begins with: that of version 1, or the one pruning kept. */
  private async start(): Promise<void> {
    const { templateId, logStartVersion: version } = this.head;
    const first = await readNearest(this.executor, templateId, version, takeAtOnce);
    try {
      if (first?.version !== version) throw new Error("document not found");
      this.document = documentOf(first.design);
      const versionHash =
        version === 1
          ? initialHash(this.sha256, first.design)
          : await readLogStartHash(this.executor, templateId);
      this.position = { version, versionHash };
    } catch {
      this.damages.push({ kind: "noStart", version });
    }
    await this.compareStored(this.position);
  }

  private async follow(page: readonly LoggedOperation[]): Promise<void> {
    const computed = await readComputedColumns(
      this.executor,
      this.head.templateId,
      this.position.version,
      page.at(-1)?.resultingVersion ?? 0,
    );
    for (const operation of page) {
      const { end, damages } = checkChain(this.sha256, this.position, [operation]);
      this.damages.push(...damages);
      this.operations += 1;
      this.checkAuthorOf(operation, computed.get(operation.resultingVersion)?.isErased === true);
      this.checkComputed(operation, computed.get(operation.resultingVersion));
      this.apply(
        operation,
        damages.some(({ kind }) => kind === "missing"),
      );
      this.position = end;
      await this.compareStored(end);
    }
  }

  private apply(operation: LoggedOperation, afterGap: boolean): void {
    if (this.document === undefined) return;
    const before = this.document;
    const applied = afterGap ? undefined : this.applied(before, operation);
    this.document = applied?.ok ? applied.value : undefined;
    if (applied?.ok) this.checkRow(before, applied.value, operation);
    // After a gap that is to be expected, and the gap is reported.
    if (applied?.ok === false) {
      this.damages.push({ kind: "notApplicable", version: operation.resultingVersion });
    }
  }

  /** A row may hold what no operation is: that does not apply either. */
  private applied(before: Document, operation: LoggedOperation) {
    try {
      return applyOperation(before, operation, unbounded);
    } catch {
      return { ok: false } as const;
    }
  }

  private checkRow(before: Document, after: Document, operation: LoggedOperation): void {
    const version = operation.resultingVersion;
    if (!inverseLeadsBack(before, after, operation)) {
      this.damages.push({ kind: "inverse", version });
    }
    // The hash of the second format covers it, however footprints are told by now.
    const isCovered = operation.authorProof !== null;
    if (!isCovered && !hasOwnFootprint(before, operation)) {
      this.damages.push({ kind: "footprint", version });
    }
  }

  /** Without an author and salt nothing proves who it was: the row is whole where an erasure took them. */
  private checkAuthorOf(operation: LoggedOperation, isErased: boolean): void {
    const found = checkAuthor(this.sha256, operation);
    const author = found === "erased" && !isErased ? "changed" : found;
    if (author === "changed") {
      this.damages.push({ kind: "author", version: operation.resultingVersion });
    }
    if (author === "erased") this.authorsErased += 1;
    if (author === "unbound") this.firstFormat += 1;
  }

  private checkComputed(operation: LoggedOperation, computed: ComputedColumns | undefined): void {
    const version = operation.resultingVersion;
    if (computed === undefined) throw new Error(`version ${version} no longer exists`);
    if (!this.runs.isOwnStart(operation, computed.stepStart)) {
      this.damages.push({ kind: "run", version });
    }
    if (!hasOwnSize(operation, computed)) this.damages.push({ kind: "size", version });
  }

  /** Compares the checkpoint and the snapshots of this version with what the log led to. */
  private async compareStored({ version, versionHash }: ChainPosition): Promise<void> {
    const here = this.stored.filter((stored) => stored.version === version);
    if (here.length === 0) return;
    const replayed = this.document && designHash(this.sha256, designOf(this.document));
    for (const stored of here) {
      this.passed.add(stored);
      const { hash, isOwn } = await this.readDocument(stored);
      const isReplayed = replayed === undefined || replayed === hash;
      const isChained =
        stored.versionHash === undefined ||
        versionHash === undefined ||
        stored.versionHash === versionHash;
      if (replayed !== undefined) this.compared += 1;
      if (isOwn && isReplayed && isChained) continue;
      this.damages.push({ kind: "document", document: stored.name, version });
    }
  }

  /**
   * What is stored of versions that the walk did not come by: beyond the log's end there is none, and before its start
   * or in a gap only the document's own hash and size can be checked.
   */
  private async checkBesideLog(): Promise<void> {
    for (const stored of this.stored) {
      if (this.passed.has(stored)) continue;
      const { version, name: document } = stored;
      const isBeyond = version > this.position.version;
      const { isOwn } = await this.readDocument(stored);
      if (isBeyond || !isOwn) this.damages.push({ kind: "document", document, version });
    }
  }

  /** The hash of the document, and whether it is what was stored with it, and its size, too. */
  private async readDocument(stored: StoredDocument): Promise<{ hash: string; isOwn: boolean }> {
    const design = await readStoredDocument(this.executor, stored);
    const hash = designHash(this.sha256, design);
    const { bytes, values } = jsonSize(design as unknown as Json);
    const isOwn =
      (stored.designHash ?? hash) === hash &&
      (stored.size.bytes ?? bytes) === bytes &&
      (stored.size.values ?? values) === values;
    return { hash, isOwn };
  }

  private checkHead(): void {
    const { version, versionHash } = this.head;
    const end = this.position;
    const isHash = end.versionHash === undefined || end.versionHash === versionHash;
    if (version === end.version && isHash) return;
    this.damages.push({ kind: "head", version, logVersion: end.version });
  }
}
