/** The text edits of one batch, rebased one after the other over those that were committed since. */
import { canonicalJson } from "../document/canonicalJson.js";
import type { Json } from "../json.js";
import type { Delta } from "../text/delta.js";
import { remainingDelta } from "../text/remainingDelta.js";
import { transformDelta } from "../text/transformDelta.js";

/** Edits whose formatting one delta overrides are named up to this many, the newest. */
const OVERRIDDEN_NAMED_MAX = 100;

interface Committed {
  readonly id: string;
  delta: Delta;
}

/** An edit of others, and which attributes of it stay. */
export interface Overridden {
  readonly id: string;
  readonly attributes: readonly string[];
}

/** What others' edits leave of a delta that takes something back. */
export interface InverseRebased {
  readonly delta: Delta;
  /** Ids of the edits that changed it. */
  readonly changedBy: readonly string[];
  /** Ids of the edits that deleted something that it would have deleted or styled. */
  readonly deletedBy: readonly string[];
  readonly overridden: readonly Overridden[];
}

interface Rebased extends InverseRebased {
  /** Ids of the edits of which it overwrites, removes or deletes formatting. */
  readonly overrides: readonly string[];
}

/** The concurrent edits of one text, kept as they look to the next operation of the batch. */
export class TextRebase {
  private readonly committed: Committed[];

  /** The committed edits, oldest first. */
  constructor(edits: readonly { readonly id: string; readonly delta: Delta }[] = []) {
    this.committed = edits.map(({ id, delta }) => ({ id, delta }));
  }

  /** How many edits it holds. */
  get size(): number {
    return this.committed.length;
  }

  /** Adds an edit that is older than all others. */
  prepend(id: string, delta: Delta): void {
    this.committed.unshift({ id, delta });
  }

  /**
   * Takes an edit out of what the oldest so many edits were made on, as if it had not been: `inverse` undoes it on the
   * state right after it. Returns what undoes it on the state after those edits, as far as others had not set
   * attributes since.
   */
  exclude(inverse: Delta, count: number): Delta {
    let undoing = inverse;
    for (const theirs of this.committed.slice(0, count)) {
      const later = transformDelta(undoing, theirs.delta, "later", "earlier");
      theirs.delta = transformDelta(theirs.delta, undoing, "earlier", "later");
      undoing = later;
    }
    return undoing;
  }

  /** Leaves of the edit behind the oldest so many what is left to do of it after `done`. */
  reduce(count: number, done: Delta): void {
    const edit = this.committed[count];
    if (edit !== undefined) edit.delta = remainingDelta(done, edit.delta);
  }

  /** Adds an edit behind the oldest so many. */
  insert(count: number, id: string, delta: Delta): void {
    this.committed.splice(count, 0, { id, delta });
  }

  /**
   * The delta as it has to be applied at the head, with the ids of the edits that changed it, and of those whose formatting it
   * overwrites, removes or deletes.
   */
  next(delta: Delta): Pick<Rebased, "delta" | "changedBy" | "overrides"> {
    const { overrides, ...rebased } = this.rebased(delta, () => false);
    return { ...rebased, overrides: overrides.slice(-OVERRIDDEN_NAMED_MAX) };
  }

  /**
   * As `next`, for a delta that takes something back: an attribute that others set since, by an edit in effect, stays
   * theirs. Also tells what of it could not be: what others deleted, and which attributes of theirs stay.
   */
  nextInverse(delta: Delta, isInEffect: (editId: string) => boolean): InverseRebased {
    return this.rebased(delta, isInEffect);
  }

  private rebased(delta: Delta, stays: (editId: string) => boolean): Rebased {
    const changedBy: string[] = [];
    const overrides: string[] = [];
    const deletedBy: string[] = [];
    const overridden: Overridden[] = [];
    // In normal form, so that only what the others did counts as a change.
    let mine = transformDelta(delta, [], "later");
    for (const theirs of this.committed) {
      const staying = stays(theirs.id);
      const over = transformDelta(mine, theirs.delta, "later");
      const later = staying ? transformDelta(mine, theirs.delta, "later", "earlier") : over;
      if (unitsChanged(over) < unitsChanged(mine)) deletedBy.push(theirs.id);
      const names = attributesLost(over, later);
      if (names.length > 0) overridden.push({ id: theirs.id, attributes: names });
      const attributes = staying ? "later" : "earlier";
      const left = transformDelta(theirs.delta, mine, "earlier", attributes);
      if (attributesLost(theirs.delta, left).length > 0) overrides.push(theirs.id);
      theirs.delta = left;
      if (!sameDelta(later, mine)) changedBy.push(theirs.id);
      mine = later;
    }
    return { delta: mine, changedBy, deletedBy, overridden, overrides };
  }
}

/** How many units a delta deletes or styles. */
function unitsChanged(delta: Delta): number {
  let units = 0;
  for (const step of delta) {
    if ("delete" in step) units += step.delete;
    else if ("retain" in step && step.attributes !== undefined) units += step.retain;
  }
  return units;
}

/** The attributes that a delta sets on more units than what is left of it. */
function attributesLost(delta: Delta, left: Delta): string[] {
  if (delta === left) return [];
  const before = unitsByAttribute(delta);
  const after = unitsByAttribute(left);
  return [...before].flatMap(([name, units]) => (units > (after.get(name) ?? 0) ? name : []));
}

function unitsByAttribute(delta: Delta): ReadonlyMap<string, number> {
  const units = new Map<string, number>();
  for (const step of delta) {
    if (!("retain" in step)) continue;
    for (const name of Object.keys(step.attributes ?? {})) {
      units.set(name, (units.get(name) ?? 0) + step.retain);
    }
  }
  return units;
}

function sameDelta(a: Delta, b: Delta): boolean {
  return canonicalJson(a as unknown as Json) === canonicalJson(b as unknown as Json);
}
