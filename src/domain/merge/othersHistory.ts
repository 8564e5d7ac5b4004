/** What others committed since the base of a batch, as the operations of the batch meet it. */
import type { OperationContent, SentOperation } from "../operations/operation.js";
import { canDoWithout, deletedPath, incrementalProperty, regroups } from "../operations/traits.js";
import {
  collisionsWith,
  creatorsOf,
  deletersOf,
  formerParents,
  replacedBy,
  replacements,
} from "./collide.js";
import { isAtOrUnder, targetOfPath } from "../operations/paths.js";
import { deletesNode, type Footprint, type NodePath } from "../operations/footprint.js";
import type { Collision, CollisionIndex, Lookup } from "./collide.js";
import { DecidingTouches, type Outlasts } from "./judging/decidingTouches.js";
import type { OthersSince } from "./deletionAsMeant.js";
import type { Decided } from "./judging/resolveCollisions.js";
import { newestBeaten } from "./judging/met.js";
import type { HistoryEntry } from "../history/logEntry.js";
import type { JudgeTraits } from "./judging/verdict.js";

export class OthersHistory implements OthersSince {
  private readonly byId: ReadonlyMap<string, HistoryEntry>;
  private readonly turns: ReadonlyMap<string, number>;
  private readonly deciding = new Map<
    Outlasts,
    { plain?: DecidingTouches; givingBack?: DecidingTouches }
  >();
  /** What the batch itself creates. */
  private readonly own = new Set<NodePath>();

  /** Oldest first, with its index. */
  constructor(
    history: readonly HistoryEntry[],
    readonly index: CollisionIndex,
  ) {
    this.byId = new Map(history.map((entry) => [entry.id, entry]));
    this.turns = new Map(history.map(({ id }, turn) => [id, turn]));
  }

  /** Takes note of what an operation of the batch creates. */
  made(footprint: Footprint): void {
    for (const { kind, path } of footprint) if (kind === "create") this.own.add(path);
  }

  /** Whether the batch itself created the node, or one it is in: what others did there was about another thing. */
  readonly isOwn = (path: NodePath): boolean => isAtOrUnder(path, this.own);

  /** The place of a committed operation in the history. */
  readonly turn = (operationId: string): number => this.turns.get(operationId) ?? 0;

  entry(operationId: string): HistoryEntry {
    const entry = this.byId.get(operationId);
    if (entry === undefined) throw new Error(`the history does not hold ${operationId}`);
    return entry;
  }

  /** Where collisions are looked up for a judge: among all operations, or those that decide. */
  private lookup({ outlasts }: JudgeTraits, givesBack: boolean): Lookup {
    if (outlasts === undefined) return this.index;
    const known = this.deciding.get(outlasts) ?? {};
    this.deciding.set(outlasts, known);
    const kind = givesBack ? "givingBack" : "plain";
    known[kind] ??= new DecidingTouches(this.index, (id) => this.entry(id), outlasts, givesBack);
    return { at: known[kind], under: this.index.under };
  }

  /** The collisions that are about what the operation means. */
  collisionsOf(operation: SentOperation, footprint: Footprint, judge: JudgeTraits): Collision[] {
    const decidesDeletions = judge.decidesDeletions?.(operation.id) ?? false;
    const gone = new Set(footprint.flatMap(({ kind, path }) => (kind === "delete" ? path : [])));
    const givesBack =
      judge.decidesDeletions !== undefined &&
      (incrementalProperty(operation) !== undefined || regroups(operation));
    const lookup = this.lookup(judge, givesBack);
    return collisionsWith(lookup, { id: operation.id, footprint }).filter(
      (collision) =>
        this.concerns(collision, gone) && !(decidesDeletions && this.isMoot(operation, collision)),
    );
  }

  /** The positions, sizes and rotations that others blended, too, where the policy says which of them stays. */
  replacementsOf(
    { id }: SentOperation,
    footprint: Footprint,
    judge: JudgeTraits,
  ): readonly Collision[] {
    if (judge.ordersReplacements !== true) return [];
    return replacements(this.lookup(judge, false), { id, footprint }).filter(
      ({ path }) => !this.isOwn(path),
    );
  }

  /** Ids of the operations whose values are replaced by the operation, by verdict or by coming later. */
  outlasted(
    { id }: SentOperation,
    footprint: Footprint,
    decided: readonly Decided[],
  ): readonly string[] {
    const beaten = decided.flatMap(({ collision, winner }) =>
      winner === "client" ? collision : [],
    );
    const replaced = replacedBy(this.index, { id, footprint }, (path) => !this.isOwn(path));
    return [...newestBeaten(beaten, this.turn), ...replaced];
  }

  /**
   * Who deleted what the operation only wanted to delete, too. Also where something is there under its id again: the
   * client never saw that.
   */
  deletersOf(operation: OperationContent): string[] {
    const path = deletedPath(operation);
    return path === undefined || this.isOwn(path) ? [] : deletersOf(this.index, path);
  }

  deleted(path: NodePath): boolean {
    return !this.isOwn(path) && deletersOf(this.index, path).length > 0;
  }

  created(path: NodePath): boolean {
    return !this.isOwn(path) && creatorsOf(this.index, path).length > 0;
  }

  formerParents(path: NodePath): readonly (string | null)[] {
    return this.isOwn(path) ? [] : formerParents(this.index, path);
  }

  /**
   * Not something that the batch made itself, and with a delete not what others put in the place of what they had
   * deleted before.
   */
  private concerns(
    { kind, path, serverOperation }: Collision,
    gone: ReadonlySet<NodePath>,
  ): boolean {
    if (kind === "DUPLICATE_ID") return true;
    if (this.isOwn(path)) return false;
    if (!isAtOrUnder(path, gone)) return true;
    const turn = this.turn(serverOperation);
    return deletersOf(this.index, path).every((id) => this.turn(id) >= turn);
  }

  /**
   * Whether an element is gone that the operation can do without: one that was to leave its group when a page is cleared,
   * or a group further around the one that something goes into.
   */
  private isMoot(operation: SentOperation, { kind, path, serverOperation }: Collision): boolean {
    if (kind !== "DELETED_TARGET" || !canDoWithout(operation, targetOfPath(path).elementId)) {
      return false;
    }
    return deletesNode(this.entry(serverOperation).footprint, path);
  }
}
