/** The text edits of one batch, rebased one after the other over those that were committed since. */
import { canonicalJson } from "../document/canonicalJson.js";
import type { Json } from "../json.js";
import type { Delta } from "../text/delta.js";
import { transformDelta } from "../text/transformDelta.js";

interface Committed {
  readonly id: string;
  delta: Delta;
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
   * state right after it, and after those edits something undid it.
   */
  exclude(inverse: Delta, count: number): void {
    let undoing = inverse;
    for (const theirs of this.committed.slice(0, count)) {
      const later = transformDelta(undoing, theirs.delta, "later");
      theirs.delta = transformDelta(theirs.delta, undoing, "earlier");
      undoing = later;
    }
  }

  /** The delta as it has to be applied at the head, with the ids of the edits that changed it. */
  next(delta: Delta): { readonly delta: Delta; readonly changedBy: readonly string[] } {
    const changedBy: string[] = [];
    // In normal form, so that only what the others did counts as a change.
    let mine = transformDelta(delta, [], "later");
    for (const theirs of this.committed) {
      const later = transformDelta(mine, theirs.delta, "later");
      theirs.delta = transformDelta(theirs.delta, mine, "earlier");
      if (!sameDelta(later, mine)) changedBy.push(theirs.id);
      mine = later;
    }
    return { delta: mine, changedBy };
  }
}

function sameDelta(a: Delta, b: Delta): boolean {
  return canonicalJson(a as unknown as Json) === canonicalJson(b as unknown as Json);
}
