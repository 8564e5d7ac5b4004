/** The twin of the record of conflicts, in memory. */
import { collisionOf } from "../../src/domain/merge/judging/decisions.js";
import { noticesOfOverride } from "../../src/domain/notifications/notices.js";
import { MemoryNotificationStore } from "./memoryNotificationStore.js";
import type { MemoryTemplateStore } from "./memoryTemplateStore.js";
import type { NotificationStore } from "../../src/storage/notifications/notificationStore.js";
import { jsonBytes } from "../../src/domain/document/bytes.js";
import type { Json } from "../../src/domain/json.js";
import type { SentOperation } from "../../src/domain/operations/operation.js";
import type {
  ClientOperations,
  ConflictQuery,
  ConflictRecord,
  ConflictStore,
  DecidedConflict,
  NewConflict,
  ResolvedConflict,
} from "../../src/storage/conflicts/conflictStore.js";

export class MemoryConflictStore implements ConflictStore {
  private conflicts: ConflictRecord[] = [];

  /** What commits decided is with the templates. */
  constructor(
    private readonly templates?: MemoryTemplateStore,
    private readonly inboxes: Pick<
      NotificationStore,
      "add" | "authorsOf"
    > = new MemoryNotificationStore(),
  ) {}

  async record(conflict: NewConflict): Promise<void> {
    const undecided = { decidedBy: null, decisions: [], decisionCount: 0 };
    const open = { resolution: null, resolvedAt: null, resolvedById: null, ...undecided };
    this.conflicts.push({ ...structuredClone(conflict), ...open });
  }

  async resolve(resolved: ResolvedConflict): Promise<number> {
    const { templateId, userId, baseVersion, resolution, resolvedAt } = resolved;
    const overridden: string[] = [];
    let count = 0;
    this.conflicts = this.conflicts.map((conflict) => {
      const meant =
        conflict.templateId === templateId &&
        conflict.userId === userId &&
        conflict.baseVersion === baseVersion &&
        conflict.resolvedAt === null;
      if (!meant) return conflict;
      count += 1;
      overridden.push(...conflict.serverOperationIds);
      return { ...conflict, resolution, resolvedAt, resolvedById: userId };
    });
    if (resolution === "SERVER_WINS") return count;
    const authors = await this.inboxes.authorsOf(templateId, overridden);
    const by = { actorId: userId, decidedBy: resolution };
    await this.inboxes.add(noticesOfOverride(templateId, authors, by), resolvedAt);
    return count;
  }

  async list(query: ConflictQuery): Promise<ConflictRecord[]> {
    const { templateId, resolved, decidedBy, userId, baseVersion, before, limit } = query;
    const decided = this.templates?.decidedConflicts(templateId) ?? [];
    const newestFirst = [...this.conflicts, ...decided.map(recordOf)]
      .filter((conflict) => conflict.templateId === templateId)
      .filter(({ resolvedAt }) => resolved === undefined || resolved === (resolvedAt !== null))
      .filter((conflict) => decidedBy === undefined || decidedBy === deciderOf(conflict))
      .filter((conflict) => userId === undefined || userId === conflict.userId)
      .filter((conflict) => baseVersion === undefined || baseVersion === conflict.baseVersion)
      .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
    const isOlder = ({ createdAt, id }: ConflictRecord) =>
      before === undefined ||
      createdAt < before.createdAt ||
      (createdAt === before.createdAt && id < before.id);
    const found = structuredClone(newestFirst.filter(isOlder).slice(0, limit));
    if (query.withoutOperations !== true) return found;
    return found.map((conflict) => ({ ...conflict, clientOperations: [] }));
  }

  async measureOperations(templateId: string, ids: readonly string[]) {
    const operations = await this.readOperations(templateId, ids);
    const bytesOf = (sent: readonly SentOperation[]) => jsonBytes(sent as unknown as Json);
    return new Map([...operations].map(([id, sent]) => [id, bytesOf(sent)]));
  }

  async readOperations(templateId: string, ids: readonly string[]): Promise<ClientOperations> {
    const decided = this.templates?.decidedConflicts(templateId) ?? [];
    const found = [...this.conflicts, ...decided.map(recordOf)].filter(
      (conflict) => conflict.templateId === templateId && ids.includes(conflict.id),
    );
    return new Map(
      found.map(({ id, clientOperations }) => [id, structuredClone(clientOperations)]),
    );
  }
}

function deciderOf({ decidedBy, resolution }: ConflictRecord): ConflictQuery["decidedBy"] {
  return decidedBy ?? (resolution === null ? undefined : "PERSON");
}

function recordOf(decided: DecidedConflict): ConflictRecord {
  const { decisions, createdAt } = decided;
  return {
    ...decided,
    clientOperations: [],
    collisions: decisions.map(collisionOf),
    resolution: null,
    resolvedAt: createdAt,
    resolvedById: null,
  };
}
