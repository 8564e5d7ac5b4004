/**
 * The store of templates on PostgreSQL, through Prisma. What is on the path of an edit, or carries a document, is a
 * named statement in a file of its own; the rest is ordinary Prisma. Errors that mean the database is out of reach
 * leave as StorageUnavailable.
 */
import { noLocks } from "../../domain/locks/lock.js";
import { mergeRulesSchema, type MergeRule } from "../../domain/merge/judging/mergeRules.js";
import type { QuotaFull, Quotas } from "../../domain/quotas.js";
import type { PrismaClient } from "../generated/prisma/client.js";
import { commitWith } from "./commitStatement.js";
import { lockRow, readHeads } from "./headStatement.js";
import { readLockSets } from "../locks/lockStatements.js";
import { countVersions, findVersions, measureAt, readRecordsAt } from "../history/logSearch.js";
import {
  measureByOperationId,
  measureRange,
  readAuthors,
  readByOperationId,
  readEntries,
  readRange,
  readRecordRange,
  readRuns,
} from "../history/logStatements.js";
import { documentTextSteps, takeAtOnce, type TakeSteps } from "./documentText.js";
import { deleteSnapshot } from "../history/deletedSnapshots.js";
import { addSnapshotWithin, createWithin, readUseOfHolders } from "../quotas/quotaChecks.js";
import { onDatabase, type RawExecutor } from "../postgres/statement.js";
import { readCheckpointSize, readNearestSize } from "./stateSizes.js";
import {
  dropLogThrough,
  readCheckpointState,
  readNearest,
  updateCheckpoint,
} from "./stateStatements.js";
import type {
  Checkpoint,
  Commit,
  CommitOutcome,
  LockedTemplate,
  LogRange,
  LogSearch,
  NewSnapshot,
  NewTemplate,
  SnapshotStored,
  OwnRange,
  DetailsChange,
  TemplateDetails,
  StoredMergeRules,
  TemplateStore,
} from "./templateStore.js";
import { inTurn, templateTurn } from "../postgres/transactionTurns.js";
import { isUuid } from "../postgres/uuid.js";

/** The store on an open client; the client stays the caller's to close. */
export class PrismaTemplateStore implements TemplateStore {
  /** `take` takes the steps in which documents are written out and read. */
  constructor(
    private readonly prisma: PrismaClient,
    private readonly take: TakeSteps = takeAtOnce,
  ) {}

  heads(templateIds: readonly string[]) {
    return onDatabase(() => readHeads(this.prisma, templateIds));
  }

  async create(template: NewTemplate, quotas?: Quotas): Promise<"stored" | QuotaFull> {
    const document = await this.take(documentTextSteps(template.design));
    const written = { template, document };
    return onDatabase(() => createWithin(this.prisma, written, quotas));
  }

  readLocks(templateIds: readonly string[]) {
    return onDatabase(() => readLockSets(this.prisma, templateIds));
  }

  async readCheckpoint(templateId: string) {
    if (!isUuid(templateId)) return undefined;
    return onDatabase(() => readCheckpointState(this.prisma, templateId, this.take));
  }

  async readNearestState(templateId: string, version: number) {
    if (!isUuid(templateId)) return undefined;
    return onDatabase(() => readNearest(this.prisma, templateId, version, this.take));
  }

  async readCheckpointSize(templateId: string) {
    if (!isUuid(templateId)) return undefined;
    return onDatabase(() => readCheckpointSize(this.prisma, templateId));
  }

  async readNearestSize(templateId: string, version: number) {
    if (!isUuid(templateId)) return undefined;
    return onDatabase(() => readNearestSize(this.prisma, templateId, version));
  }

  measureLog(range: LogRange, bytesMax: number) {
    return onDatabase(() => measureRange(this.prisma, range, bytesMax));
  }

  readLog(range: LogRange) {
    return onDatabase(() => readRange(this.prisma, range));
  }

  readHistory(range: LogRange) {
    return onDatabase(() => readEntries(this.prisma, range));
  }

  readRecords(range: LogRange, columns: { readonly payload: boolean }) {
    return onDatabase(() => readRecordRange(this.prisma, range, columns));
  }

  searchLog(search: LogSearch) {
    return onDatabase(() => findVersions(this.prisma, search));
  }

  countLog(search: LogSearch) {
    return onDatabase(() => countVersions(this.prisma, search));
  }

  readRecordsAt(templateId: string, versions: readonly number[], columns: { payload: boolean }) {
    return onDatabase(() => readRecordsAt(this.prisma, templateId, versions, columns));
  }

  measureLogAt(templateId: string, versions: readonly number[]) {
    return onDatabase(() => measureAt(this.prisma, templateId, versions));
  }

  measureOperations(templateId: string, operationIds: readonly string[]) {
    return onDatabase(() => measureByOperationId(this.prisma, templateId, operationIds));
  }

  findOperations(templateId: string, operationIds: readonly string[]) {
    return onDatabase(() => readByOperationId(this.prisma, templateId, operationIds));
  }

  readAuthors(templateId: string, operationIds: readonly string[]) {
    return onDatabase(() => readAuthors(this.prisma, templateId, operationIds));
  }

  readOwnRuns(range: OwnRange) {
    return onDatabase(() => readRuns(this.prisma, range));
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    if (!isUuid(commit.templateId)) return { kind: "moved" };
    return onDatabase(() => commitWith(this.prisma, commit));
  }

  withLock<T>(templateId: string, work: (locked: LockedTemplate) => Promise<T>): Promise<T> {
    return onDatabase(() =>
      this.prisma.$transaction(async (transaction) => {
        const exists = isUuid(templateId) && (await lockRow(transaction, templateId));
        if (!exists) throw missing(templateId);
        return work(lockedTemplate(transaction, templateId));
      }),
    );
  }

  async writeCheckpoint(checkpoint: Checkpoint): Promise<void> {
    await onDatabase(() => updateCheckpoint(this.prisma, checkpoint, this.take));
  }

  async addSnapshot(snapshot: NewSnapshot, quotas?: Quotas): Promise<SnapshotStored | QuotaFull> {
    const document = await this.take(documentTextSteps(snapshot.design));
    const written = { snapshot, document };
    return onDatabase(() => addSnapshotWithin(this.prisma, written, quotas));
  }

  async readHoldersUse(templateId: string) {
    if (!isUuid(templateId)) return undefined;
    return onDatabase(() => readUseOfHolders(this.prisma, templateId));
  }

  async deleteSnapshot(templateId: string, snapshotId: string, createdById: string | null) {
    if (!isUuid(templateId) || !isUuid(snapshotId)) return "gone";
    return onDatabase(() => deleteSnapshot(this.prisma, { templateId, snapshotId, createdById }));
  }

  async newestSnapshotVersion(templateId: string): Promise<number> {
    if (!isUuid(templateId)) return 1;
    const newest = await onDatabase(() =>
      this.prisma.templateSnapshot.findFirst({
        where: { templateId },
        orderBy: { version: "desc" },
        select: { version: true },
      }),
    );
    return newest?.version ?? 1;
  }

  async readDetails(templateId: string): Promise<TemplateDetails | undefined> {
    if (!isUuid(templateId)) return undefined;
    const details = await onDatabase(() =>
      this.prisma.template.findUnique({
        where: { id: templateId },
        select: { name: true, description: true, category: true, tags: true, isPublic: true },
      }),
    );
    return details ?? undefined;
  }

  async updateDetails(templateId: string, details: DetailsChange, now: number): Promise<void> {
    const { tags, ...rest } = details;
    const at = new Date(now);
    const data = { ...rest, ...(tags && { tags: [...tags] }), updatedAt: at, changedAt: at };
    await this.update(templateId, data);
  }

  async readMergeRules(templateId: string): Promise<StoredMergeRules | undefined> {
    if (!isUuid(templateId)) return undefined;
    const stored = await onDatabase(() =>
      this.prisma.template.findUnique({
        where: { id: templateId },
        select: { mergeRules: true, mergeRulesVersion: true },
      }),
    );
    if (stored === null) return undefined;
    const rules = mergeRulesSchema.parse(stored.mergeRules);
    return { rules, version: stored.mergeRulesVersion };
  }

  async updateMergeRules(
    templateId: string,
    rules: readonly MergeRule[],
    expectedVersion: number,
  ): Promise<boolean> {
    if (!isUuid(templateId)) return false;
    const { count } = await inTurn(this.prisma, [templateTurn(templateId)], () =>
      this.prisma.template.updateMany({
        where: { id: templateId, mergeRulesVersion: expectedVersion },
        data: {
          mergeRules: rules.map((rule) => ({ ...rule })),
          mergeRulesVersion: { increment: 1 },
        },
      }),
    );
    return count > 0;
  }

  async setDeleted(templateId: string, deletedAt: number | null): Promise<void> {
    await this.update(templateId, { deletedAt: deletedAt === null ? null : new Date(deletedAt) });
  }

  async pruneLog(templateId: string, version: number): Promise<void> {
    const pruned =
      isUuid(templateId) &&
      (await onDatabase(() =>
        this.prisma.$transaction((transaction) => dropLogThrough(transaction, templateId, version)),
      ));
    if (!pruned) throw new Error(`the log of ${templateId} cannot be pruned through ${version}`);
  }

  private async update(
    templateId: string,
    data: Parameters<PrismaClient["template"]["updateMany"]>[0]["data"],
  ): Promise<void> {
    if (!isUuid(templateId)) throw missing(templateId);
    const { count } = await inTurn(this.prisma, [templateTurn(templateId)], () =>
      this.prisma.template.updateMany({ where: { id: templateId }, data }),
    );
    if (count === 0) throw missing(templateId);
  }
}

/** What the holder of the row's lock works with: everything goes over the connection that holds it. */
function lockedTemplate(transaction: RawExecutor, templateId: string): LockedTemplate {
  const findOperations = (operationIds: readonly string[]) =>
    onDatabase(() => readByOperationId(transaction, templateId, operationIds));
  return {
    async head() {
      const head = (await onDatabase(() => readHeads(transaction, [templateId]))).get(templateId);
      if (head === undefined) throw missing(templateId);
      return head;
    },
    readLog: (range) => onDatabase(() => readRange(transaction, range)),
    readHistory: (range) => onDatabase(() => readEntries(transaction, range)),
    findOperations,
    async readLocks() {
      const sets = await onDatabase(() => readLockSets(transaction, [templateId]));
      return sets.get(templateId) ?? noLocks;
    },
    async commit(commit) {
      // A violated index would end the transaction. Under the lock nobody else inserts, so asking first is as good.
      const taken = await findOperations(commit.operations.map(({ id }) => id));
      if (taken.length > 0) return { kind: "operationIdTaken" };
      return onDatabase(() => commitWith(transaction, commit));
    },
  };
}

function missing(templateId: string): Error {
  return new Error(`there is no template ${templateId}`);
}
