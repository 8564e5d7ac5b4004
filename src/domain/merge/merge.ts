/**
 * Rebases a batch onto the head: what does not collide applies as it was meant, what does is judged by the policy.
 * Told from footprints; payloads of committed operations are asked for only where text was edited by both sides or
 * something has to be restored.
 */
import { Appender, type AppendSettings, type Appended } from "../history/append.js";
import type { AppendFailure, DocumentState, IncomingOperation } from "../history/append.js";
import { footprintOf } from "../operations/registry.js";
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import type { Delta } from "../text/delta.js";
import { collisionIndex, collisionsWith, deletersOf } from "./collide.js";
import type { Collision, CollisionIndex } from "./collide.js";
import { nodePath, type NodePath } from "./footprint.js";
import { nothing, withoutProperties } from "./nothing.js";
import { formerValues, removal, restorationOf } from "./restore.js";
import { TextRebase } from "./textRebase.js";
import { clampedTime, type HistoryEntry, type Judge, type Stamp } from "./verdict.js";

export interface MergeInput {
  readonly state: DocumentState;
  readonly operations: readonly IncomingOperation[];
  /** What was committed since the operations' base version, oldest first. */
  readonly history: readonly HistoryEntry[];
  readonly judge: Judge;
  /** The whole committed operation, where it was read. */
  readonly whole: (operationId: string) => LoggedOperation | undefined;
  readonly settings: AppendSettings;
  readonly clockSkewMsMax: number;
}

export type MergeOutcome =
  | { readonly kind: "merged"; readonly appended: Appended }
  | { readonly kind: "collides"; readonly collisions: readonly Collision[] }
  /** These operations have to be read wholly before the merge can be decided. */
  | { readonly kind: "needs"; readonly operationIds: readonly string[] }
  | { readonly kind: "refused"; readonly refusal: AppendFailure };

/** Merges the batch; pure, and to be called again with what it needs. */
export function merge(input: MergeInput): MergeOutcome {
  return new Merge(input).run();
}

/** What became of one operation. */
interface Rebased {
  readonly content: OperationContent;
  readonly transformedFrom: readonly string[];
  /** Operations to apply before it, so that it finds what it changes. */
  readonly before: readonly OperationContent[];
}

class Merge {
  private readonly appender: Appender;
  private readonly index: CollisionIndex;
  private readonly byId: ReadonlyMap<string, HistoryEntry>;
  private readonly texts = new Map<NodePath, TextRebase>();
  private readonly restored = new Set<string>();
  private readonly conflicts: Collision[] = [];
  private readonly needed = new Set<string>();

  constructor(private readonly input: MergeInput) {
    this.appender = new Appender(input.state, input.settings);
    this.index = collisionIndex(input.history);
    this.byId = new Map(input.history.map((entry) => [entry.id, entry]));
  }

  run(): MergeOutcome {
    for (const [index, operation] of this.input.operations.entries()) {
      const refusal = this.add(operation);
      if (this.needed.size > 0) return { kind: "needs", operationIds: [...this.needed] };
      // Where something collides nothing will be applied, so what follows from that is no refusal.
      if (refusal !== undefined && this.conflicts.length === 0) {
        return { kind: "refused", refusal: { index, operationId: operation.id, failure: refusal } };
      }
    }
    if (this.conflicts.length > 0) return { kind: "collides", collisions: this.conflicts };
    return { kind: "merged", appended: this.appender.appended };
  }

  private add(operation: IncomingOperation): AppendFailure["failure"] | undefined {
    const rebased = this.rebase(operation);
    if (rebased === undefined) return undefined;
    for (const [number, content] of rebased.before.entries()) {
      const id = `${operation.id}~${number + 1}`;
      const added = this.appender.add({ ...operation, ...content, id });
      if (!added.ok) return added.error;
    }
    const { content, transformedFrom } = rebased;
    const added = this.appender.add(operation, content, transformedFrom);
    if (added.ok) return undefined;
    const deleters = this.deletersOfTarget(operation);
    if (deleters.length > 0) {
      this.appender.add(operation, nothing, deleters);
      return undefined;
    }
    return added.error;
  }

  /** Undefined where a collision was reported or something has to be read first. */
  private rebase(operation: IncomingOperation): Rebased | undefined {
    const settled = this.settled(operation);
    const footprint = footprintOf(this.appender.document, settled.content);
    const found = collisionsWith(this.index, { id: operation.id, footprint });
    const verdicts = this.judge(operation, found);
    if (verdicts === undefined) return undefined;

    const changedBy = new Set([...settled.transformedFrom, ...verdicts.winners]);
    const left = verdicts.wholly ? nothing : this.withoutLost(settled.content, verdicts.lost);
    if (left === undefined) {
      this.conflicts.push(...found);
      return undefined;
    }
    if (left === nothing) {
      return { content: nothing, transformedFrom: [...changedBy], before: [] };
    }
    const before = this.restores(left, verdicts.beaten);
    const content = this.withText(left, verdicts.beaten, changedBy);
    if (before === undefined || content === undefined) return undefined;
    return { content, transformedFrom: [...changedBy], before };
  }

  /** CLEAR_PAGE without ids means the elements of the base version: those of now but for the ones added since. */
  private settled(operation: IncomingOperation): Omit<Rebased, "before"> {
    const { type, target, payload } = operation;
    if (type !== "CLEAR_PAGE" || payload?.["elementIds"] !== undefined) {
      return { content: operation, transformedFrom: [] };
    }
    const pageId = target.pageId ?? "";
    const order = this.appender.document.pages.items.get(pageId)?.elements.order ?? [];
    const added = new Map<string, string>();
    for (const elementId of order) {
      const touches = this.index.at.get(nodePath("pages", pageId, "elements", elementId)) ?? [];
      const creator = touches.find(({ creates }) => creates);
      if (creator !== undefined) added.set(elementId, creator.operationId);
    }
    const elementIds = order.filter((elementId) => !added.has(elementId));
    return {
      content: { type, target, payload: { elementIds } },
      transformedFrom: [...new Set(added.values())],
    };
  }

  /** Asks the policy about each collision; undefined where one is for a person to decide. */
  private judge(operation: IncomingOperation, found: readonly Collision[]) {
    const lost = new Set<string>();
    const winners = new Set<string>();
    const beaten: Collision[] = [];
    let wholly = false;
    let conflict = false;
    for (const collision of found) {
      const committed = this.entry(collision.serverOperation);
      const properties = collision.kind === "CONCURRENT_EDIT" ? collision.properties : [undefined];
      for (const property of properties) {
        const verdict = this.input.judge(collision, property, this.stampOf(operation), committed);
        if (verdict === "conflict") {
          conflict = true;
        } else if (verdict === "client") {
          beaten.push(
            property === undefined ? collision : { ...collision, properties: [property] },
          );
        } else {
          winners.add(committed.id);
          if (property === undefined) wholly = true;
          else lost.add(property);
        }
      }
    }
    if (conflict) this.conflicts.push(...found);
    return conflict ? undefined : { lost, winners, beaten, wholly };
  }

  private withoutLost(
    content: OperationContent,
    lost: ReadonlySet<string>,
  ): OperationContent | undefined {
    return lost.size === 0 ? content : withoutProperties(content, lost);
  }

  /** What brings back the things that beaten operations deleted or replaced; undefined where they must be read. */
  private restores(
    winner: OperationContent,
    beaten: readonly Collision[],
  ): readonly OperationContent[] | undefined {
    const contents: OperationContent[] = [];
    for (const collision of beaten) {
      const { footprint } = this.entry(collision.serverOperation);
      const restoration = restorationOf(collision, winner, footprint);
      if (restoration === "remove") contents.push(removal(collision));
      if (restoration !== "inverse" && restoration !== "value") continue;
      const committed = this.whole(collision.serverOperation);
      if (committed === undefined || this.restored.has(committed.id)) continue;
      this.restored.add(committed.id);
      contents.push(
        ...(restoration === "inverse" ? committed.inverse : formerValues(collision, committed)),
      );
    }
    return this.needed.size > 0 ? undefined : contents;
  }

  private withText(
    content: OperationContent,
    beaten: readonly Collision[],
    changedBy: Set<string>,
  ): OperationContent | undefined {
    if (content.type !== "EDIT_TEXT") return content;
    const { pageId = "", elementId = "" } = content.target;
    const path = nodePath("pages", pageId, "elements", elementId);
    const rebase = this.texts.get(path) ?? this.textRebase(path, beaten);
    if (rebase === undefined) return undefined;
    this.texts.set(path, rebase);
    const delta = content.payload?.["delta"] as unknown as Delta;
    const next = rebase.next(delta);
    for (const id of next.changedBy) changedBy.add(id);
    return { ...content, payload: { delta: next.delta as never } };
  }

  /** The text edits since the base; those after a write that was beaten are undone with it. */
  private textRebase(path: NodePath, beaten: readonly Collision[]): TextRebase | undefined {
    const writes = new Set(beaten.map(({ serverOperation }) => serverOperation));
    const edits: { id: string; delta: Delta }[] = [];
    for (const touch of this.index.at.get(path) ?? []) {
      if (writes.has(touch.operationId)) break;
      if (!touch.blends.includes("text")) continue;
      const committed = this.whole(touch.operationId);
      const delta = committed?.payload?.["delta"] as unknown as Delta | undefined;
      if (delta !== undefined) edits.push({ id: touch.operationId, delta });
    }
    return this.needed.size > 0 ? undefined : new TextRebase(edits);
  }

  /** Who deleted what the operation only wanted to delete, too. */
  private deletersOfTarget(operation: IncomingOperation): string[] {
    const footprint = footprintOf(this.appender.document, operation);
    const [first] = footprint;
    return first?.kind === "delete" ? deletersOf(this.index, first.path) : [];
  }

  private whole(operationId: string): LoggedOperation | undefined {
    const operation = this.input.whole(operationId);
    if (operation === undefined) this.needed.add(operationId);
    return operation;
  }

  private entry(operationId: string): HistoryEntry {
    const entry = this.byId.get(operationId);
    if (entry === undefined) throw new Error(`the history does not hold ${operationId}`);
    return entry;
  }

  private stampOf({ id, timestamp }: IncomingOperation): Stamp {
    const { clientId, serverTimestamp } = this.input.settings.authorship;
    return {
      timestamp: clampedTime(timestamp, serverTimestamp, this.input.clockSkewMsMax),
      clientId: clientId ?? "",
      operationId: id,
    };
  }
}
