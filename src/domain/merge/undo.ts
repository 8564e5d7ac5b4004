/**
 * Undoes one event of a person's line at the head, whatever others did since: each of its operations is inverted, the
 * newest first, and rebased over what came after it. What cannot be undone without undoing others' work collides.
 */
import { Appender, type AppendSettings, type Appended } from "../history/append.js";
import type { AppendFailure, DocumentState, IncomingOperation } from "../history/append.js";
import { textDelta } from "../history/diffText.js";
import type { LogEntry } from "../history/logEntry.js";
import { idsOf, othersCancelledPairs, type CancelledPair } from "../history/undoLine.js";
import { footprintOf } from "../operations/registry.js";
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import { invertDelta, type Delta } from "../text/delta.js";
import type { RichText } from "../text/richText.js";
import { deletedPath } from "./asSeen.js";
import { cancelledEdits, type CancelledEdits } from "./cancelledEdits.js";
import { collisionIndex, collisionsWith, deletersOf } from "./collide.js";
import type { Collision, CollisionIndex } from "./collide.js";
import { nodePath, type Footprint, type NodePath, type Touch } from "./footprint.js";
import type { WholeOperation } from "./merge.js";
import { nothing } from "./nothing.js";
import { PlacedRows } from "./placedRows.js";
import { TextRebase } from "./textRebase.js";

export interface UndoInput {
  readonly state: DocumentState;
  /** The event's operations, oldest first. */
  readonly operations: readonly LoggedOperation[];
  /** Everything after the oldest of them, oldest first, themselves included. */
  readonly history: readonly LogEntry[];
  /** The whole committed operation, where it was read. */
  readonly whole: (operationId: string) => WholeOperation | undefined;
  /** The person's own later events that cancel out. Those of others are found in the history. */
  readonly cancelled: readonly CancelledPair[];
  /** Ids for the new operations, by their number. */
  readonly idOf: (number: number) => string;
  readonly hashOf: (content: OperationContent) => string;
  readonly settings: AppendSettings;
}

export type UndoOutcome =
  | { readonly kind: "undone"; readonly appended: Appended }
  | { readonly kind: "collides"; readonly collisions: readonly Collision[] }
  /** These operations have to be read wholly before it can be decided. */
  | { readonly kind: "needs"; readonly operationIds: readonly string[] }
  | { readonly kind: "refused"; readonly refusal: AppendFailure };

/** Undoes the operations; pure, and to be called again with what it needs. */
export function undoOperations(input: UndoInput): UndoOutcome {
  return new Undo(input).run();
}

class Undo {
  private readonly appender: Appender;
  private readonly rows: PlacedRows;
  private readonly needed = new Set<string>();
  private readonly index: CollisionIndex;
  private readonly versions: ReadonlyMap<string, number>;
  private readonly own: ReadonlySet<string>;
  /** What was undone again, by whoever had made it. */
  private readonly withoutEffect = new Set<string>();
  /** Of that what can be taken out of the texts. */
  private readonly cancelled: CancelledEdits;
  private readonly texts = new Map<NodePath, TextRebase>();
  /** The elements whose texts the event may be about. */
  private readonly elements: ReadonlySet<NodePath>;
  /** How many edits of each text had been collected when a cancelled pair was entered from its newer end. */
  private readonly sizes = new Map<string, ReadonlyMap<NodePath, number>>();
  private readonly collisions: Collision[] = [];
  private next: number;
  private count = 0;

  constructor(private readonly input: UndoInput) {
    const { state, settings, operations, history, cancelled } = input;
    this.appender = new Appender(state, settings);
    this.own = new Set(operations.map(({ id }) => id));
    this.elements = new Set(
      operations.flatMap((operation) => [operation, ...operation.inverse].map(pathOf)),
    );
    const others = othersCancelledPairs(
      history.filter(({ id }) => !this.own.has(id)),
      cancelled,
    );
    for (const id of idsOf([...cancelled, ...others])) this.withoutEffect.add(id);
    this.cancelled = cancelledEdits(history, this.elements, this.own, cancelled, others);
    const inEffect = history.filter((operation) => this.isOthers(operation));
    this.index = collisionIndex(
      inEffect.map(({ id, footprint }) => ({ id, footprint: strict(footprint) })),
    );
    this.rows = new PlacedRows({
      appender: this.appender,
      history,
      index: this.index,
      isOwn: () => false,
      inverseOf: (id) => {
        const committed = input.whole(id);
        if (committed === undefined) this.needed.add(id);
        return committed?.inverse;
      },
    });
    this.versions = new Map(inEffect.map(({ id, resultingVersion }) => [id, resultingVersion]));
    this.next = history.length - 1;
  }

  run(): UndoOutcome {
    const needed = this.input.history.flatMap((entry) =>
      this.textOf(entry) !== undefined && this.input.whole(entry.id) === undefined ? entry.id : [],
    );
    if (needed.length > 0) return { kind: "needs", operationIds: needed };
    for (const operation of this.input.operations.toReversed()) {
      this.collectTextsAfter(operation.resultingVersion);
      for (const content of this.inverseOf(operation)) {
        const refusal = this.add(content, operation);
        if (this.needed.size > 0) return { kind: "needs", operationIds: [...this.needed] };
        if (refusal !== undefined && this.collisions.length === 0) {
          return { kind: "refused", refusal };
        }
      }
    }
    if (this.collisions.length > 0) return { kind: "collides", collisions: this.collisions };
    // What changed nothing has an empty inverse. The log has to tell that it was undone all the same, or it would be
    // the next to undo for ever.
    if (this.count === 0) this.appender.add(this.incoming(nothing), nothing);
    return { kind: "undone", appended: this.appender.appended };
  }

  private incoming(content: OperationContent): IncomingOperation {
    this.count += 1;
    const id = this.input.idOf(this.count);
    return { ...content, id, timestamp: null, requestHash: this.input.hashOf(content) };
  }

  /**
   * The first edit of a text is undone by removing the text, and that by setting it; where others wrote into it since,
   * only what was written goes and comes.
   */
  private inverseOf(operation: LoggedOperation): readonly OperationContent[] {
    const { type, target, payload, inverse } = operation;
    const [restored] = inverse;
    const text = restored?.payload?.["text"] as RichText | null | undefined;
    if (restored?.type !== "UPDATE_ELEMENT_PROPS" || text === undefined) return inverse;
    const isEdit = type === "EDIT_TEXT" || (operation.undoes ?? operation.redoes) !== null;
    if (!isEdit || Object.keys(restored.payload ?? {}).length > 1) return inverse;
    if (this.textAt(operation).size === 0) return inverse;
    const set = (payload?.["text"] ?? "") as RichText;
    const delta =
      type === "EDIT_TEXT" ? invertDelta("", deltaOf(operation)) : textDelta(set, text ?? "");
    return [{ type: "EDIT_TEXT", target, payload: { delta: delta as never } }];
  }

  private add(
    content: OperationContent,
    { id: restores, resultingVersion: madeAt }: LoggedOperation,
  ): AppendFailure | undefined {
    const incoming = this.incoming(content);
    const deleters = this.deletersSince(madeAt, content);
    if (deleters.length > 0) {
      this.appender.add(incoming, nothing, deleters);
      return undefined;
    }
    const { id } = incoming;
    const footprint = strict(footprintOf(this.appender.document, content));
    const found = collisionsWith(this.index, { id, footprint }).filter(({ serverOperation }) =>
      this.isSince(madeAt, serverOperation),
    );
    if (found.length > 0) {
      this.collisions.push(...found);
      return undefined;
    }
    const rebased = this.withText(content);
    const added = this.rows.add(incoming, rebased.content, rebased.changedBy, restores);
    return added.ok ? undefined : { index: 0, operationId: id, failure: added.error };
  }

  /**
   * Others who deleted since what is to be deleted: then there is nothing to do, also where they put something else
   * under its id.
   */
  private deletersSince(madeAt: number, content: OperationContent): string[] {
    const path = deletedPath(content);
    if (path === undefined) return [];
    return deletersOf(this.index, path).filter((id) => this.isSince(madeAt, id));
  }

  private isSince(version: number, operationId: string): boolean {
    return (this.versions.get(operationId) ?? 0) > version;
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
      const second = this.cancelled.second.get(entry.id);
      if (second !== undefined && !this.sizes.has(second)) {
        this.sizes.set(second, new Map([...this.texts].map(([path, text]) => [path, text.size])));
      }
      const path = this.textOf(entry);
      const edit = path === undefined ? undefined : this.input.whole(entry.id);
      if (path === undefined || edit === undefined) continue;
      const pair = this.cancelled.first.get(entry.id);
      if (pair === undefined) this.textOn(path).prepend(entry.id, deltaOf(edit));
      else this.exclude(path, edit, pair);
    }
  }

  /** Where the entry is an edit that one of the event's texts is rebased over: the element of that text. */
  private textOf({ id, footprint }: LogEntry): NodePath | undefined {
    if (this.own.has(id) || this.cancelled.second.has(id)) return undefined;
    const edits = footprint.find(
      (touch) =>
        touch.kind === "blend" &&
        touch.properties.includes("text") &&
        this.elements.has(touch.path),
    );
    return edits?.path;
  }

  private exclude(path: NodePath, edit: WholeOperation, pair: string): void {
    const text = this.textOn(path);
    const newer = this.sizes.get(pair)?.get(path) ?? 0;
    const [inverse] = edit.inverse;
    const undoing =
      inverse?.type === "EDIT_TEXT" ? deltaOf(inverse) : invertDelta("", deltaOf(edit));
    text.exclude(undoing, text.size - newer);
  }

  private textAt(content: OperationContent): TextRebase {
    return this.textOn(pathOf(content));
  }

  private textOn(path: NodePath): TextRebase {
    const text = this.texts.get(path) ?? new TextRebase();
    this.texts.set(path, text);
    return text;
  }

  private isOthers({ id }: LogEntry): boolean {
    return !this.own.has(id) && !this.withoutEffect.has(id);
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

function deltaOf({ payload }: Pick<OperationContent, "payload">): Delta {
  return payload?.["delta"] as unknown as Delta;
}
