/** Which edits of texts a history holds that were undone again, so that the texts are as if they had never been. */
import type { LogEntry } from "../history/logEntry.js";
import { aroundNone, type CancelledPair } from "../history/undoLine.js";
import type { NodePath } from "./footprint.js";

/** Ids of operations, each with a name of the pair that it is in. */
export interface CancelledEdits {
  readonly first: ReadonlyMap<string, string>;
  readonly second: ReadonlyMap<string, string>;
  /** The newest operations of pairs, whether or not they edit a text themselves. */
  readonly newest: ReadonlyMap<string, readonly string[]>;
}

/** The edits to take out of the texts of the elements, before an event is undone whose operations are `undoing`. */
export function cancelledEdits(
  history: readonly LogEntry[],
  elements: ReadonlySet<NodePath>,
  undoing: ReadonlySet<string>,
  own: readonly CancelledPair[],
  others: readonly CancelledPair[],
): CancelledEdits {
  const first = new Map<string, string>();
  const second = new Map<string, string>();
  const newest = new Map<string, readonly string[]>();
  if (own.length + others.length === 0) return { first, second, newest };
  const start = history[0]?.resultingVersion ?? 0;
  const skipped = new Map(history.map((entry) => [entry.id, entry.skipped ?? []]));
  const texts = textsChanged(history, elements);
  // What happened to other things is in nobody's way, so each text is looked at by itself.
  for (const path of new Set(texts.values())) {
    const isAt = ({ id }: { readonly id: string }) => texts.get(id) === path;
    const at = (pairs: readonly CancelledPair[]) =>
      pairs.filter((pair) => pair.first.operations.some(isAt) || pair.second.operations.some(isAt));
    const versions = history
      .filter((entry) => undoing.has(entry.id) && isAt(entry))
      .map(({ resultingVersion }) => resultingVersion);
    // Of a batch that began before the history a part was undone that nobody sees here: it stays as others' edits.
    const whole = at(others).filter(({ second }) =>
      second.operations.every(({ id }) =>
        (skipped.get(id) ?? []).every(({ version }) => version >= start),
      ),
    );
    for (const pair of [...at(own), ...aroundNone(whole, versions)]) {
      const name = nameOf(pair);
      for (const { id } of pair.first.operations.filter(isAt)) first.set(id, name);
      for (const { id } of pair.second.operations.filter(isAt)) second.set(id, name);
      const { id = "" } = pair.second.operations.at(-1) ?? {};
      newest.set(id, [...(newest.get(id) ?? []), name]);
    }
  }
  return { first, second, newest };
}

/** Steps that were passed over are in one batch with what was undone behind them. */
function nameOf({ second: { eventId, batchId } }: CancelledPair): string {
  return JSON.stringify([eventId, batchId]);
}

/** The element whose text each operation changed. */
function textsChanged(
  history: readonly LogEntry[],
  elements: ReadonlySet<NodePath>,
): ReadonlyMap<string, NodePath> {
  return new Map(
    history.flatMap(({ id, footprint }) =>
      footprint.flatMap((touch): [string, NodePath][] => {
        const { kind, path } = touch;
        const changes = (kind === "blend" || kind === "write") && touch.properties.includes("text");
        return changes && elements.has(path) ? [[id, path]] : [];
      }),
    ),
  );
}
