/** From a transaction's patches, in code points, to the one delta that they amount to, in UTF-16 units. */
import type { Delta, DeltaStep } from "../../src/domain/text/delta.js";
import type { Patch } from "./traceFile.js";

const BEYOND = "the trace edits beyond the end: the text is not the one that it was made on";

/** A stretch of the text as it is by now: kept from the text before, or inserted. */
type Piece =
  | { readonly kept: number; readonly units: number }
  | { readonly inserted: string; readonly units: number };

/**
 * `isBasic`: no character takes two units, which spares counting. Throws where a patch reaches beyond the end: then
 * the text is not the one that the trace was made on.
 */
export function patchDelta(text: string, patches: readonly Patch[], isBasic: boolean): Delta {
  let current = text;
  let pieces: Piece[] = [{ kept: 0, units: text.length }];
  for (const patch of patches) {
    const { inserted } = patch;
    const { from, to } = unitRange(current, patch, isBasic);
    pieces = [
      ...slice(pieces, 0, from),
      { inserted, units: inserted.length },
      ...slice(pieces, to, current.length),
    ];
    current = current.slice(0, from) + inserted + current.slice(to);
  }
  return deltaOf(pieces, text.length);
}

/** The text after one patch. */
export function patched(text: string, patch: Patch, isBasic: boolean): string {
  const { from, to } = unitRange(text, patch, isBasic);
  return text.slice(0, from) + patch.inserted + text.slice(to);
}

/** What the patch replaces. */
function unitRange(text: string, { at, deleted }: Patch, isBasic: boolean) {
  if (isBasic) {
    if (at + deleted > text.length) throw new Error(BEYOND);
    return { from: at, to: at + deleted };
  }
  const from = unitOffset(text, 0, at);
  return { from, to: unitOffset(text, from, deleted) };
}

/** The offset in units that lies so many code points after another. */
function unitOffset(text: string, from: number, codePoints: number): number {
  let offset = from;
  for (let left = codePoints; left > 0; left -= 1) {
    const point = text.codePointAt(offset);
    if (point === undefined) throw new Error(BEYOND);
    offset += point > 0xffff ? 2 : 1;
  }
  return offset;
}

/** The pieces between two offsets in the text that they make up. */
function slice(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const result: Piece[] = [];
  let offset = 0;
  for (const piece of pieces) {
    const start = Math.max(from, offset) - offset;
    const end = Math.min(to, offset + piece.units) - offset;
    offset += piece.units;
    if (start >= end) continue;
    if ("kept" in piece) result.push({ kept: piece.kept + start, units: end - start });
    else result.push({ inserted: piece.inserted.slice(start, end), units: end - start });
  }
  return result;
}

function deltaOf(pieces: readonly Piece[], units: number): Delta {
  const delta: DeltaStep[] = [];
  let reached = 0;
  let inserted = "";
  const insert = () => {
    if (inserted !== "") delta.push({ insert: inserted });
    inserted = "";
  };
  for (const piece of [...pieces, { kept: units, units: 0 }]) {
    if ("inserted" in piece) {
      inserted += piece.inserted;
      continue;
    }
    // What was typed over something stands before what it replaced, so neighbours' text stays where it was.
    if (piece.kept > reached || piece.units > 0 || piece.kept === units) insert();
    if (piece.kept > reached) delta.push({ delete: piece.kept - reached });
    if (piece.units > 0) delta.push({ retain: piece.units });
    reached = piece.kept + piece.units;
  }
  const last = delta.at(-1);
  if (last !== undefined && "retain" in last) delta.pop();
  return delta;
}
