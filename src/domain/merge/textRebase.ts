/** The text edits of one batch, rebased one after the other over those that were committed since. */
import { canonicalJson } from "../document/json/canonicalJson.js";
import type { Json } from "../json.js";
import type { Delta } from "../text/delta.js";
import { transformDelta } from "../text/transformDelta.js";

/** Edits whose formatting one delta overrides are named up to this many, the newest. */
const OVERRIDDEN_NAMED_MAX = 100;

interface Committed {
  readonly id: string;
  delta: Delta;
}

interface Rebased {
  readonly delta: Delta;
  /** Ids of the edits that changed it. */
  readonly changedBy: readonly string[];
  /** Ids of the edits of which it overwrites, removes or deletes formatting, the newest. */
  readonly overrides: readonly string[];
}

/** The concurrent edits of one text, kept as they look to the next operation of the batch. */
export class TextRebase {
  private readonly committed: Committed[];

  /** The committed edits, oldest first. */
  constructor(edits: readonly { readonly id: string; readonly delta: Delta }[] = []) {
    this.committed = edits.map(({ id, delta }) => ({ id, delta }));
  }

  /** The delta as it has to be applied at the head. */
  next(delta: Delta): Rebased {
    const changedBy: string[] = [];
    const overrides: string[] = [];
    // In normal form, so that only what the others did counts as a change.
    let mine = transformDelta(delta, [], "later");
    for (const theirs of this.committed) {
      const later = transformDelta(mine, theirs.delta, "later");
      const left = transformDelta(theirs.delta, mine, "earlier");
      if (attributesLost(theirs.delta, left).length > 0) overrides.push(theirs.id);
      theirs.delta = left;
      if (!sameDelta(later, mine)) changedBy.push(theirs.id);
      mine = later;
    }
    return { delta: mine, changedBy, overrides: overrides.slice(-OVERRIDDEN_NAMED_MAX) };
  }
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
