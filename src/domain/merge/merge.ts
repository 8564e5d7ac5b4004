/**
 * Rebases a batch onto the head: what does not collide applies as it was meant, what does is judged by the policy.
 * Told from footprints; payloads of committed operations are asked for only where text was edited by both sides or
 * something has to be restored.
 */
import type { Document } from "../document/document.js";
import { Appender, type AppendSettings, type Appended } from "../history/append.js";
import type { AppendFailure, DocumentState, IncomingOperation } from "../history/append.js";
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import { BatchTexts } from "./batchTexts.js";
import {
  collisionIndex,
  collisionsWith,
  deletersOf,
  isAtOrUnder,
  replacements,
} from "./collide.js";
import type { Collision, CollisionIndex } from "./collide.js";
import { deletedPath, meantBy, pagesMeant, seenAfter, type Meant } from "./asSeen.js";
import type { Footprint, NodePath } from "./footprint.js";
import { GrownValues } from "./grownValues.js";
import { judged } from "./judged.js";
import type { LeftOut } from "./leftOut.js";
import { nothing, withoutProperties } from "./nothing.js";
import { PlacedRows, type Restoring } from "./placedRows.js";
import { withPagesAtBase } from "./pageAtBase.js";
import { formerGroups, formerValues, removal, restorationOf } from "./restore.js";
import { clockTime } from "./verdict.js";
import type { HistoryEntry, Judge, Stamp } from "./verdict.js";

/** What is asked of a committed operation that was read wholly. */
export type WholeOperation = Pick<LoggedOperation, "id" | "payload" | "inverse">;

export interface MergeInput {
  readonly state: DocumentState;
  readonly operations: readonly IncomingOperation[];
  /** What was committed since the operations' base version, oldest first. */
  readonly history: readonly HistoryEntry[];
  readonly judge: Judge;
  /** The whole committed operation, where it was read. */
  readonly whole: (operationId: string) => WholeOperation | undefined;
  readonly settings: AppendSettings;
  readonly clockSkewMsMax: number;
}

export type MergeOutcome =
  | { readonly kind: "merged"; readonly appended: Appended }
  | { readonly kind: "collides"; readonly collisions: readonly Collision[] }
  /** These operations have to be read wholly before the merge can be decided. */
  | { readonly kind: "needs"; readonly operationIds: readonly string[] }
  | { readonly kind: "refused"; readonly refusal: AppendFailure };

/**
 * Merges the batch; pure, and to be called again with what it needs. With `leftOut` it merges whatever fits: what collides
 * or cannot apply is left out, and so the outcome is neither `collides` nor `refused`.
 */
export function merge(input: MergeInput, leftOut?: LeftOut): MergeOutcome {
  return new Merge(input).run(leftOut);
}

/** What became of one operation. */
interface Rebased {
  readonly content: OperationContent;
  readonly transformedFrom: readonly string[];
  /** Operations to apply before it, so that it finds what it changes. */
  readonly before: readonly Restoring[];
  /** What it won over. */
  readonly beaten: readonly Collision[];
}

class Merge {
  private readonly appender: Appender;
  private readonly rows: PlacedRows;
  private readonly index: CollisionIndex;
  private readonly byId: ReadonlyMap<string, HistoryEntry>;
  /** The place of each committed operation in the history. */
  private readonly turns: ReadonlyMap<string, number>;
  private readonly texts: BatchTexts;
  private readonly grown = new GrownValues();
  private readonly restored = new Set<string>();
  private readonly conflicts: Collision[] = [];
  private readonly needed = new Set<string>();
  /** What the batch itself creates. */
  private readonly created = new Set<NodePath>();
  private readonly pagesMeant: ReadonlySet<string>;
  /** The document as the batch's client saw it when it made the operation in turn, as far as meaning depends on it. */
  private seen: Document;

  constructor(private readonly input: MergeInput) {
    this.appender = new Appender(input.state, input.settings);
    this.index = collisionIndex(input.history);
    this.texts = new BatchTexts(this.index, (id) => this.whole(id), this.isOwn);
    this.rows = new PlacedRows({
      appender: this.appender,
      history: input.history,
      index: this.index,
      isOwn: this.isOwn,
      inverseOf: (id) => this.whole(id)?.inverse,
    });
    this.byId = new Map(input.history.map((entry) => [entry.id, entry]));
    this.turns = new Map(input.history.map(({ id }, turn) => [id, turn]));
    this.pagesMeant = pagesMeant(input.operations);
    this.seen = withPagesAtBase(
      input.state.document,
      this.pagesMeant,
      input.history,
      (id) => this.whole(id)?.inverse ?? [],
    );
  }

  run(leftOut?: LeftOut): MergeOutcome {
    for (const [index, operation] of this.input.operations.entries()) {
      if (leftOut?.takes(operation) === true) continue;
      const meant = meantBy(this.seen, operation, this.index, this.isOwn);
      const mark = this.rows.mark();
      const refusal = this.needed.size > 0 ? undefined : this.add(operation, meant);
      if (this.needed.size > 0) return { kind: "needs", operationIds: [...this.needed] };
      if (leftOut !== undefined && (refusal !== undefined || this.conflicts.length > 0)) {
        leftOut.add(operation);
        this.conflicts.length = 0;
        this.rows.backTo(mark);
        continue;
      }
      // Where something collides nothing will be applied, so what follows from that is no refusal.
      if (refusal !== undefined && this.conflicts.length === 0) {
        return { kind: "refused", refusal: { index, operationId: operation.id, failure: refusal } };
      }
      this.see(operation, meant.footprint);
    }
    if (this.conflicts.length > 0) return { kind: "collides", collisions: this.conflicts };
    return { kind: "merged", appended: this.appender.appended };
  }

  private add(operation: IncomingOperation, meant: Meant): AppendFailure["failure"] | undefined {
    const rebased = this.rebase(operation, meant);
    if (rebased === undefined) return undefined;
    let restored = 0;
    const restore = (contents: readonly Restoring[]) => {
      for (const { restores, ...content } of contents) {
        restored += 1;
        const id = `${operation.id}~${restored}`;
        const added = this.rows.add({ ...operation, ...content, id }, content, [], restores);
        if (!added.ok) return added.error;
      }
      return undefined;
    };
    const refusal = restore(rebased.before);
    if (refusal !== undefined) return refusal;
    const { content, transformedFrom } = rebased;
    let added = this.rows.add(operation, content, transformedFrom);
    const footprint = (id: string) => this.entry(id).footprint;
    const beaten = this.newestFirst(rebased.beaten);
    const regrouped = added.ok
      ? []
      : formerGroups(content, beaten, footprint, this.appender.document);
    if (regrouped.length > 0 && restore(regrouped) === undefined) {
      added = this.rows.add(operation, content, transformedFrom);
    }
    if (!added.ok) {
      // What cannot be, whoever wins, is for a person to decide: two moves that close a cycle.
      this.conflicts.push(...rebased.beaten);
      return added.error;
    }
    return undefined;
  }

  /** What the operations after this one were made on. */
  private see(operation: OperationContent, footprint: Footprint): void {
    for (const { kind, path } of footprint) if (kind === "create") this.created.add(path);
    this.seen = seenAfter(this.seen, operation, this.pagesMeant);
  }

  /** Undefined where a collision was reported or something has to be read first. */
  private rebase(operation: IncomingOperation, meant: Meant): Rebased | undefined {
    const { footprint } = meant;
    const found = this.grown.concerning(
      operation,
      collisionsWith(this.index, { id: operation.id, footprint }).filter((collision) =>
        this.concerns(collision, footprint),
      ),
    );
    const verdicts = judged(this.input.judge, this.stampOf(operation), (id) => this.entry(id), {
      footprint,
      found,
      blended: this.replacementsOf(operation, meant),
    });
    if (verdicts === undefined) {
      this.conflicts.push(...found);
      return undefined;
    }
    const deleters = verdicts.beaten.length === 0 ? this.deletersOf(operation) : [];
    if (deleters.length > 0)
      return { content: nothing, transformedFrom: deleters, before: [], beaten: [] };

    const changedBy = new Set([...meant.transformedFrom, ...verdicts.winners]);
    const lost = new Set(verdicts.lost.keys());
    const left = verdicts.wholly ? nothing : withoutProperties(meant.content, lost);
    if (left === undefined) {
      this.conflicts.push(...found);
      return undefined;
    }
    const lostBefore = this.grown.lostBefore(operation, verdicts.lost);
    if (lostBefore.length > 0) {
      this.conflicts.push(...lostBefore);
      return undefined;
    }
    if (left === nothing) {
      return { content: nothing, transformedFrom: [...changedBy], before: [], beaten: [] };
    }
    const before = this.restores(left, verdicts.beaten);
    const text = this.texts.rebased(left, verdicts.beaten, changedBy);
    if (before === undefined || text === undefined) return undefined;
    const { beaten } = verdicts;
    return { content: text, transformedFrom: [...changedBy], before, beaten };
  }

  /**
   * Whether the collision is about what the operation means: not something that the batch made itself, and with a
   * delete not what others put in the place of what they had deleted before.
   */
  private concerns(collision: Collision, footprint: Footprint): boolean {
    const { kind, path } = collision;
    if (kind === "DUPLICATE_ID") return true;
    if (this.isOwn(path)) return false;
    const deletes = footprint.flatMap((touch) => (touch.kind === "delete" ? touch.path : []));
    if (!isAtOrUnder(path, new Set(deletes))) return true;
    const turn = this.turnOf(collision);
    return deletersOf(this.index, path).every((id) => (this.turns.get(id) ?? 0) >= turn);
  }

  /** Whether the batch itself created the node, or one it is in: what others did there was about another thing. */
  private readonly isOwn = (path: NodePath): boolean => isAtOrUnder(path, this.created);

  /** The positions, sizes and rotations that others blended, too, where the policy says which of them stays. */
  private replacementsOf({ id }: IncomingOperation, { footprint }: Meant): readonly Collision[] {
    if (this.input.judge.ordersReplacements !== true) return [];
    return replacements(this.index, { id, footprint }).filter(({ path }) => !this.isOwn(path));
  }

  /** What brings back the things that beaten operations deleted or replaced; undefined where they must be read. */
  private restores(
    winner: OperationContent,
    beaten: readonly Collision[],
  ): readonly Restoring[] | undefined {
    const contents: Restoring[] = [];
    for (const collision of this.newestFirst(beaten)) {
      const { footprint } = this.entry(collision.serverOperation);
      const restoration = restorationOf(collision, winner, footprint);
      if (restoration === "remove") contents.push(removal(collision));
      if (restoration !== "inverse" && restoration !== "value") continue;
      const committed = this.whole(collision.serverOperation);
      const undone = `${committed?.id} ${restoration === "value" ? collision.properties.join() : ""}`;
      if (committed === undefined || this.restored.has(undone)) continue;
      this.restored.add(undone);
      const inverse =
        restoration === "inverse" ? committed.inverse : formerValues(collision, committed);
      for (const content of inverse) contents.push({ ...content, restores: committed.id });
    }
    return this.needed.size > 0 ? undefined : contents;
  }

  /**
   * Who deleted what the operation only wanted to delete, too. Also where something is there under its id again: the
   * client never saw that.
   */
  private deletersOf(operation: OperationContent): string[] {
    const path = deletedPath(operation);
    return path === undefined || this.isOwn(path) ? [] : deletersOf(this.index, path);
  }

  private whole(operationId: string): WholeOperation | undefined {
    const operation = this.input.whole(operationId);
    if (operation === undefined) this.needed.add(operationId);
    return operation;
  }

  /** In the order in which they are undone: what each left is what the one before it is undone on. */
  private newestFirst(beaten: readonly Collision[]): Collision[] {
    return beaten.toSorted((a, b) => this.turnOf(b) - this.turnOf(a));
  }

  private readonly turnOf = ({ serverOperation }: Collision): number =>
    this.turns.get(serverOperation) ?? 0;

  private entry(operationId: string): HistoryEntry {
    const entry = this.byId.get(operationId);
    if (entry === undefined) throw new Error(`the history does not hold ${operationId}`);
    return entry;
  }

  private stampOf({ id, timestamp }: IncomingOperation): Stamp {
    const { clientId, serverTimestamp } = this.input.settings.authorship;
    return {
      ...clockTime(timestamp, serverTimestamp, this.input.clockSkewMsMax),
      clientId: clientId ?? "",
      operationId: id,
    };
  }
}
