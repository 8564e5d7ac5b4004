/**
 * Appends operations each in its place. A neighbour that others deleted since is not there to be placed above: what was to
 * go there takes its place among those that are left, right above the nearest below it. So does what comes back from being
 * deleted or moved, also where others moved its neighbour.
 */
import type { Document } from "../../document/document.js";
import type { Appender, IncomingOperation } from "../../history/append.js";
import type { OperationContent, OperationResult } from "../../operations/operation.js";
import { success } from "../../result.js";
import type { Steps } from "../../steps.js";
import type { CollisionIndex } from "../collide.js";
import { FormerPlaces, type OrderChange } from "./formerPlaces.js";
import type { Placing } from "../../operations/hooks.js";
import { listPathOf, placingOf } from "../../operations/traits.js";
import {
  nodePath,
  PLACE,
  registersOf,
  type Footprint,
  type NodePath,
} from "../../operations/footprint.js";

export interface PlacedRowsInput {
  readonly appender: Appender;
  /** What was committed since the operations were made, oldest first. */
  readonly history: readonly { readonly id: string; readonly footprint: Footprint }[];
  /** Of that what is in effect. */
  readonly index: CollisionIndex;
  /** Whether the batch itself created the node. */
  readonly isOwn: (path: NodePath) => boolean;
  /** The inverse of a committed operation; undefined where it has to be read first. */
  readonly inverseOf: (operationId: string) => readonly OperationContent[] | undefined;
}

/** A row that was appended: as its client meant it, which committed operation it undoes, and what went with it. */
interface Row {
  readonly content: OperationContent;
  readonly restores: string | undefined;
  readonly gone: readonly string[];
}

/** What brings something back; `restores` is the committed operation of whose inverse it is a part. */
export interface Restoring extends OperationContent {
  readonly restores?: string;
}

/** A moment between two rows. */
interface PlacedRowsMark {
  readonly rows: number;
  readonly appender: ReturnType<Appender["mark"]>;
}

export class PlacedRows {
  private readonly lists = new Map<NodePath, FormerPlaces>();
  private readonly rows: Row[] = [];
  private readonly start: Document;
  private changed: ReadonlyMap<NodePath, readonly Entry[]> | undefined;

  constructor(private readonly input: PlacedRowsInput) {
    this.start = input.appender.document;
  }

  /**
   * As `Appender.addSteps`, in its place; `restores` is the committed operation of whose inverse the content is a part. Adds
   * nothing where something has to be read first.
   */
  *add(
    sent: IncomingOperation,
    content: OperationContent,
    transformedFrom: readonly string[] = [],
    restores?: string,
  ): Steps<OperationResult<undefined>> {
    const { appender } = this.input;
    const placed = this.placed(content, restores);
    if (placed === undefined) return success(undefined);
    const from =
      placed.changedBy.length === 0
        ? transformedFrom
        : [...new Set([...transformedFrom, ...placed.changedBy])];
    // What comes back was not asked for in any other form.
    const asked = restores === undefined ? sent : { ...sent, ...placed.content };
    const added = yield* appender.addSteps(asked, placed.content, from);
    if (!added.ok) return added;
    const path = listPathOf(content);
    if (path === undefined) return added;
    const row = { content, restores, gone: deletedIn(path, appender) };
    this.rows.push(row);
    const list = this.lists.get(path);
    if (list !== undefined) note(list, row);
    return added;
  }

  /** What `backTo` goes back to. */
  mark(): PlacedRowsMark {
    return { rows: this.rows.length, appender: this.input.appender.mark() };
  }

  /** Takes back what was added since the mark. */
  backTo({ rows, appender }: PlacedRowsMark): void {
    this.input.appender.backTo(appender);
    if (this.rows.length === rows) return;
    this.rows.length = rows;
    this.lists.clear();
  }

  /** The content above a neighbour that is there; undefined where something has to be read first. */
  private placed(
    content: OperationContent,
    restores: string | undefined,
  ): { readonly content: OperationContent; readonly changedBy: readonly string[] } | undefined {
    const placing = placingOf(content);
    const path = listPathOf(content);
    if (path === undefined || placing === undefined || "order" in placing) {
      return { content, changedBy: [] };
    }
    const { id, afterId } = placing;
    const changedBy = typeof afterId === "string" ? this.whoTook(path, afterId, restores) : [];
    if (changedBy.length === 0 && !(restores !== undefined && this.lists.has(path))) {
      return { content, changedBy };
    }
    const list = this.listAt(path);
    if (list === undefined) return undefined;
    const neighbour =
      restores === undefined
        ? list.neighbourInPlaceOf(afterId!, id)
        : list.formerNeighbour(restores, id);
    if (neighbour === undefined || neighbour === afterId) return { content, changedBy: [] };
    const { type, target, payload } = content;
    return { content: { type, target, payload: { ...payload, afterId: neighbour } }, changedBy };
  }

  /** Ids of the operations that took the neighbour away; of what comes back, also those that moved it. */
  private whoTook(path: NodePath, afterId: string, restores: string | undefined): string[] {
    const node = path + nodePath(afterId);
    if (this.input.isOwn(node)) return [];
    return (this.input.index.at.get(node) ?? []).flatMap(
      ({ operationId, deletes, creates, writes, blends }) => {
        const moves =
          restores !== undefined && (creates || writes.includes(PLACE) || blends.includes(PLACE));
        return deletes || moves ? operationId : [];
      },
    );
  }

  /** The list with its former places; undefined where something has to be read first. */
  private listAt(path: NodePath): FormerPlaces | undefined {
    const known = this.lists.get(path);
    if (known !== undefined) return known;
    this.changed ??= changesByList(this.input.history);
    const changes: OrderChange[] = [];
    let isRead = true;
    for (const { id, created, tookAway } of (this.changed.get(path) ?? []).toReversed()) {
      const inverse = tookAway ? this.input.inverseOf(id) : [];
      if (inverse === undefined) isRead = false;
      else changes.push({ operationId: id, created, inverse: placingsIn(path, inverse) });
    }
    if (!isRead) return undefined;
    const list = new FormerPlaces(orderAt(this.start, path), changes);
    for (const row of this.rows) if (listPathOf(row.content) === path) note(list, row);
    this.lists.set(path, list);
    return list;
  }
}

/** What a committed operation did to one list. */
interface Entry {
  readonly id: string;
  readonly created: string[];
  tookAway: boolean;
}

function changesByList(
  history: PlacedRowsInput["history"],
): ReadonlyMap<NodePath, readonly Entry[]> {
  const lists = new Map<NodePath, Entry[]>();
  const entryIn = (path: NodePath, id: string): Entry => {
    const entries = lists.get(path) ?? [];
    lists.set(path, entries);
    const last = entries.at(-1);
    if (last?.id === id) return last;
    const entry = { id, created: [], tookAway: false };
    entries.push(entry);
    return entry;
  };
  for (const { id, footprint } of history) {
    for (const touch of footprint) {
      const { kind, path } = touch;
      const orders = registersOf(touch).includes(PLACE);
      if (kind === "blend" && orders && path === "/pages") entryIn(path, id).tookAway = true;
      const end = path.lastIndexOf("/");
      if (end <= 0 || kind === "read" || kind === "write") continue;
      if (kind === "create") entryIn(path.slice(0, end), id).created.push(lastSegment(path, end));
      else if (kind === "delete" || orders) entryIn(path.slice(0, end), id).tookAway = true;
    }
  }
  return lists;
}

function lastSegment(path: NodePath, end: number): string {
  return path
    .slice(end + 1)
    .replaceAll("~1", "/")
    .replaceAll("~0", "~");
}

function placingsIn(path: NodePath, inverse: readonly OperationContent[]): Placing[] {
  return inverse.flatMap((content) =>
    listPathOf(content) === path ? (placingOf(content) ?? []) : [],
  );
}

function orderAt({ pages, audioLayers }: Document, path: NodePath): readonly string[] {
  if (path === "/pages") return pages.order;
  if (path === "/audioLayers") return audioLayers.order;
  const [collection, id = ""] = path.slice(1).split("/");
  const key = id.replaceAll("~1", "/").replaceAll("~0", "~");
  return collection === "pages"
    ? (pages.items.get(key)?.elements.order ?? [])
    : (audioLayers.items.get(key)?.clips.order ?? []);
}

/** What the newest row took out of the list. */
function deletedIn(path: NodePath, { appended }: Appender): string[] {
  return appended.operations
    .at(-1)!
    .footprint.flatMap((touch) =>
      touch.kind === "delete" && touch.path.lastIndexOf("/") === path.length
        ? lastSegment(touch.path, path.length)
        : [],
    );
}

/** What the row did to the list, once it is appended. */
function note(list: FormerPlaces, { content, restores, gone }: Row): void {
  for (const id of gone) list.gone(id);
  const placing = placingOf(content);
  if (placing === undefined) return;
  if ("order" in placing) list.reordered(placing.order);
  else if (restores === undefined) list.placed(placing);
  else list.cameBack(restores, placing.id);
}
