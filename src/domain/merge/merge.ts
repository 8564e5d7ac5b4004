/**
 * Rebases a batch onto the head. For each operation in turn:
 *
 * 1. what it means on the document that its client saw: intent.ts (on pages as they were: pageAtBase.ts)
 * 2. what of it collides with commits since the base: collide.ts (index, lookup), othersHistory.ts (what concerns it)
 * 3. who wins each collision: judging/resolveCollisions.ts, by a policy of judging/verdict.ts or judging/mergeRules.ts
 * 4. what the batch lost before, on which it may build: incrementalValues.ts (texts, strokes), lostChanges.ts (nodes)
 * 5. what is left of it without the parts that it lost: `without` of its type (operations/hooks.ts), else a no-op
 * 6. text deltas over those of others: batchTexts.ts, textRebase.ts; a deletion that wins: deletionAsMeant.ts
 * 7. what has to come back before it can apply: restoring/restorations.ts; where things go: places/placedRows.ts
 * 8. its row is appended (history/append.ts), with what was decided: judging/decisions.ts
 *
 * mergeNonConflicting.ts leaves out what collides, and what builds on that (leftOut.ts); decide.ts chooses between a merge, a
 * conflict and a refusal. Footprints suffice but for texts that both sides edited and what is restored: for those the
 * merge answers which committed operations have to be read (`needs`).
 */
import type { Document } from "../document/document.js";
import { Appender, type AppendFailure, type IncomingOperation } from "../history/append.js";
import type { OperationContent } from "../operations/operation.js";
import { finished, type Steps } from "../steps.js";
import { intentOf, intendedPages, clientViewAfter, type Intent } from "./intent.js";
import { BatchTexts } from "./batchTexts.js";
import { collisionIndexSteps, type Collision, type CollisionIndex } from "./collide.js";
import { DecisionLog } from "./judging/decisions.js";
import { deletionAsMeant } from "./deletionAsMeant.js";
import type { Footprint } from "../operations/footprint.js";
import { IncrementalValues } from "./incrementalValues.js";
import {
  resolveCollisions,
  type Decided,
  type CollisionOutcome,
} from "./judging/resolveCollisions.js";
import type { LeftOut } from "./leftOut.js";
import { LostChanges } from "./lostChanges.js";
import { NO_OP } from "../operations/noOp.js";
import { deletionBy, partAt, withoutParts } from "../operations/traits.js";
import { OthersHistory } from "./othersHistory.js";
import { PlacedRows, type Restoring } from "./places/placedRows.js";
import { withPagesAtBase } from "./pageAtBase.js";
import { Restorations } from "./restoring/restorations.js";
import { typeAt } from "./judging/typeAt.js";
import { clockTime } from "./judging/verdict.js";
import type { WholeOperation } from "../history/logEntry.js";
import type { MergeInput, MergeOutcome } from "./mergeInput.js";
import type { Stamp } from "./judging/verdict.js";

/**
 * Merges the batch; pure, and to be called again with what it needs. With `leftOut` it merges whatever fits: what collides
 * or cannot apply is left out, and so the outcome is neither `collides` nor `refused`.
 */
export function merge(input: MergeInput, leftOut?: LeftOut): MergeOutcome {
  return finished(mergeSteps(input, leftOut));
}

/** As `merge`, an operation a step. */
export function* mergeSteps(input: MergeInput, leftOut?: LeftOut): Steps<MergeOutcome> {
  const index = yield* collisionIndexSteps(input.history);
  return yield* new Merge(input, index).run(leftOut);
}

/** What became of one operation. */
interface Rebased {
  readonly content: OperationContent;
  readonly transformedFrom: readonly string[];
  /** Operations to apply before it, so that it finds what it changes. */
  readonly before: readonly Restoring[];
  /** What it won over. */
  readonly beaten: readonly Collision[];
  readonly decided: readonly Decided[];
}

function lost(transformedFrom: readonly string[], decided: readonly Decided[] = []): Rebased {
  return { content: NO_OP, transformedFrom, before: [], beaten: [], decided };
}

class Merge {
  private readonly appender: Appender;
  private readonly rows: PlacedRows;
  private readonly others: OthersHistory;
  private readonly texts: BatchTexts;
  private readonly grown = new IncrementalValues();
  private readonly restorations: Restorations;
  private readonly lostChanges = new LostChanges();
  private readonly decisionLog = new DecisionLog();
  private readonly conflicts: Collision[] = [];
  private readonly needed = new Set<string>();
  private readonly intendedPages: ReadonlySet<string>;
  /** The document as the batch's client saw it when it made the operation in turn, as far as meaning depends on it. */
  private seen: Document;

  constructor(
    private readonly input: MergeInput,
    index: CollisionIndex,
  ) {
    this.appender = new Appender(input.state, input.settings);
    this.others = new OthersHistory(input.history, index);
    const { isOwn, turn } = this.others;
    this.texts = new BatchTexts(index, this.whole, isOwn, turn);
    this.rows = new PlacedRows({
      appender: this.appender,
      history: input.history,
      index,
      isOwn,
      inverseOf: (id) => this.whole(id)?.inverse,
    });
    this.restorations = new Restorations(this.others, this.whole);
    this.intendedPages = intendedPages(input.operations);
    this.seen = withPagesAtBase(
      input.state.document,
      this.intendedPages,
      input.history,
      (id) => this.whole(id)?.inverse ?? [],
    );
  }

  *run(leftOut?: LeftOut): Steps<MergeOutcome> {
    for (const [index, operation] of this.input.operations.entries()) {
      yield;
      if (leftOut?.takes(operation) === true) continue;
      const intent = yield* intentOf(this.seen, operation, this.others.index, this.others.isOwn);
      const mark = this.rows.mark();
      const refusal = this.needed.size > 0 ? undefined : yield* this.add(operation, intent);
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
      yield* this.see(operation, intent.footprint);
    }
    if (this.conflicts.length > 0) return { kind: "collides", collisions: this.conflicts };
    return {
      kind: "merged",
      appended: this.appender.appended,
      decisions: this.decisionLog.decisions,
    };
  }

  private *add(
    operation: IncomingOperation,
    intent: Intent,
  ): Steps<AppendFailure["failure"] | undefined> {
    const rebased = this.rebase(operation, intent);
    if (rebased === undefined) return undefined;
    const { document } = this.appender;
    const refusal = yield* this.restore(operation, rebased.before, 0);
    if (refusal !== undefined) return refusal;
    const { content, transformedFrom } = rebased;
    let added = yield* this.rows.add(operation, content, transformedFrom);
    const regrouped = added.ok
      ? []
      : this.restorations.formerGroups(content, rebased.beaten, this.appender.document);
    if (regrouped.length > 0) {
      const still = yield* this.restore(operation, regrouped, rebased.before.length);
      if (still === undefined) added = yield* this.rows.add(operation, content, transformedFrom);
    }
    if (!added.ok) {
      // What cannot be, whoever wins, is for a person to decide: two moves that close a cycle.
      this.conflicts.push(...rebased.beaten);
      return added.error;
    }
    this.decisionLog.add(operation, rebased.decided, document);
    return undefined;
  }

  /** Adds what brings back what the operation needs, after as many as `count` that did so before. */
  private *restore(
    operation: IncomingOperation,
    contents: readonly Restoring[],
    count: number,
  ): Steps<AppendFailure["failure"] | undefined> {
    for (const [index, { restores, ...content }] of contents.entries()) {
      const id = `${operation.id}~${count + index + 1}`;
      const sent = { ...operation, ...content, id };
      const added = yield* this.rows.add(sent, content, [], restores);
      if (!added.ok) return added.error;
    }
    return undefined;
  }

  /** What the operations after this one were made on. */
  private *see(operation: OperationContent, footprint: Footprint): Steps<void> {
    this.others.made(footprint);
    this.seen = yield* clientViewAfter(this.seen, operation, this.intendedPages);
  }

  /** Undefined where a collision was reported or something has to be read first. */
  private rebase(operation: IncomingOperation, intent: Intent): Rebased | undefined {
    const { footprint } = intent;
    const { judge } = this.input;
    const decidesDeletions = judge.decidesDeletions?.(operation.id) ?? false;
    const found = this.grown.concerning(
      operation,
      this.others.collisionsOf(operation, footprint, judge),
    );
    const verdicts = resolveCollisions(
      judge,
      this.stampOf(operation),
      (id) => this.others.entry(id),
      {
        footprint,
        found,
        blended: this.others.replacementsOf(operation, footprint, judge),
        partOf: ({ path }) => partAt(operation, path),
        typeOf: (path) => typeAt(path, this.input.state.document, this.others, this.whole),
      },
    );
    if (verdicts === undefined) {
      this.conflicts.push(...found);
      return undefined;
    }
    const { beaten, decided, winners } = verdicts;
    const lostBefore = this.grown.lostBefore(operation, verdicts.lost);
    const inTheWay = [...lostBefore, ...this.lostChanges.inTheWay(footprint)];
    if (inTheWay.length > 0) {
      this.conflicts.push(...inTheWay);
      return undefined;
    }
    const lostTo = this.lostChanges.neededBy(operation, footprint);
    if (lostTo !== undefined) {
      this.lostChanges.add(footprint, lostTo, []);
      return lost(lostTo);
    }
    if (verdicts.isLost) {
      this.lostChanges.add(footprint, [...winners], found);
      return lost([...winners], decided);
    }
    const deleters = this.others.deletersOf(operation);
    // What its client saw in a group goes wherever it is by now, also where the group is gone.
    const isOfTree = deletionBy(operation)?.of === "elementTree";
    const isGone = beaten.length === 0 || (decidesDeletions && !isOfTree);
    if (deleters.length > 0 && isGone) return lost(deleters);
    this.lostChanges.addParts(footprint, verdicts.lost);
    const left = withoutParts(intent.content, new Set(verdicts.lost.keys()));
    if (left === undefined) {
      this.conflicts.push(...found);
      return undefined;
    }
    const changedBy = new Set([...intent.transformedFrom, ...winners]);
    if (left === NO_OP) return lost([...changedBy], decided);
    return this.applying(operation, footprint, { ...verdicts, left, changedBy });
  }

  /** What is left of the operation as it applies, and what is to be applied before it. */
  private applying(
    operation: IncomingOperation,
    footprint: Footprint,
    {
      left,
      changedBy,
      beaten,
      decided,
    }: CollisionOutcome & { left: OperationContent; changedBy: Set<string> },
  ): Rebased | undefined {
    const restored = this.restorations.before(left, beaten, this.appender.document);
    const text = this.texts.rebased(left, beaten, changedBy);
    if (text === undefined || this.needed.size > 0) return undefined;
    const asMeant =
      this.input.judge.decidesDeletions?.(operation.id) === true
        ? deletionAsMeant(this.appender.document, text, footprint, this.others)
        : { before: [], content: text };
    for (const id of this.others.outlasted(operation, footprint, decided)) changedBy.add(id);
    // What it names is gone, and what its client saw in there is not all.
    if (asMeant.content === undefined) {
      for (const id of this.others.deletersOf(operation)) changedBy.add(id);
    }
    return {
      content: asMeant.content ?? NO_OP,
      transformedFrom: [...changedBy],
      before: [...restored, ...asMeant.before],
      beaten,
      decided,
    };
  }

  private readonly whole = (operationId: string): WholeOperation | undefined => {
    const operation = this.input.whole(operationId);
    if (operation === undefined) this.needed.add(operationId);
    return operation;
  };

  private stampOf({ id, timestamp }: IncomingOperation): Stamp {
    const { clientId, serverTimestamp } = this.input.settings.authorship;
    return {
      ...clockTime(timestamp, serverTimestamp, this.input.clockSkewMsMax),
      clientId: clientId ?? "",
      operationId: id,
    };
  }
}
