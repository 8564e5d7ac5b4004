/**
 * A text through its history: every character that was ever in it keeps its place on one line, also when it is deleted, only
 * hidden. Edits are told by labels; while the edits of a label are off, the text is meant to be as if they had not been made.
 */
import type { Json, JsonObject } from "../json.js";
import type { Delta, DeltaStep } from "./delta.js";
import { keptPieces, removedPieces, takeUnits, type Piece } from "./inversePieces.js";
import { sameJson, withAttributes } from "./richText.js";
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

interface Style {
  readonly label: string;
  readonly name: string;
  readonly value: Json;
}

/** Characters of one history. */
interface Run {
  readonly units: number;
  /** Known of what was inserted or deleted. */
  readonly text: string | undefined;
  readonly isHere: boolean;
  readonly writer: string | undefined;
  readonly deleters: readonly string[];
  /** Oldest first. */
  readonly styles: readonly Style[];
  /** Of the attributes in `styles`, what they were before; null for none. */
  readonly before: JsonObject;
  /** What the attributes are, or were when it was hidden, as far as that is known. */
  readonly attributes: JsonObject;
}

/** The text that no edit reached, of unknown length. */
const untouched: Run = {
  units: Infinity,
  text: undefined,
  isHere: true,
  writer: undefined,
  deleters: [],
  styles: [],
  before: {},
  attributes: {},
};

export class CharacterLine {
  private readonly runs: Run[] = [untouched];

  /** `off` holds the labels that are off, as it changes. */
  constructor(private readonly off: ReadonlySet<string>) {}

  /** Goes on by an edit. */
  replay(edit: ReplayedEdit): void {
    this.change(edit);
    this.insert(edit);
  }

  /** Replaces the whole text, of which `old` is the inverse's. */
  set(edit: Omit<ReplayedEdit, "delta" | "inverse">, text: Delta, old: Delta): void {
    const units = (delta: Delta) =>
      delta.reduce((sum, step) => sum + ("insert" in step ? step.insert.length : 0), 0);
    const inverse = [...old, { delete: units(text) }];
    this.replay({ ...edit, delta: [...text, { delete: units(old) }], inverse });
  }

  /** Takes back the edits of labels that were just switched, as far as the other edits let it; tells of those that count. */
  takeBack(labels: ReadonlySet<string>, counts: (label: string) => boolean): TakenBack {
    const changes: DeltaStep[] = [];
    const deletedBy = new Set<string>();
    const overridden = new Map<string, Set<string>>();
    let last = -1;
    for (const [index, run] of this.runs.entries()) {
      const isWanted = this.isWanted(run);
      const isTouched = this.isOf(run, labels);
      if (isTouched && isWanted !== run.isHere) {
        last = index;
        if (!isWanted) changes.push({ delete: run.units });
        else changes.push(insertOf(run, this.stylesMeant(run)));
        this.runs[index] = { ...run, isHere: isWanted };
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
          this.runs[index] = { ...run, attributes: all };
        }
        const { units: retain } = run;
        if (retain < Infinity) changes.push(isStyled ? { retain, attributes } : { retain });
      } else if (labels.has(run.writer ?? "") || styles.length > 0) {
        last = index;
        for (const label of run.deleters) if (counts(label)) deletedBy.add(label);
      }
    }
    const around = this.runs.slice(0, last + 1);
    const labelsAround = around.flatMap(({ writer, deleters }) => [writer ?? "", ...deleters]);
    const changedBy = new Set([...labelsAround.filter(counts), ...overridden.keys()]);
    return { delta: transformDelta(changes, [], "later"), changedBy, deletedBy, overridden };
  }

  /** Hides and styles. */
  private change({ label, delta, inverse, switched }: ReplayedEdit): void {
    const removed = removedPieces(inverse);
    const kept = keptPieces(inverse);
    let index = 0;
    for (const step of delta) {
      if ("insert" in step) continue;
      let left = "retain" in step ? step.retain : step.delete;
      while (left > 0) {
        while (this.runs[index]?.isHere === false) index += 1;
        const most = Math.min(left, this.runs[index]?.units ?? 0);
        const piece = takeUnits("retain" in step ? kept : removed, most);
        this.split(index, piece.units);
        const run = this.runs[index]!;
        if ("delete" in step) this.runs[index] = this.hidden(run, piece, label, switched);
        else if (step.attributes !== undefined) {
          this.runs[index] = this.styled(run, step.attributes, piece, label, switched);
        }
        left -= piece.units;
        index += 1;
      }
    }
  }

  private hidden(
    run: Run,
    piece: Piece,
    label: string,
    switched: ReadonlySet<string> | undefined,
  ): Run {
    const isMeant = switched !== undefined && this.isOf(run, switched) && !this.isWanted(run);
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
  private insert({ label, delta, switched }: ReplayedEdit): void {
    let index = 0;
    for (const step of delta) {
      if ("delete" in step) continue;
      if ("insert" in step) {
        const { end, text } = this.shown(index, step.insert, switched);
        index = end;
        if (text === "") continue;
        const { attributes = {} } = step;
        const fresh = { ...untouched, units: text.length, text, writer: label, attributes };
        this.runs.splice(index, 0, fresh);
        index += 1;
        continue;
      }
      for (let left = step.retain; left > 0; index += 1) {
        if (this.runs[index]?.isHere === false) continue;
        this.split(index, left);
        left -= this.runs[index]?.units ?? left;
      }
    }
  }

  /** Shows of the characters that are hidden at the index those that come back; answers where they end and what else is new. */
  private shown(index: number, inserted: string, switched: ReadonlySet<string> | undefined) {
    let [end, text] = [index, inserted];
    if (switched === undefined) return { end, text };
    // What is wanted comes back; with a short history only the text tells what that is.
    for (const isEnough of [(run: Run) => this.isWanted(run), () => true]) {
      for (let at = end; text !== "" && this.runs[at]?.isHere === false; at += 1) {
        const run = this.runs[at]!;
        if (!this.isOf(run, switched) || !isEnough(run)) continue;
        if (run.text === undefined || !text.startsWith(run.text)) continue;
        this.runs[at] = { ...run, isHere: true };
        text = text.slice(run.units);
        end = at + 1;
      }
    }
    return { end, text };
  }

  private split(index: number, units: number): void {
    const run = this.runs[index]!;
    if (run.units <= units) return;
    const [text, rest] = [run.text?.slice(0, units), run.text?.slice(units)];
    const after = { ...run, units: run.units - units, text: rest };
    this.runs.splice(index, 1, { ...run, units, text }, after);
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
