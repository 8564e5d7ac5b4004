/**
 * Undoes one event of a person's line at the head, whatever others did since. What cannot be undone without undoing
 * others' work stays as it is and is told; an undo brings nothing back that its author has undone since.
 */
import { holds } from "../operations/find.js";
import type { AppendFailure, Appended } from "../history/append.js";
import { logEntryOf, type LogEntry } from "../history/logEntry.js";
import type { Steps } from "../steps.js";
import type { CancelledPair } from "./undoLine.js";
import type { LoggedOperation, SkippedPart } from "../operations/operation.js";
import { isAtOrUnder, targetOfPath } from "../operations/paths.js";
import { ancestorsOf, registersOf, type NodePath } from "../operations/footprint.js";
import type { Collision } from "../merge/collide.js";
import { Inversion } from "./inversion.js";
import type { Withdrawn } from "./inversionInput.js";
import { pathOfTarget, registersIn } from "./skipped.js";
import { StepRows, type StepRowsInput } from "./stepRows.js";

export interface UndoInput extends StepRowsInput {
  /** The event's operations, oldest first. */
  readonly operations: readonly LoggedOperation[];
  /** Everything after the oldest of them, oldest first, themselves included; perhaps also what was before. */
  readonly history: readonly LogEntry[];
  /** Whether the history can be had from further back. */
  readonly canReachBack: boolean;
  /** The whole committed operation, where it was read. */
  readonly whole: (operationId: string) => LoggedOperation | undefined;
  /** The person's own later events that cancel out. Those of others are found in the history. */
  readonly cancelled: readonly CancelledPair[];
  /** Whether what collides is left as it is; else nothing is undone where something collides. */
  readonly partial: boolean;
}

export type UndoOutcome =
  /** `hasEffect` tells whether anything changes. */
  | { readonly kind: "undone"; readonly appended: Appended; readonly hasEffect: boolean }
  | { readonly kind: "collides"; readonly collisions: readonly Collision[] }
  /** These operations have to be read wholly before it can be decided. */
  | { readonly kind: "needs"; readonly operationIds: readonly string[] }
  /** It has to be decided on the history after this version. */
  | { readonly kind: "needsHistory"; readonly afterVersion: number }
  | { readonly kind: "refused"; readonly refusal: AppendFailure };

type Needs = Extract<UndoOutcome, { kind: "needs" | "needsHistory" }>;

/** Undoes the operations, an operation a step; pure, and to be called again with what it needs. */
export function* undoSteps(input: UndoInput): Steps<UndoOutcome> {
  const { operations, partial, whole, cancelled } = input;
  const rows = new StepRows(input);
  const history = since(input.history, operations[0]?.resultingVersion ?? 0);
  const inversion = new Inversion(
    { operations, history, longHistory: input.history, whole, cancelled, partial },
    rows,
  );
  const before = needsOf(inversion);
  if (before !== undefined) return before;
  const refusal = yield* inversion.run();
  const meanwhile = needsOf(inversion);
  if (meanwhile !== undefined) return meanwhile;
  if (!partial && inversion.collisions.length > 0) {
    return { kind: "collides", collisions: inversion.collisions };
  }
  if (refusal !== undefined) return { kind: "refused", refusal };
  const needs = yield* takeBackWithdrawn(input, rows, inversion);
  return needs ?? { kind: "undone", ...rows.finished(inversion.skipped) };
}

function since(history: readonly LogEntry[], version: number): readonly LogEntry[] {
  return history.slice(Math.max(0, version - (history[0]?.resultingVersion ?? version)));
}

/**
 * What others could not take back while this step's work stood against it is taken back for them now: first on what came
 * back, then what could not be deleted, and last what could not come back, whose id may be free only since.
 */
function* takeBackWithdrawn(
  input: UndoInput,
  rows: StepRows,
  { withdrawn, created }: Inversion,
): Steps<Needs | undefined> {
  const touched = propertiesIn(rows.operations);
  const back = withdrawn.filter(({ part }) => isBroughtBack(part, created, touched));
  const needs = yield* takeBack(input, rows, back);
  if (needs !== undefined) return needs;
  const gone = yield* takeBack(input, rows, keptThere(input, rows, withdrawn));
  return gone ?? (yield* takeBack(input, rows, keptAway(input, rows, withdrawn)));
}

/** What could not be deleted because of what the step takes back. What anybody else did to it still stands against that. */
function keptThere(
  { operations }: UndoInput,
  rows: StepRows,
  withdrawn: readonly Withdrawn[],
): readonly Withdrawn[] {
  const takenBack = new Set(operations.map(({ id }) => id));
  const touched = new Set(
    rows.operations.flatMap(({ footprint }) =>
      footprint.flatMap(({ kind, path }) => (kind === "read" ? [] : [path, ...ancestorsOf(path)])),
    ),
  );
  return withdrawn.filter(({ part }) => {
    const path = pathOfTarget(part.target);
    if (!part.type.startsWith("DELETE_") || part.reason !== "CHANGED_BY_OTHERS") return false;
    if (!holds(rows.document, targetOfPath(path))) return false;
    return touched.has(path) || part.causes.some((id) => takenBack.has(id));
  });
}

/** What could not come back because of what the step takes back, such as another thing under its id; and all that is on it. */
function keptAway(
  { operations }: UndoInput,
  rows: StepRows,
  withdrawn: readonly Withdrawn[],
): readonly Withdrawn[] {
  const takenBack = new Set(operations.map(({ id }) => id));
  const deleted = new Set(
    rows.operations.flatMap(({ footprint }) =>
      footprint.flatMap(({ kind, path }) => (kind === "delete" ? path : [])),
    ),
  );
  const freed = new Set<NodePath>();
  const tellers = new Set<string>();
  const away = withdrawn.filter(
    ({ part }) => isAddition(part) && !holds(rows.document, part.target),
  );
  for (const { part, toldBy } of away) {
    const path = pathOfTarget(part.target);
    const wasInTheWay = part.causes.some((id) => takenBack.has(id)) || isAtOrUnder(path, deleted);
    if (!wasInTheWay) continue;
    freed.add(path);
    tellers.add(toldBy.id);
  }
  // What was in a group that could not come back could not either.
  for (const { part, toldBy } of away) {
    if (tellers.has(toldBy.id)) freed.add(pathOfTarget(part.target));
  }
  return withdrawn.filter(({ part }) => isAtOrUnder(pathOfTarget(part.target), freed));
}

function isAddition({ type }: SkippedPart): boolean {
  return type.startsWith("ADD_");
}

/** Takes back the parts, newest first. */
function* takeBack(
  input: UndoInput,
  rows: StepRows,
  parts: readonly Withdrawn[],
): Steps<Needs | undefined> {
  const versions = new Map(parts.map(({ part }) => [part.operationId, part.version]));
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
  const inversion = new Inversion(
    {
      operations,
      history: [...since(input.history, first), ...rows.operations.map(logEntryOf)],
      longHistory: [...input.history, ...rows.operations.map(logEntryOf)],
      whole: (id) => added.get(id) ?? input.whole(id),
      cancelled: [],
      partial: true,
      only: parts.map(({ part }) => part),
    },
    rows,
  );
  const before = needsOf(inversion);
  if (before !== undefined) return before;
  // What the steps that told of the parts brought back was not deleted by whoever had its id meanwhile.
  for (const path of createdBy(input.history, parts)) inversion.others.restored(path, first);
  yield* inversion.run();
  return needsOf(inversion);
}

function needsOf(inversion: Inversion): Needs | undefined {
  const operationIds = inversion.needed();
  return operationIds.length === 0 ? undefined : { kind: "needs", operationIds };
}

/** The nodes that the steps brought back. */
function createdBy(history: readonly LogEntry[], parts: readonly Withdrawn[]): NodePath[] {
  const steps = new Set(parts.map(({ toldBy }) => toldBy.batchId));
  return history
    .filter(({ batchId }) => steps.has(batchId))
    .flatMap(({ footprint }) =>
      footprint.flatMap(({ kind, path }) => (kind === "create" ? path : [])),
    );
}

function isBroughtBack(
  part: SkippedPart,
  created: ReadonlySet<NodePath>,
  touched: ReadonlyMap<NodePath, ReadonlySet<string>>,
): boolean {
  const path = pathOfTarget(part.target);
  if (isAtOrUnder(path, created)) return true;
  const names = touched.get(path);
  if (part.type.startsWith("DELETE_")) return false;
  return [...registersIn(part)].some((name) => names?.has(name) === true);
}

/** The properties that the entries changed, by node. */
function propertiesIn(
  entries: readonly Pick<LogEntry, "footprint">[],
): ReadonlyMap<NodePath, ReadonlySet<string>> {
  const properties = new Map<NodePath, Set<string>>();
  for (const touch of entries.flatMap(({ footprint }) => footprint)) {
    if (touch.kind !== "write" && touch.kind !== "blend") continue;
    const names = properties.get(touch.path) ?? new Set();
    for (const name of registersOf(touch)) names.add(name);
    properties.set(touch.path, names);
  }
  return properties;
}
