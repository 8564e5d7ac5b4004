/**
 * What the batches in effect leave of nodes and properties, whatever was undone and redone in which order: a property has
 * the value that the newest edit in effect wrote, else the one from before the first edit; a node is there where the edit
 * that added it is in effect and none that deletes it.
 */
import { EditGroups } from "./editGroups.js";
import { logEntryOf, type LogEntry, type WholeOperation } from "../history/logEntry.js";
import type { Json } from "../json.js";
import type { LoggedOperation, OperationContent } from "../operations/operation.js";
import { pathOfTarget } from "../operations/paths.js";
import { forEachInSteps, type Steps } from "../steps.js";
import {
  ancestorsOf,
  nodePath,
  PLACE,
  segmentsOf,
  type NodePath,
} from "../operations/footprint.js";
import {
  newestLife,
  type NewestLife,
  type NodeEvent,
  type NodeLife,
  type Switch,
} from "./nodeLives.js";
import { touchedBy, type Touched } from "./touchedNodes.js";

/** Texts and strokes are followed piece by piece elsewhere, places by what is around them. */
const FOLLOWED_ELSEWHERE: ReadonlySet<string> = new Set(["text", "points", PLACE]);

/** How many entries or touches are gone through in one step. */
const STEP_ENTRIES = 500;

export interface EffectLedgerInput {
  /** Oldest first, as far back as it is known. */
  readonly history: readonly LogEntry[];
  /** What is taken back. */
  readonly operations: readonly LoggedOperation[];
  readonly whole: (operationId: string) => WholeOperation | undefined;
}

/** Whether a node should be there, and the row of the log that is to be taken back where that is not so. */
export interface Existence {
  readonly isHere: boolean;
  readonly by: LogEntry;
}

export class EffectLedger {
  private readonly groups = new EditGroups();
  /** By operation that undid or redid others: these. */
  private readonly switches = new Map<string, Switch>();
  /** All that was ever undone, and what is taken back now. */
  private readonly switched = new Set<string>();
  /** What is taken back now, or again. */
  private readonly own = new Set<string>();
  private readonly events = new Map<NodePath, NodeEvent[]>();
  /** By node, those of the nodes that are in it. */
  private readonly inside = new Map<NodePath, NodePath[]>();
  private readonly lives = new Map<NodePath, NewestLife>();

  constructor(private readonly input: EffectLedgerInput) {}

  /** Goes through the history and takes the operations back in it. */
  *replay(): Steps<void> {
    const { history, operations } = this.input;
    let last: { readonly batchId: string; readonly switched: Switch } | undefined;
    for (const [index, entry] of history.entries()) {
      if (index % STEP_ENTRIES === STEP_ENTRIES - 1) yield;
      const labels = this.groups.enter(entry);
      if (labels === undefined) continue;
      // The rows of one undo share what they switch, which may be as much as they are.
      if (last?.switched.operationIds !== labels || last.batchId !== entry.batchId) {
        last = { batchId: entry.batchId, switched: this.switchOf(labels) };
        for (const label of labels) this.switched.add(label);
      }
      this.switches.set(entry.id, last.switched);
    }
    const taken = union(operations.map(({ id }) => this.groups.switchBack(id)));
    for (const label of taken) {
      this.switched.add(label);
      this.own.add(label);
    }
    yield* this.follow(yield* touchedBy(history, taken));
  }

  /** Goes on by rows that take the operations back. */
  *goOn(rows: readonly LoggedOperation[], operationIds: Iterable<string>): Steps<void> {
    const labels = [...operationIds].map((id) => this.switches.get(id)?.operationIds ?? [id]);
    const switched = this.switchOf(union(labels));
    yield* forEachInSteps(rows, (row) => {
      const entry = logEntryOf(row);
      for (const touch of entry.footprint) this.addEvent({ entry, touch, switched });
    });
    this.lives.clear();
  }

  /** The nodes that the step touches, and what they are in. */
  get nodes(): Iterable<NodePath> {
    return this.events.keys();
  }

  /** Ids of the operations that have to be read wholly to tell all values. */
  *needed(): Steps<string[]> {
    const ids = new Set<string>();
    yield* forEachInSteps(this.nodes, (path) => {
      for (const name of this.decidedNames(path)) ids.add(this.deciderOf(path, name).entry.id);
    });
    return [...ids].filter((id) => this.input.whole(id) === undefined);
  }

  /** The values that the node's properties should have; of those of which no edit was ever undone, none. */
  values(path: NodePath): ReadonlyMap<string, Json> {
    const values = this.decidedNames(path).map((name) => [name, this.valueOf(path, name)] as const);
    return new Map(values.filter((each): each is [string, Json] => each[1] !== undefined));
  }

  /** Whether the node should be there; undefined where the history does not tell. */
  existence(path: NodePath): Existence | undefined {
    const current = this.existenceOf(this.lifeOf(path));
    if (current?.isHere !== false) return current;
    // Of several nodes that had the id in turn, one that was before may have its place now.
    const { endedWith, others } = this.lifeOf(path);
    const due = endedWith === undefined ? [] : others.map((life) => this.existenceOf(life));
    return due.findLast((each) => each?.isHere === true) ?? current;
  }

  private existenceOf(life: NodeLife): Existence | undefined {
    const { creator, deleters, users, lastCreation, lastDeletion } = life;
    if (creator !== undefined && this.isOff(creator)) return { isHere: false, by: creator };
    const deleter = deleters.findLast((entry) => !this.isOff(entry));
    if (deleter !== undefined) {
      const isUsed = users.some(
        (entry) => entry.resultingVersion > deleter.resultingVersion && !this.isOff(entry),
      );
      return isUsed || lastCreation === undefined ? undefined : { isHere: false, by: deleter };
    }
    // What an edit deleted comes back when that is taken back.
    const isStep =
      lastDeletion !== undefined && (lastDeletion.undoes ?? lastDeletion.redoes) !== null;
    return isStep ? { isHere: true, by: lastDeletion } : undefined;
  }

  /** Whether the node that the operation deleted is one that nothing in effect adds. */
  isUnsupported(path: NodePath, deleterId: string): boolean {
    const { creator, deleters } = this.lifeOf(path);
    const isIt = deleters.some(({ id }) => id === deleterId);
    return isIt && creator !== undefined && this.isOff(creator);
  }

  /** Whether the node that is there is the one that an operation of that version was about. */
  isSame(path: NodePath, version: number): boolean {
    if (!this.events.has(path)) return false;
    const { creator, others } = this.lifeOf(path);
    const isOwn = creator !== undefined && this.own.has(creator.id);
    if (this.addsAt(path)) return isOwn;
    const since = creator?.resultingVersion ?? 0;
    const between = others.some((life) => {
      const other = life.creator?.resultingVersion ?? 0;
      return other > since && other < version;
    });
    return since < version && !between;
  }

  /** Whether the step adds a node there. */
  private addsAt(path: NodePath): boolean {
    return (this.events.get(path) ?? []).some(
      ({ entry, touch }) => touch.kind === "create" && this.own.has(entry.id),
    );
  }

  /** Whether the history tells the value of the property. */
  decides(path: NodePath, name: string): boolean {
    return this.decidedNames(path).includes(name);
  }

  /** Whether a newer edit than those of the step gave the property another value, as far as the history tells. */
  isOverridden(path: NodePath, name: string): boolean {
    if (!this.decides(path, name)) return true;
    const { entry, isInEffect } = this.deciderOf(path, name);
    const own = this.lifeOf(path)
      .writes.get(name)
      ?.findLast(({ id }) => this.own.has(id));
    return isInEffect && entry.resultingVersion > (own?.resultingVersion ?? 0);
  }

  /** The node's properties that the step wrote and a newer edit overrides, each with both edits. */
  overridden(path: NodePath): { name: string; own: LogEntry; by: LogEntry }[] {
    return this.decidedNames(path).flatMap((name) => {
      const own = this.lifeOf(path)
        .writes.get(name)
        ?.findLast(({ id }) => this.own.has(id));
      const isTakenBack = own !== undefined && this.isOff(own);
      if (!isTakenBack || !this.isOverridden(path, name)) return [];
      return [{ name, own, by: this.deciderOf(path, name).entry }];
    });
  }

  /** The group that the node was in when it was deleted last. */
  groupsAround(path: NodePath): readonly NodePath[] {
    const [, pageId = ""] = segmentsOf(path);
    return (this.lifeOf(path).lastDeletion?.footprint ?? []).flatMap((touch) => {
      if (touch.kind !== "delete" || touch.path !== path || touch.formerParentId == null) return [];
      return [nodePath("pages", pageId, "elements", touch.formerParentId)];
    });
  }

  /** Gathers what happened to the nodes, to what they are in, and to all in those that the step adds or deletes. */
  private *follow({ nodes, whole }: Touched): Steps<void> {
    yield* forEachInSteps(nodes, (path) => this.watch(path));
    let count = 0;
    for (const entry of this.input.history) {
      const switched = this.switches.get(entry.id);
      for (const touch of entry.footprint) {
        count += 1;
        if (count % STEP_ENTRIES === 0) yield;
        const { kind, path } = touch;
        if (kind !== "read" && isUnder(path, whole)) this.watch(path);
        this.addEvent({ entry, touch, switched });
      }
    }
  }

  private watch(path: NodePath): void {
    if (this.events.has(path)) return;
    this.events.set(path, []);
    for (const around of ancestorsOf(path)) {
      const paths = this.inside.get(around);
      if (paths === undefined) this.inside.set(around, [path]);
      else paths.push(path);
    }
  }

  private addEvent(event: NodeEvent): void {
    const { kind, path } = event.touch;
    this.events.get(path)?.push(event);
    for (const around of ancestorsOf(path)) this.events.get(around)?.push(event);
    if (kind !== "create" && kind !== "delete") return;
    for (const inner of this.inside.get(path) ?? []) this.events.get(inner)?.push(event);
  }

  private switchOf(operationIds: ReadonlySet<string>): Switch {
    const areOn = ![...operationIds].some((id) => this.groups.off.has(id));
    return { operationIds, areOn };
  }

  private lifeOf(path: NodePath): NewestLife {
    const life = this.lives.get(path) ?? newestLife(path, this.events.get(path) ?? [], this.isOff);
    this.lives.set(path, life);
    return life;
  }

  private readonly isOff = ({ id }: LogEntry): boolean => this.groups.off.has(id);

  private decidedNames(path: NodePath): string[] {
    return [...this.lifeOf(path).writes].flatMap(([name, writes]) =>
      !FOLLOWED_ELSEWHERE.has(name) && writes.some(({ id }) => this.switched.has(id)) ? name : [],
    );
  }

  /** The newest edit in effect, else the first one, whose inverse tells the value before it. */
  private deciderOf(path: NodePath, name: string) {
    const writes = this.lifeOf(path).writes.get(name) ?? [];
    const newest = writes.findLast((entry) => !this.isOff(entry));
    return { entry: newest ?? writes[0]!, isInEffect: newest !== undefined };
  }

  private valueOf(path: NodePath, name: string): Json | undefined {
    const { entry, isInEffect } = this.deciderOf(path, name);
    const whole = this.input.whole(entry.id);
    if (isInEffect) return whole?.payload?.[name];
    const before = whole?.inverse.find((content) => setsIt(content, path, name));
    return before?.payload?.[name];
  }
}

function setsIt({ target, payload }: OperationContent, path: NodePath, name: string): boolean {
  return payload !== null && Object.hasOwn(payload, name) && pathOfTarget(target) === path;
}

/** All ids of the lists, of which many may be one and the same. */
function union(lists: readonly Iterable<string>[]): Set<string> {
  const ids = new Set<string>();
  for (const list of new Set(lists)) for (const id of list) ids.add(id);
  return ids;
}

function isUnder(path: NodePath, nodes: ReadonlySet<NodePath>): boolean {
  for (const around of ancestorsOf(path)) if (nodes.has(around)) return true;
  return false;
}
