/**
 * Completes a step: what others could not take back while this step's work stood against it is taken back for them now, and
 * nodes and properties become what the batches in effect leave of them.
 */
import { holds } from "../operations/find.js";
import { logEntryOf, type LogEntry } from "../history/logEntry.js";
import { deletionOf, typeAdding, typeDeleting, typeSetting } from "../operations/nodeOperations.js";
import type { OperationTarget, SkippedPart } from "../operations/operation.js";
import { forEachInSteps, type Steps } from "../steps.js";
import { isAtOrUnder, pathOfTarget, targetOfPath } from "../operations/paths.js";
import type { EffectLedger } from "./effectLedger.js";
import { isAddition, isDeletion } from "../operations/traits.js";
import { ancestorsOf, registersOf, type NodePath } from "../operations/footprint.js";
import { Inversion } from "./inversion.js";
import type { Withdrawn } from "./inversionInput.js";
import { settleValues } from "./settledValues.js";
import { registersIn, skippedPart } from "./skipped.js";
import type { StepRows } from "./stepRows.js";
import { needsOf, since, type Needs, type UndoInput } from "./undoInput.js";

export class Settlement {
  constructor(
    private readonly input: UndoInput,
    private readonly rows: StepRows,
    private readonly inversion: Inversion,
    private readonly ledger: EffectLedger,
  ) {}

  /** First texts and strokes that came back, then nodes, of which an id may be free only by then, and last properties. */
  *run(): Steps<Needs | undefined> {
    const { input, rows, ledger } = this;
    yield* ledger.goOn(
      rows.operations,
      input.operations.map(({ id }) => id),
    );
    return (
      (yield* this.takeBackTold(yield* this.broughtBack())) ??
      (yield* this.takeBack(yield* this.misplaced(false))) ??
      (yield* this.deleteAgain()) ??
      (yield* this.takeBackTold(yield* this.keptAway())) ??
      (yield* this.bringBack()) ??
      (yield* this.settleValues())
    );
  }

  /** What the step left as it was and nothing else changed for it. */
  *skipped(): Steps<readonly SkippedPart[]> {
    const parts = this.inversion.skipped.flatMap((part) => this.stillSkipped(part) ?? []);
    const told = new Set(
      parts.flatMap(({ target, properties }) =>
        properties.map((name) => `${pathOfTarget(target)} ${name}`),
      ),
    );
    yield* forEachInSteps(this.ledger.nodes, (path) => {
      for (const { name, own, by } of this.ledger.overridden(path)) {
        const target = targetOfPath(path);
        if (told.has(`${path} ${name}`) || !holds(this.rows.document, target)) continue;
        const content = { type: typeSetting(target, name), target, payload: { [name]: null } };
        parts.push(skippedPart(own, content, { reason: "CHANGED_BY_OTHERS", causes: [by.id] }));
      }
    });
    return parts;
  }

  private stillSkipped(part: SkippedPart): SkippedPart | undefined {
    if (part.reason === "NOT_PERMITTED" || part.reason === "LOCKED") return part;
    const isHere = holds(this.rows.document, part.target);
    const isKept = part.reason === "DELETED_BY_OTHERS" || isHere;
    if (isDeletion(part)) return isKept ? part : undefined;
    if (!isHere) return part;
    const path = pathOfTarget(part.target);
    if (isAddition(part)) return this.ledger.isSame(path, part.version) ? undefined : part;
    const properties = part.properties.filter((name) => this.ledger.isOverridden(path, name));
    if (properties.length === part.properties.length) return part;
    return properties.length === 0 ? undefined : { ...part, properties };
  }

  /** Deletes what an edit in effect deletes and nothing later keeps: it came back by an undo that was taken back in part. */
  private *deleteAgain(): Steps<undefined> {
    const due: OperationTarget[] = [];
    yield* forEachInSteps(this.ledger.nodes, (path) => {
      const { isHere, by } = this.ledger.existence(path) ?? {};
      if (isHere === false && deletesNodes(by!)) due.push(targetOfPath(path));
    });
    for (const target of due) {
      if (!holds(this.rows.document, target)) continue;
      yield* this.rows.addPermitted(deletionOf(target));
    }
    return undefined;
  }

  private *settleValues(): Steps<Needs | undefined> {
    // Of what came back, other edits may tell the values.
    const operationIds = yield* this.ledger.needed();
    if (operationIds.length > 0) return { kind: "needs", operationIds };
    return yield* settleValues(this.rows, this.ledger);
  }

  /** Brings back what edits in effect added and nothing in effect deletes: steps that took it away were undone in part. */
  private *bringBack(): Steps<Needs | undefined> {
    const { ledger } = this;
    const parts = yield* this.misplaced(true);
    const paths = parts.map(({ target }) => pathOfTarget(target));
    const around = paths.flatMap((path) => [...ancestorsOf(path), ...ledger.groupsAround(path)]);
    return yield* this.takeBack(parts, [...paths, ...around]);
  }

  /** The nodes that are missing and should be there, or are there and should not be. */
  private *misplaced(areMissing: boolean): Steps<readonly SkippedPart[]> {
    const own = new Set(this.rows.operations.map(({ id }) => id));
    const parts: SkippedPart[] = [];
    yield* forEachInSteps(this.ledger.nodes, (path) => {
      const { isHere, by } = this.ledger.existence(path) ?? {};
      if (by === undefined || own.has(by.id) || isHere !== areMissing) return;
      const target = targetOfPath(path);
      if (isHere === holds(this.rows.document, target) || (!isHere && deletesNodes(by))) return;
      const [type, causes] = [isHere ? typeAdding(target) : typeDeleting(target), []];
      const [operationId, version] = [by.id, by.resultingVersion];
      const about = { operationId, version, type, target, properties: [], attributes: [] };
      parts.push({ ...about, reason: "CHANGED_BY_OTHERS", causes });
    });
    return parts;
  }

  /** What is on nodes that came back, or in texts and strokes that the step changed. */
  private *broughtBack(): Steps<readonly Withdrawn[]> {
    const { withdrawn, created } = this.inversion;
    if (withdrawn.length === 0) return [];
    const touched = yield* this.changedProperties();
    return withdrawn.filter(({ part }) => {
      const path = pathOfTarget(part.target);
      if (isAtOrUnder(path, created)) return true;
      if (isDeletion(part)) return false;
      const names = touched.get(path);
      return [...registersIn(part)].some((name) => names?.has(name) === true);
    });
  }

  /** What could not come back because of what the step takes back, such as another thing under its id; and all that is on it. */
  private *keptAway(): Steps<readonly Withdrawn[]> {
    const { withdrawn } = this.inversion;
    if (withdrawn.length === 0) return [];
    const takenBack = new Set(this.input.operations.map(({ id }) => id));
    const deleted = new Set<NodePath>();
    yield* forEachInSteps(this.rows.operations, ({ footprint }) => {
      for (const { kind, path } of footprint) if (kind === "delete") deleted.add(path);
    });
    const freed = new Set<NodePath>();
    const tellers = new Set<string>();
    const away = withdrawn.filter(
      ({ part }) => isAddition(part) && !holds(this.rows.document, part.target),
    );
    // What comes back may in turn have stood against something else.
    for (let waiting = away, count = -1; count < freed.size;) {
      count = freed.size;
      waiting = waiting.filter(({ part, toldBy }) => {
        const path = pathOfTarget(part.target);
        const isFreed = part.causes.some((id) => takenBack.has(id)) || isAtOrUnder(path, deleted);
        if (!isFreed) return true;
        freed.add(path);
        tellers.add(toldBy.id);
        takenBack.add(part.operationId);
        return false;
      });
    }
    // What was in a group that could not come back could not either.
    for (const { part, toldBy } of away) {
      if (tellers.has(toldBy.id)) freed.add(pathOfTarget(part.target));
    }
    return withdrawn.filter(({ part }) => isAtOrUnder(pathOfTarget(part.target), freed));
  }

  /** Takes back the parts. What the steps that told of them brought back was not deleted by whoever had its id meanwhile. */
  private takeBackTold(withdrawn: readonly Withdrawn[]): Steps<Needs | undefined> {
    const { ledger } = this;
    const parts = withdrawn.flatMap(({ part }) => {
      const { properties, operationId } = part;
      const path = pathOfTarget(part.target);
      // Values that the history tells are set in the end.
      const isValue =
        properties.length > 0 && properties.every((name) => ledger.decides(path, name));
      return isValue || ledger.isUnsupported(path, operationId) ? [] : part;
    });
    return this.takeBack(parts, this.createdBy(withdrawn));
  }

  /** Takes back the parts, newest first. */
  private *takeBack(
    parts: readonly SkippedPart[],
    broughtBack: readonly NodePath[] = [],
  ): Steps<Needs | undefined> {
    const { input, rows, ledger } = this;
    const versions = new Map(parts.map(({ operationId, version }) => [operationId, version]));
    if (versions.size === 0) return undefined;
    const first = Math.min(...versions.values());
    if (first < (input.history[0]?.resultingVersion ?? 0)) {
      // Beyond reach it stays: the undo itself must not fail for it.
      return input.canReachBack ? { kind: "needsHistory", afterVersion: first - 1 } : undefined;
    }
    const unread = [...versions.keys()].filter((id) => input.whole(id) === undefined);
    if (unread.length > 0) return { kind: "needs", operationIds: unread };
    const operations = [...versions.keys()]
      .flatMap((id) => input.whole(id) ?? [])
      .toSorted((a, b) => a.resultingVersion - b.resultingVersion);
    const added = new Map(rows.operations.map((operation) => [operation.id, operation]));
    const entries = rows.operations.map(logEntryOf);
    const inversion = new Inversion(
      {
        operations,
        history: [...since(input.history, first), ...entries],
        longHistory: [...input.history, ...entries],
        whole: (id) => added.get(id) ?? input.whole(id),
        cancelled: [],
        ledger,
        partial: true,
        only: parts,
      },
      rows,
    );
    const before = needsOf(inversion);
    if (before !== undefined) return before;
    for (const path of broughtBack) inversion.others.restored(path, first);
    yield* inversion.run();
    yield* ledger.goOn(rows.operations.slice(added.size), versions.keys());
    return needsOf(inversion);
  }

  /** The nodes that the steps brought back that told of the parts. */
  private createdBy(parts: readonly Withdrawn[]): NodePath[] {
    const steps = new Set(parts.map(({ toldBy }) => toldBy.batchId));
    return this.input.history
      .filter(({ batchId }) => steps.has(batchId))
      .flatMap(({ footprint }) =>
        footprint.flatMap(({ kind, path }) => (kind === "create" ? path : [])),
      );
  }

  /** The properties that the step changed, by node. */
  private *changedProperties(): Steps<ReadonlyMap<NodePath, ReadonlySet<string>>> {
    const properties = new Map<NodePath, Set<string>>();
    yield* forEachInSteps(this.rows.operations, ({ footprint }) => {
      for (const touch of footprint) {
        if (touch.kind !== "write" && touch.kind !== "blend") continue;
        const names = properties.get(touch.path) ?? new Set();
        for (const name of registersOf(touch)) names.add(name);
        properties.set(touch.path, names);
      }
    });
    return properties;
  }
}

function deletesNodes({ footprint }: LogEntry): boolean {
  return footprint.some(({ kind }) => kind === "delete");
}
