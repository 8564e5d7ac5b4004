/**
 * Takes operations back at the head, whatever others did since: each is inverted, the newest first, and rebased over
 * what came after it. What would take back others' work collides, property by property, and is left as it is.
 */
import { holds } from "../operations/find.js";
import type { AppendFailure } from "../history/append.js";
import type { Steps } from "../steps.js";
import { stepKey, type LogEntry } from "../history/logEntry.js";
import { othersCancelledPairs } from "./undoLine.js";
import { footprintSteps, simplified } from "../operations/registry.js";
import type {
  LoggedOperation,
  OperationContent,
  SkippedPart,
  SkipReason,
} from "../operations/operation.js";
import type { TakenBack } from "../text/characterLine.js";
import { deletedPath, deltaOf, isAddition, isDeletion, withDelta } from "../operations/traits.js";
import { pathOfTarget, targetOfPath } from "../operations/paths.js";
import type { NodePath } from "../operations/footprint.js";
import type { Collision } from "../merge/collide.js";
import { DisplacedGroups } from "./displacedGroups.js";
import { PlacedRows } from "../merge/places/placedRows.js";
import { OthersSince } from "./othersSince.js";
import type { InversionInput, Withdrawn } from "./inversionInput.js";
import { inverseOf } from "./inverseOf.js";
import { leftOver, partOf, reasonOf, skippedPart } from "./skipped.js";
import { withEffectiveValues } from "./settledValues.js";
import type { StepRows } from "./stepRows.js";
import { UndoTexts } from "./undoTexts.js";

function idsIn(operations: readonly { readonly id: string }[]): Set<string> {
  return new Set(operations.map(({ id }) => id));
}

/** Ids of the operations, and of all that their steps and the undoing of these did: nothing of it stands against the rest. */
function idsOfSteps(
  operations: readonly LoggedOperation[],
  history: readonly LogEntry[],
): Set<string> {
  const steps = new Set(operations.map(stepKey));
  const others = history.filter((entry) => steps.has(stepKey(entry)));
  return idsIn([...operations, ...others]);
}

export class Inversion {
  readonly skipped: SkippedPart[] = [];
  /** What stands against taking all back. */
  readonly collisions: Collision[] = [];
  readonly others: OthersSince;
  /** What others could not take back since because of what is taken back here, or of something else. */
  readonly withdrawn: Withdrawn[] = [];
  /** The nodes that came back. */
  readonly created = new Set<NodePath>();
  private readonly texts: UndoTexts;
  private readonly placed: PlacedRows;
  /** Ids of the operations that have to be read wholly before it can go on. */
  private readonly unread = new Set<string>();
  private readonly displaced = new DisplacedGroups();
  /** Of that the nodes that were to be deleted, with what tells of it. */
  private readonly withdrawals = new Map<NodePath, LogEntry[]>();

  constructor(
    private readonly input: InversionInput,
    private readonly rows: StepRows,
  ) {
    const { operations, history, cancelled, whole } = input;
    const own = input.only === undefined ? idsIn(operations) : idsOfSteps(operations, history);
    const theirs = history.filter(({ id }) => !own.has(id));
    const others = othersCancelledPairs(theirs, cancelled).filter(
      ({ first }) =>
        input.only === undefined || !operations.some((each) => each.batchId === first.eventId),
    );
    this.others = new OthersSince(history, own, [...cancelled, ...others]);
    for (const entry of input.only === undefined ? this.others.inEffect : []) this.regard(entry);
    this.placed = new PlacedRows({
      appender: rows.appender,
      history,
      index: this.others.index,
      isOwn: () => false,
      inverseOf: (id) => {
        const committed = whole(id);
        if (committed === undefined) this.unread.add(id);
        return committed?.inverse;
      },
    });
    const { isInEffect } = this.others;
    this.texts = new UndoTexts({ history: input.longHistory, operations, whole, isInEffect });
  }

  /** Ids of the operations that have to be read wholly first: before it runs, or after it stopped for them. */
  needed(): readonly string[] {
    return this.unread.size > 0 ? [...this.unread] : this.texts.needed();
  }

  /** Adds the rows. Refused is only what the design locks or does not apply, where all was to be taken back. */
  *run(): Steps<AppendFailure | undefined> {
    yield* this.texts.replay();
    for (const operation of this.input.operations.toReversed()) {
      for (const content of this.meant(operation, inverseOf(operation, this.texts))) {
        yield;
        const refusal = yield* this.add(content, operation);
        if (this.unread.size > 0) return undefined;
        if (refusal !== undefined && this.collisions.length === 0) return refusal;
      }
    }
    return undefined;
  }

  private meant(
    { id }: LoggedOperation,
    contents: readonly OperationContent[],
  ): readonly OperationContent[] {
    if (this.input.only === undefined) return contents;
    const parts = this.input.only.filter(({ operationId }) => operationId === id);
    return contents.flatMap((content) => {
      const path = pathOfTarget(content.target);
      return parts
        .filter((part) => pathOfTarget(part.target) === path)
        .flatMap((part) => partOf(content, part) ?? []);
    });
  }

  private regard(entry: LogEntry): void {
    for (const part of entry.skipped ?? []) {
      this.withdrawn.push({ part, toldBy: entry });
      if (!isDeletion(part) || part.reason !== "DELETED_BY_OTHERS") continue;
      const path = pathOfTarget(part.target);
      this.withdrawals.set(path, [...(this.withdrawals.get(path) ?? []), entry]);
    }
  }

  private *add(
    content: OperationContent,
    operation: LoggedOperation,
  ): Steps<AppendFailure | undefined> {
    const version = operation.resultingVersion;
    if (this.isGone(content, operation) || this.isTaken(content, operation)) return undefined;
    const footprint = yield* footprintSteps(this.rows.document, content);
    const found = this.others
      .collisions(this.rows.nextId, footprint, version)
      .filter(
        ({ kind, path }) =>
          kind !== "DUPLICATE_ID" || holds(this.rows.document, targetOfPath(path)),
      );
    const kept = found.length === 0 ? content : this.without(content, operation, found);
    const left = kept && withEffectiveValues(this.rows.document, kept, this.input.ledger);
    if (left === undefined) return undefined;
    if (this.input.partial && !this.rows.isPermitted(left, footprint, content.type)) {
      return this.leave("NOT_PERMITTED", left, operation);
    }
    const rebased = yield* this.rebased(left, operation);
    if (rebased === undefined) return undefined;
    const { document } = this.rows;
    const sent = this.rows.incoming(simplified(document, content));
    const inverse = simplified(document, rebased.content);
    const added = yield* this.placed.add(sent, inverse, rebased.changedBy, operation.id);
    if (this.unread.size > 0) return undefined;
    if (added.ok) {
      for (const { kind, path } of footprint) {
        if (kind !== "create") continue;
        this.created.add(path);
        this.others.restored(path, version);
      }
      return undefined;
    }
    const { code } = added.error;
    if (this.input.partial && code !== "PAYLOAD_TOO_LARGE") {
      return this.leave(code === "LOCKED" ? code : "NOT_APPLICABLE", left, operation);
    }
    return { index: 0, operationId: operation.id, failure: added.error };
  }

  /** Leaves it as it is for a reason that is none of others' operations. */
  private leave(reason: SkipReason, content: OperationContent, operation: LoggedOperation) {
    this.skipped.push(skippedPart(operation, content, { reason, causes: [] }));
    return undefined;
  }

  /**
   * Others deleted what is to be deleted, so that there is nothing to do, also where they put something else under its
   * id; or took back what would come back.
   */
  private isGone(content: OperationContent, operation: LoggedOperation): boolean {
    const path = deletedPath(content);
    const deleters =
      path === undefined ? [] : this.others.deletersOf(path, operation.resultingVersion);
    if (isAddition(content)) {
      deleters.push(...this.withdrawersOf(pathOfTarget(content.target), operation));
    }
    if (deleters.length === 0) return false;
    const causes = this.others.inOrder(deleters);
    this.skipped.push(skippedPart(operation, content, { reason: "DELETED_BY_OTHERS", causes }));
    return true;
  }

  private withdrawersOf(path: NodePath, { resultingVersion }: LoggedOperation): string[] {
    const entries = this.withdrawals.get(path) ?? [];
    return entries.filter((entry) => entry.resultingVersion > resultingVersion).map(({ id }) => id);
  }

  /** Something else of others' is there under the id of what is to be changed, or of the group that it would come back into. */
  private isTaken(content: OperationContent, operation: LoggedOperation): boolean {
    if (isAddition(content)) {
      const causes = this.displaced.causesAround(content);
      if (causes === undefined) return false;
      this.skipped.push(skippedPart(operation, content, { reason: "ID_TAKEN", causes }));
      return true;
    }
    const path = pathOfTarget(content.target);
    const creators = this.others.creatorsOf(path, operation.resultingVersion);
    if (creators.length === 0) return false;
    if (this.input.ledger.isSame(path, operation.resultingVersion)) return false;
    const kind = "DUPLICATE_ID";
    for (const serverOperation of creators) {
      const clientOperation = this.rows.nextId;
      this.collisions.push({ kind, clientOperation, serverOperation, path, properties: [] });
    }
    const causes = this.others.inOrder(creators);
    this.skipped.push(skippedPart(operation, content, { reason: "ID_TAKEN", causes }));
    return true;
  }

  /** What others' work leaves of the content; undefined where that is nothing. */
  private without(
    content: OperationContent,
    operation: LoggedOperation,
    found: readonly Collision[],
  ): OperationContent | undefined {
    this.collisions.push(...found);
    if (!this.input.partial) return undefined;
    const left = leftOver(content, found);
    const ids = found.map(({ serverOperation }) => serverOperation);
    const part = { reason: reasonOf(content, found), causes: this.others.inOrder(ids) };
    if (part.reason === "ID_TAKEN") {
      this.displaced.note(this.rows.document, content, part.causes);
    }
    this.skipped.push(skippedPart(operation, content, { ...part, properties: left.lost }));
    return left.lost === undefined ? undefined : left.content;
  }

  /** The content over what others wrote into its text since; undefined where that leaves nothing of it. */
  private *rebased(
    content: OperationContent,
    operation: LoggedOperation,
  ): Steps<
    { readonly content: OperationContent; readonly changedBy: readonly string[] } | undefined
  > {
    if (deltaOf(content) === undefined) {
      const text = content.payload?.["text"];
      const { pageId = "", elementId = "" } = content.target;
      const page = this.rows.document.pages.items.get(pageId);
      const element = page?.elements.items.get(elementId);
      // What comes back has the text that it had when it was deleted.
      const isEdit = text !== undefined && element !== undefined;
      if (isEdit) yield* this.texts.set(operation, text, element["text"]);
      return { content, changedBy: [] };
    }
    const { delta, changedBy, deletedBy, overridden } = yield* this.texts.takeBack(
      operation,
      content,
    );
    if (deletedBy.size > 0) {
      const causes = this.others.inOrder([...deletedBy]);
      this.skipped.push(skippedPart(operation, content, { reason: "DELETED_BY_OTHERS", causes }));
    }
    if (overridden.size > 0) this.keepAttributes(content, operation, overridden);
    if (delta.length === 0) return undefined;
    return {
      content: withDelta(content, delta),
      changedBy: this.others.inOrder([...changedBy]),
    };
  }

  private keepAttributes(
    content: OperationContent,
    operation: LoggedOperation,
    overridden: TakenBack["overridden"],
  ): void {
    const path = pathOfTarget(content.target);
    for (const id of overridden.keys()) {
      this.collisions.push({
        kind: "CONCURRENT_EDIT",
        clientOperation: this.rows.nextId,
        serverOperation: id,
        path,
        properties: ["text"],
      });
    }
    const names = [...overridden.values()].flatMap((each) => [...each]);
    const attributes = [...new Set(names)].toSorted();
    const causes = this.others.inOrder([...overridden.keys()]);
    const reason = "CHANGED_BY_OTHERS";
    this.skipped.push(skippedPart(operation, content, { reason, causes, attributes }));
  }
}
