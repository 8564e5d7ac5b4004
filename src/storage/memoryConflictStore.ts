/** The twin of the record of conflicts, in memory. */
import type {
  ConflictQuery,
  ConflictRecord,
  ConflictStore,
  NewConflict,
  ResolvedConflict,
} from "./conflictStore.js";

export class MemoryConflictStore implements ConflictStore {
  private conflicts: ConflictRecord[] = [];

  async record(conflict: NewConflict): Promise<void> {
    const open = { resolution: null, resolvedAt: null, resolvedById: null };
    this.conflicts.push({ ...structuredClone(conflict), ...open });
  }

  async resolve(resolved: ResolvedConflict): Promise<number> {
    const { templateId, userId, baseVersion, resolution, resolvedAt } = resolved;
    let count = 0;
    this.conflicts = this.conflicts.map((conflict) => {
      const meant =
        conflict.templateId === templateId &&
        conflict.userId === userId &&
        conflict.baseVersion === baseVersion &&
        conflict.resolution === null;
      if (!meant) return conflict;
      count += 1;
      return { ...conflict, resolution, resolvedAt, resolvedById: userId };
    });
    return count;
  }

  async list({ templateId, resolved, before, limit }: ConflictQuery): Promise<ConflictRecord[]> {
    const newestFirst = this.conflicts
      .filter((conflict) => conflict.templateId === templateId)
      .filter(({ resolution }) => resolved === undefined || resolved === (resolution !== null))
      .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
    const isOlder = ({ createdAt, id }: ConflictRecord) =>
      before === undefined ||
      createdAt < before.createdAt ||
      (createdAt === before.createdAt && id < before.id);
    return structuredClone(newestFirst.filter(isOlder).slice(0, limit));
  }
}
