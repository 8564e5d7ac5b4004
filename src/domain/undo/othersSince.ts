/**
 * What others did since an operation that is to be taken back, as far as it is still in effect: what they undid again
 * counts for nothing, and what they did to another thing, that had the id meanwhile, is not about this one.
 */
import type { LogEntry } from "../history/logEntry.js";
import { idsOf, type CancelledPair } from "./undoLine.js";
import { collisionIndex, collisionsWith, creatorsOf, deletersOf } from "../merge/collide.js";
import type { Collision, CollisionIndex } from "../merge/collide.js";
import {
  ancestorsOf,
  registersOf,
  type Footprint,
  type NodePath,
  type Touch,
} from "../operations/footprint.js";

/** While the one thing under an id was gone: versions after which, and before which. */
interface Absence {
  readonly after: number;
  readonly before: number;
}

export class OthersSince {
  /** Of what is in effect. */
  readonly index: CollisionIndex;
  private readonly entries: ReadonlyMap<string, LogEntry>;
  private readonly absences = new Map<NodePath, Absence[]>();

  /** `own` are the ids of what is taken back; `cancelled` the pairs of anybody that leave things as they were. */
  constructor(
    history: readonly LogEntry[],
    own: ReadonlySet<string>,
    cancelled: readonly CancelledPair[],
  ) {
    const withoutEffect = new Set(idsOf(cancelled));
    const inEffect = history.filter(({ id }) => !own.has(id) && !withoutEffect.has(id));
    this.index = collisionIndex(
      inEffect.map(({ id, footprint }) => ({ id, footprint: strict(footprint) })),
    );
    this.entries = new Map(inEffect.map((entry) => [entry.id, entry]));
    this.addAbsences(history, cancelled);
  }

  /** What others did that is in effect, oldest first. */
  get inEffect(): Iterable<LogEntry> {
    return this.entries.values();
  }

  /** Whether the operation is one of others and in effect. */
  readonly isInEffect = (operationId: string): boolean => this.entries.has(operationId);

  /** What collides with taking back an operation of that version by one that touches this. */
  collisions(id: string, footprint: Footprint, version: number): Collision[] {
    return collisionsWith(this.index, { id, footprint: strict(footprint) }).filter(
      ({ serverOperation, path, kind }) =>
        this.isSince(version, serverOperation) &&
        (kind === "DUPLICATE_ID" || !this.wasAbsent(path, serverOperation)),
    );
  }

  /** Who deleted the node, or one it was in, since the version. */
  deletersOf(path: NodePath, version: number): string[] {
    return deletersOf(this.index, path).filter(
      (id) => this.isSince(version, id) && !this.wasAbsent(path, id),
    );
  }

  /** Who put something under the id of the node, or of one it was in, since the version. */
  creatorsOf(path: NodePath, version: number): string[] {
    return creatorsOf(this.index, path).filter(
      (id) => this.isSince(version, id) && !this.wasAbsent(path, id),
    );
  }

  /** The thing is there again from now on: whatever was done to its id since the version was about another one. */
  restored(path: NodePath, version: number): void {
    this.addAbsence(path, { after: version, before: Infinity });
  }

  /** The operations, each once, oldest first. */
  inOrder(operationIds: readonly string[]): string[] {
    const versionOf = (id: string) => this.entries.get(id)?.resultingVersion ?? 0;
    return [...new Set(operationIds)].toSorted((one, other) => versionOf(one) - versionOf(other));
  }

  private isSince(version: number, operationId: string): boolean {
    return (this.entries.get(operationId)?.resultingVersion ?? 0) > version;
  }

  private wasAbsent(path: NodePath, operationId: string): boolean {
    if (this.absences.size === 0) return false;
    const version = this.entries.get(operationId)?.resultingVersion ?? 0;
    return [path, ...ancestorsOf(path)].some((node) =>
      (this.absences.get(node) ?? []).some(
        ({ after, before }) => after < version && version < before,
      ),
    );
  }

  /** What one event deleted and the other brought back was gone in between. */
  private addAbsences(history: readonly LogEntry[], cancelled: readonly CancelledPair[]): void {
    const byId = new Map(history.map((entry) => [entry.id, entry]));
    for (const { first, second } of cancelled) {
      const back = new Map<NodePath, number>();
      for (const { id, resultingVersion } of second.operations) {
        for (const { kind, path } of byId.get(id)?.footprint ?? []) {
          if (kind === "create") back.set(path, resultingVersion);
        }
      }
      if (back.size === 0) continue;
      for (const { id, resultingVersion: after } of first.operations) {
        for (const { kind, path } of byId.get(id)?.footprint ?? []) {
          const before = kind === "delete" ? back.get(path) : undefined;
          if (before !== undefined) this.addAbsence(path, { after, before });
        }
      }
    }
  }

  private addAbsence(path: NodePath, absence: Absence): void {
    const absences = this.absences.get(path);
    if (absences === undefined) this.absences.set(path, [absence]);
    else absences.push(absence);
  }
}

/**
 * For undoing, a later position, size, rotation or place of someone else's counts as their work: only text is rebased.
 */
function strict(footprint: Footprint): Footprint {
  return footprint.map((touch): Touch => {
    if (touch.kind !== "blend" || touch.properties.includes("text")) return touch;
    return { ...touch, kind: "write", properties: registersOf(touch) };
  });
}
