/** A caret or a range in the text of an element, and what becomes of it where others edit. */
import { textUnits, type RichText } from "./richText.js";
import type { Delta } from "./delta.js";
import { transformDelta } from "./transformDelta.js";

/** In UTF-16 units of the element's `text`; a length of 0 is a caret. What lies beyond the end means the end. */
export interface TextSelection {
  readonly pageId: string;
  readonly elementId: string;
  readonly index: number;
  readonly length: number;
}

/** Whose edit it is: whoever types goes on behind what they typed, others push the caret only from before it. */
export type EditedBy = "holder" | "other";

/**
 * The selection after a delta on its text. What is inserted inside a range belongs to it, at its edges not; what is
 * deleted leaves it, and a range of which all goes is a caret.
 */
export function selectionAfterDelta<T extends TextSelection>(
  selection: T,
  delta: Delta,
  by: EditedBy,
): T {
  const { index, length } = selection;
  const caret = (position: number): T => {
    const at = positionAfter(position, delta, by === "holder" ? "later" : "earlier");
    return { ...selection, index: at, length: 0 };
  };
  if (length === 0) return caret(index);
  const start = positionAfter(index, delta, "later");
  const end = positionAfter(index + length, delta, "earlier");
  return start === end
    ? caret(index + length)
    : { ...selection, index: start, length: end - start };
}

/** The selection in a text that was set as a whole: as much of it as that has. */
export function selectionWithin<T extends TextSelection>(selection: T, text: RichText): T {
  const units = textUnits(text);
  const index = Math.min(selection.index, units);
  return { ...selection, index, length: Math.min(selection.length, units - index) };
}

/** Where the position is after the delta; `later`: behind what is inserted right there. */
function positionAfter(position: number, delta: Delta, side: "later" | "earlier"): number {
  const mark = { insert: "|" };
  const [first] = transformDelta(
    position === 0 ? [mark] : [{ retain: position }, mark],
    delta,
    side,
  );
  return first !== undefined && "retain" in first ? first.retain : 0;
}
