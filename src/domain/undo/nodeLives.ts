/**
 * The lives of one node in a history: a node that is added anew under an id that was free is another one, and one that an
 * undo or redo brings back goes on with the life that it had.
 */
import type { LogEntry } from "../history/logEntry.js";
import { registersOf, type NodePath, type Touch } from "../operations/footprint.js";

/** A touch of a node or of something in it, or the creation or deletion of what it is in. */
export interface NodeEvent {
  readonly entry: LogEntry;
  readonly touch: Touch;
  /** What the entry undoes or redoes; undefined where it is an edit of its own. */
  readonly switched: Switch | undefined;
}

/** Edits that were taken back, or taken again. */
export interface Switch {
  readonly operationIds: ReadonlySet<string>;
  readonly areOn: boolean;
}

export interface NodeLife {
  /** The edit that added the node; undefined where the history begins later. */
  readonly creator: LogEntry | undefined;
  /** By property the edits that wrote it, oldest first, undone ones included. */
  readonly writes: Map<string, LogEntry[]>;
  /** The edits that deleted it, undone ones included. */
  readonly deleters: LogEntry[];
  /** The edits that changed it or something in it, or needed it, oldest first, undone ones included. */
  readonly users: LogEntry[];
  /** The row of the log that brought it where it is last: an edit, an undo or a redo. */
  lastCreation: LogEntry | undefined;
  lastDeletion: LogEntry | undefined;
  /** What was deleted when it ended: the node, or what it was in. */
  endedWith: NodePath | undefined;
}

/** The life that a node has now or had last, and those of others that had its id. */
export interface NewestLife extends NodeLife {
  readonly others: readonly NodeLife[];
}

/** The newest life of a node, from its events, oldest first; `isOff` tells which edits are taken back. */
export function newestLife(
  path: NodePath,
  events: readonly NodeEvent[],
  isOff: (edit: LogEntry) => boolean,
): NewestLife {
  const lives: NodeLife[] = [lifeFrom(undefined)];
  let current = lives[0]!;
  for (const { entry, touch, switched } of events) {
    if (isInside(touch, path)) {
      if (switched === undefined) current.users.push(entry);
      continue;
    }
    switch (touch.kind) {
      case "create": {
        const next =
          switched === undefined
            ? lifeFrom(entry)
            : resumed(touch.path === path ? lives : endedWith(lives, touch), switched, isOff);
        // What it was in comes back without it where it was deleted on its own before.
        if (next === undefined) break;
        if (switched === undefined) lives.push(next);
        current = next;
        current.lastCreation = entry;
        current.endedWith = undefined;
        break;
      }
      case "delete":
        if (current.endedWith !== undefined) break;
        if (switched === undefined) current.deleters.push(entry);
        current.lastDeletion = entry;
        current.endedWith = touch.path;
        break;
      case "write":
      case "blend":
      case "read":
        if (switched !== undefined) break;
        current.users.push(entry);
        if (touch.kind !== "read") addWrite(current, entry, registersOf(touch));
    }
  }
  return { ...current, others: lives.filter((life) => life !== current) };
}

function lifeFrom(creator: LogEntry | undefined): NodeLife {
  const writes = new Map<string, LogEntry[]>();
  return {
    creator,
    writes,
    deleters: [],
    users: [],
    lastCreation: creator,
    lastDeletion: undefined,
    endedWith: undefined,
  };
}

function isInside(touch: Touch, path: NodePath): boolean {
  return touch.path.length > path.length && touch.path.startsWith(`${path}/`);
}

function endedWith(lives: readonly NodeLife[], { path }: Touch): NodeLife[] {
  return lives.filter((life) => life.endedWith === path);
}

function addWrite({ writes }: NodeLife, entry: LogEntry, names: readonly string[]): void {
  for (const name of names) {
    const entries = writes.get(name);
    if (entries === undefined) writes.set(name, [entry]);
    else entries.push(entry);
  }
}

/**
 * The life that goes on: of edits that are taken again one that they began, else one that they ended. A step may also
 * complete another's: then it is one that nothing in effect ended.
 */
function resumed(
  lives: readonly NodeLife[],
  { operationIds, areOn }: Switch,
  isOff: (edit: LogEntry) => boolean,
): NodeLife | undefined {
  const isAbout = ({ creator, deleters }: NodeLife) =>
    areOn
      ? creator !== undefined && operationIds.has(creator.id)
      : deleters.some(({ id }) => operationIds.has(id));
  const hasEnded = ({ lastDeletion }: NodeLife) => lastDeletion !== undefined;
  const isDue = (life: NodeLife) =>
    hasEnded(life) &&
    !(life.creator !== undefined && isOff(life.creator)) &&
    life.deleters.every(isOff);
  return (
    lives.findLast((life) => isAbout(life) && isDue(life)) ??
    lives.findLast(isAbout) ??
    lives.findLast(isDue) ??
    lives.findLast(hasEnded) ??
    lives.at(-1)
  );
}
