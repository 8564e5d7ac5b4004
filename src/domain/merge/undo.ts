/**
 * Undoes one event of a person's line at the head, whatever others did since: each of its operations is inverted, the
 * newest first, and rebased over what came after it. What cannot be undone without undoing others' work collides.
 */
import { Appender, type AppendSettings, type Appended } from "../history/append.js";
import type { AppendFailure, DocumentState } from "../history/append.js";
import type { CancelledPair } from "../history/undoLine.js";
import { footprintOf } from "../operations/registry.js";
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import { invertDelta, type Delta } from "../text/delta.js";
import { collisionIndex, collisionsWith, deletersOf } from "./collide.js";
import type { Collision, CollisionIndex } from "./collide.js";
import { nodePath, type Footprint, type NodePath, type Touch } from "./footprint.js";
import { nothing } from "./nothing.js";
import { TextRebase } from "./textRebase.js";

export interface UndoInput {
  readonly state: DocumentState;
  /** The event's operations, oldest first. */
  readonly operations: readonly LoggedOperation[];
  /** Everything after the oldest of them, oldest first, themselves included. */
  readonly history: readonly LoggedOperation[];
  /** The person's own later events that cancel out. */
  readonly cancelled: readonly CancelledPair[];
  /** Ids for the new operations, by their number. */
  readonly idOf: (number: number) => string;
  readonly hashOf: (content: OperationContent) => string;
  readonly settings: AppendSettings;
}

export type UndoOutcome =
  | { readonly kind: "undone"; readonly appended: Appended }
  | { readonly kind: "collides"; readonly collisions: readonly Collision[] }
  | { readonly kind: "refused"; readonly refusal: AppendFailure };

/** Undoes the operations; pure. */
export function undoOperations(input: UndoInput): UndoOutcome {
  return new Undo(input).run();
}

class Undo {
  private readonly appender: Appender;
  private readonly index: CollisionIndex;
  private readonly versions: ReadonlyMap<string, number>;
  private readonly own: ReadonlySet<string>;
  private readonly cancelledFirst = new Map<string, string>();
  private readonly cancelledSecond = new Map<string, string>();
  private readonly texts = new Map<NodePath, TextRebase>();
  /** How many edits of each text had been collected when a cancelled pair was entered from its newer end. */
  private readonly sizes = new Map<string, ReadonlyMap<NodePath, number>>();
  private readonly collisions: Collision[] = [];
  private next: number;
  private count = 0;

  constructor(private readonly input: UndoInput) {
    const { state, settings, operations, history, cancelled } = input;
    this.appender = new Appender(state, settings);
    this.own = new Set(operations.map(({ id }) => id));
    for (const { first, second } of cancelled) {
      for (const { id } of first.operations) this.cancelledFirst.set(id, second.eventId);
      for (const { id } of second.operations) this.cancelledSecond.set(id, second.eventId);
    }
    const others = history.filter((operation) => this.isOthers(operation));
    this.index = collisionIndex(
      others.map(({ id, footprint }) => ({ id, footprint: strict(footprint) })),
    );
    this.versions = new Map(others.map(({ id, resultingVersion }) => [id, resultingVersion]));
    this.next = history.length - 1;
  }

  run(): UndoOutcome {
    for (const operation of this.input.operations.toReversed()) {
      this.collectTextsAfter(operation.resultingVersion);
      for (const content of this.inverseOf(operation)) {
        const refusal = this.add(content, operation.resultingVersion);
        if (refusal !== undefined && this.collisions.length === 0) {
          return { kind: "refused", refusal };
        }
      }
    }
    return this.collisions.length > 0
      ? { kind: "collides", collisions: this.collisions }
      : { kind: "undone", appended: this.appender.appended };
  }

  /**
   * The first edit of a text is undone by removing the text; where others wrote into it since, only what was written
   * goes.
   */
  private inverseOf(operation: LoggedOperation): readonly OperationContent[] {
    const { type, target, inverse } = operation;
    const removesText =
      type === "EDIT_TEXT" && inverse.some(({ payload }) => payload?.["text"] === null);
    if (!removesText || this.textAt(operation).size === 0) return inverse;
    const delta = invertDelta("", deltaOf(operation));
    return [{ type: "EDIT_TEXT", target, payload: { delta: delta as never } }];
  }

  private add(content: OperationContent, madeAt: number): AppendFailure | undefined {
    this.count += 1;
    const id = this.input.idOf(this.count);
    const incoming = { ...content, id, timestamp: null, requestHash: this.input.hashOf(content) };
    const footprint = strict(footprintOf(this.appender.document, content));
    const found = collisionsWith(this.index, { id, footprint }).filter(
      ({ serverOperation }) => (this.versions.get(serverOperation) ?? 0) > madeAt,
    );
    if (found.length > 0) {
      this.collisions.push(...found);
      return undefined;
    }
    const rebased = this.withText(content);
    const added = this.appender.add(incoming, rebased.content, rebased.changedBy);
    if (added.ok) return undefined;
    const [touch] = footprint;
    const deleters = touch?.kind === "delete" ? deletersOf(this.index, touch.path) : [];
    if (deleters.length === 0) return { index: 0, operationId: id, failure: added.error };
    this.appender.add(incoming, nothing, deleters);
    return undefined;
  }

  private withText(content: OperationContent) {
    if (content.type !== "EDIT_TEXT") return { content, changedBy: [] };
    const { delta, changedBy } = this.textAt(content).next(deltaOf(content));
    return { content: { ...content, payload: { delta: delta as never } }, changedBy };
  }

  /** Walks back to the version and collects the text edits of others on the way. */
  private collectTextsAfter(version: number): void {
    for (; this.next >= 0; this.next -= 1) {
      const entry = this.input.history[this.next];
      if (entry === undefined || entry.resultingVersion <= version) return;
      const second = this.cancelledSecond.get(entry.id);
      if (second !== undefined && !this.sizes.has(second)) {
        this.sizes.set(second, new Map([...this.texts].map(([path, text]) => [path, text.size])));
      }
      if (entry.type !== "EDIT_TEXT" || this.own.has(entry.id) || second !== undefined) continue;
      const pair = this.cancelledFirst.get(entry.id);
      if (pair === undefined) this.textAt(entry).prepend(entry.id, deltaOf(entry));
      else this.exclude(entry, pair);
    }
  }

  private exclude(entry: LoggedOperation, pair: string): void {
    const text = this.textAt(entry);
    const newer = this.sizes.get(pair)?.get(pathOf(entry)) ?? 0;
    for (const content of entry.inverse) {
      if (content.type === "EDIT_TEXT") text.exclude(deltaOf(content), text.size - newer);
    }
  }

  private textAt(content: OperationContent): TextRebase {
    const path = pathOf(content);
    const text = this.texts.get(path) ?? new TextRebase();
    this.texts.set(path, text);
    return text;
  }

  private isOthers({ id }: LoggedOperation): boolean {
    return !this.own.has(id) && !this.cancelledFirst.has(id) && !this.cancelledSecond.has(id);
  }
}

/**
 * For undoing, a later position, size, rotation or place of someone else's counts as their work: only text is rebased.
 */
function strict(footprint: Footprint): Footprint {
  return footprint.map((touch): Touch => {
    if (touch.kind !== "blend" || touch.properties.includes("text")) return touch;
    return { ...touch, kind: "write" };
  });
}

function pathOf({ target }: OperationContent): NodePath {
  return nodePath("pages", target.pageId ?? "", "elements", target.elementId ?? "");
}

function deltaOf(content: OperationContent): Delta {
  return content.payload?.["delta"] as unknown as Delta;
}
