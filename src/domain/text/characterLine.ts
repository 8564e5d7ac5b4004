/**
 * A text through its history: every character that was ever in it keeps its place on one line, also when it is deleted, only
 * hidden. Edits are told by labels; while the edits of a label are off, the text is meant to be as if they had not been made.
 */
import type { Json, JsonObject } from "../json.js";
import { STEP_ITEMS, type Steps } from "../steps.js";
import type { Delta, DeltaStep } from "./delta.js";
import { keptPieces, removedPieces, takeUnits, type Piece } from "./inversePieces.js";
import { sameJson, withAttributes } from "./richText.js";
import { RunReader, untouched, type Run, type Style } from "./characterRuns.js";
import { transformDelta } from "./transformDelta.js";

/** An edit as it was committed. */
export interface ReplayedEdit {
  readonly label: string;
  readonly delta: Delta;
  /** What leads back from what the delta made. */
  readonly inverse: Delta;
  /** The labels that the edit switched, where it undid or redid others: they are off or on already. */
  readonly switched?: ReadonlySet<string> | undefined;
}

/** What taking back the edits of labels comes to. */
export interface TakenBack {
  /** On the text as it is. */
  readonly delta: Delta;
  /** Labels of what stands before or among it since. */
  readonly changedBy: ReadonlySet<string>;
  /** Labels of the edits that deleted something that it would have deleted or styled. */
  readonly deletedBy: ReadonlySet<string>;
  /** By label of the edit, the attributes of it that stay. */
  readonly overridden: ReadonlyMap<string, ReadonlySet<string>>;
}

export class CharacterLine {
  private runs: readonly Run[] = [untouched];

  /** `off` holds the labels that are off, as it changes. */
  constructor(private readonly off: ReadonlySet<string>) {}

  /** Goes on by an edit. */
  *replay(edit: ReplayedEdit): Steps<void> {
    yield* this.change(edit);
    yield* this.insert(edit);
  }

  /** Replaces the whole text, of which `old` is the inverse's. */
  *set(edit: Omit<ReplayedEdit, "delta" | "inverse">, text: Delta, old: Delta): Steps<void> {
    const units = (delta: Delta) =>
      delta.reduce((sum, step) => sum + ("insert" in step ? step.insert.length : 0), 0);
    const inverse = [...old, { delete: units(text) }];
    yield* this.replay({ ...edit, delta: [...text, { delete: units(old) }], inverse });
  }

  /** Takes back the edits of labels that were just switched, as far as the other edits let it; tells of those that count. */
  *takeBack(labels: ReadonlySet<string>, counts: (label: string) => boolean): Steps<TakenBack> {
    const changes: DeltaStep[] = [];
    const deletedBy = new Set<string>();
    const overridden = new Map<string, Set<string>>();
    let last = -1;
    const runs = [...this.runs];
    const around = new Set<string>();
    for (const [index, run] of runs.entries()) {
      if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
      const isWanted = this.isWanted(run);
      const isTouched = this.isOf(run, labels);
      if (isTouched && isWanted !== run.isHere) {
        last = index;
        if (!isWanted) changes.push({ delete: run.units });
        else changes.push(insertOf(run, this.stylesMeant(run)));
        runs[index] = { ...run, isHere: isWanted };
        continue;
      }
      const styles = run.styles.filter(({ label }) => labels.has(label));
      if (run.isHere) {
        const attributes =
          styles.length === 0 ? {} : this.stylesLeft(run, styles, counts, overridden);
        const isStyled = Object.keys(attributes).length > 0;
        if (isStyled || styles.length > 0) last = index;
        if (isStyled) {
          const all = { ...run.attributes, ...attributes };
          runs[index] = { ...run, attributes: all };
        }
        const { units: retain } = run;
        if (retain < Infinity) changes.push(isStyled ? { retain, attributes } : { retain });
      } else if (labels.has(run.writer ?? "") || styles.length > 0) {
        last = index;
        for (const label of run.deleters) if (counts(label)) deletedBy.add(label);
      }
    }
    this.runs = runs;
    for (let index = 0; index <= last; index += 1) {
      if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
      const { writer = "", deleters } = runs[index]!;
      around.add(writer);
      for (const label of deleters) around.add(label);
    }
    const changedBy = new Set([...[...around].filter(counts), ...overridden.keys()]);
    return { delta: transformDelta(changes, [], "later"), changedBy, deletedBy, overridden };
  }

  /** Hides and styles. */
  private *change({ label, delta, inverse, switched }: ReplayedEdit): Steps<void> {
    const removed = removedPieces(inverse);
    const kept = keptPieces(inverse);
    const runs = new RunReader(this.runs);
    for (const [index, step] of delta.entries()) {
      if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
      if ("insert" in step) continue;
      let left = "retain" in step ? step.retain : step.delete;
      while (left > 0) {
        runs.passHidden();
        const most = Math.min(left, runs.units);
        const piece = takeUnits("retain" in step ? kept : removed, most);
        const run = runs.take(piece.units);
        if ("delete" in step) runs.put(this.hidden(run, piece, label, switched));
        else if (step.attributes === undefined) runs.put(run);
        else runs.put(this.styled(run, step.attributes, piece, label, switched));
        left -= piece.units;
      }
    }
    this.runs = runs.result();
  }

  private hidden(
    run: Run,
    piece: Piece,
    label: string,
    switched: ReadonlySet<string> | undefined,
  ): Run {
    // An undo also takes away what somebody else undid: that stands against nothing when it is wanted again.
    const isTakenBack = this.off.has(run.writer ?? "");
    const isMeant =
      switched !== undefined && (isTakenBack || this.isOf(run, switched)) && !this.isWanted(run);
    const deleters = isMeant ? run.deleters : [...run.deleters, label];
    const attributes = { ...run.attributes, ...piece.attributes };
    return { ...run, isHere: false, text: piece.text ?? run.text, deleters, attributes };
  }

  private styled(
    run: Run,
    changes: JsonObject,
    { attributes: previous = {} }: Piece,
    label: string,
    switched: ReadonlySet<string> | undefined,
  ): Run {
    const before = { ...run.before };
    const styles = [...run.styles];
    for (const [name, value] of Object.entries(changes)) {
      if (!(name in before)) before[name] = valueBefore(name, value, run.attributes, previous);
      const isMeant = run.styles.some((style) => style.name === name && switched?.has(style.label));
      if (!isMeant) styles.push({ label, name, value });
    }
    return { ...run, before, styles, attributes: { ...run.attributes, ...changes } };
  }

  /** Shows again what was hidden, and adds what is new. */
  private *insert({ label, delta, switched }: ReplayedEdit): Steps<void> {
    const runs = new RunReader(this.runs);
    for (const [index, step] of delta.entries()) {
      if (index % STEP_ITEMS === STEP_ITEMS - 1) yield;
      if ("delete" in step) continue;
      if ("insert" in step) {
        const text = this.shown(runs, step.insert, switched);
        if (text === "") continue;
        const { attributes = {} } = step;
        runs.put({ ...untouched, units: text.length, text, writer: label, attributes });
        continue;
      }
      for (let left = step.retain; left > 0;) {
        runs.passHidden();
        const run = runs.take(left);
        runs.put(run);
        left -= run.units;
      }
    }
    this.runs = runs.result();
  }

  /** Shows those of the hidden characters next that come back; answers what else is new. */
  private shown(
    runs: RunReader,
    inserted: string,
    switched: ReadonlySet<string> | undefined,
  ): string {
    let text = inserted;
    if (switched === undefined) return text;
    // What is wanted comes back; with a short history only the text tells what that is.
    for (const isEnough of [(run: Run) => this.isWanted(run), () => true]) {
      const isMeant = (run: Run) =>
        run.text !== undefined &&
        text.startsWith(run.text) &&
        this.isOf(run, switched) &&
        isEnough(run);
      for (; text !== "" && runs.passHiddenTo(isMeant);) {
        const run = runs.take(Infinity);
        runs.put({ ...run, isHere: true });
        text = text.slice(run.units);
      }
    }
    return text;
  }

  private isOf({ writer, deleters }: Run, labels: ReadonlySet<string>): boolean {
    return labels.has(writer ?? "") || deleters.some((label) => labels.has(label));
  }

  /** Whether it is to be seen: what wrote it is on and all that deleted it off. */
  private isWanted({ writer, deleters }: Run): boolean {
    if (writer !== undefined && this.off.has(writer)) return false;
    return deleters.every((label) => this.off.has(label));
  }

  /** What the attributes are to be that anything set. */
  private stylesMeant({ styles, before }: Run): JsonObject {
    const meant: Record<string, Json> = { ...before };
    for (const { label, name, value } of styles) if (!this.off.has(label)) meant[name] = value;
    return meant;
  }

  /** The changes that taking back the styles comes to; notes those of others that stay. */
  private stylesLeft(
    run: Run,
    styles: readonly Style[],
    counts: (label: string) => boolean,
    overridden: Map<string, Set<string>>,
  ): JsonObject {
    const meant = this.stylesMeant(run);
    const changes: Record<string, Json> = {};
    for (const style of styles) {
      const { name } = style;
      for (const later of run.styles.slice(run.styles.indexOf(style) + 1)) {
        if (later.name !== name || !counts(later.label)) continue;
        overridden.set(later.label, (overridden.get(later.label) ?? new Set()).add(name));
      }
      const value = meant[name] ?? null;
      if (!sameJson(value, run.attributes[name] ?? null)) changes[name] = value;
    }
    return changes;
  }
}

/** What the attribute was: an inverse names only those that differ from what was set. */
function valueBefore(name: string, set: Json, known: JsonObject, previous: JsonObject): Json {
  if (name in known) return known[name] ?? null;
  return name in previous ? (previous[name] ?? null) : set;
}

function insertOf({ text = "", attributes }: Run, styles: JsonObject): DeltaStep {
  const kept = withAttributes(undefined, { ...attributes, ...styles });
  return kept === undefined ? { insert: text } : { insert: text, attributes: kept };
}
