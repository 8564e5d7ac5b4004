/** What an inverse tells of the text before: what was deleted of it, and what attributes the rest had. */
import type { JsonObject } from "../json.js";
import type { Delta } from "./delta.js";

/** Characters next to each other; `text` is known of those that were deleted. */
export interface Piece {
  readonly units: number;
  readonly text?: string;
  /** Of those that were kept only what was changed; null for none. */
  readonly attributes?: JsonObject | undefined;
}

/** What was deleted, the last first. */
export function removedPieces(inverse: Delta): Piece[] {
  return inverse
    .flatMap((step): Piece[] => {
      if (!("insert" in step)) return [];
      return [{ units: step.insert.length, text: step.insert, attributes: step.attributes }];
    })
    .toReversed();
}

/** What was kept, the last first. */
export function keptPieces(inverse: Delta): Piece[] {
  return inverse
    .flatMap((step): Piece[] =>
      "retain" in step ? [{ units: step.retain, attributes: step.attributes }] : [],
    )
    .toReversed();
}

/** Takes the next piece, at most so many units of it. Beyond the end nothing was changed. */
export function takeUnits(pieces: Piece[], units: number): Piece {
  const next = pieces.pop();
  if (next === undefined) return { units };
  if (next.units <= units) return next;
  const { text, ...rest } = next;
  const [taken, left] =
    text === undefined ? [{}, {}] : [{ text: text.slice(0, units) }, { text: text.slice(units) }];
  pieces.push({ ...rest, ...left, units: next.units - units });
  return { ...rest, ...taken, units };
}
