/** The difference of two plain texts, in whole characters: half a surrogate pair is never kept, inserted or deleted. */

/** A stretch of the way from one text to the other: `units` of the old text, for inserts of the new one (UTF-16). */
export interface TextEdit {
  readonly kind: "keep" | "insert" | "delete";
  readonly units: number;
}

/** Beyond so many inserted and deleted characters the search costs more than a finer difference is worth. */
const editsMax = 400;

/** Bounds editsMax for long texts, as edits × characters: repetitive ones can take that many steps. */
const stepsMax = 20_000_000;

/** The edits in order, covering both texts; few, and fewest where that takes no more than `editsMax` characters. */
export function textEdits(from: string, to: string): TextEdit[] {
  const start = commonStart(from, to);
  const end = commonEnd(from, to, start);
  const before = Array.from(from.slice(start, from.length - end));
  const after = Array.from(to.slice(start, to.length - end));
  const edits: TextEdit[] = [];
  push(edits, "keep", start);
  for (const { kind, units } of shortestEdits(before, after) ?? replacement(before, after)) {
    push(edits, kind, units);
  }
  push(edits, "keep", end);
  return edits;
}

function replacement(before: readonly string[], after: readonly string[]): TextEdit[] {
  return [
    { kind: "insert", units: after.join("").length },
    { kind: "delete", units: before.join("").length },
  ];
}

/** The fewest inserts and deletes (Myers 1986), undefined where there are more than `editsMax`. */
function shortestEdits(
  before: readonly string[],
  after: readonly string[],
): TextEdit[] | undefined {
  const n = before.length;
  const m = after.length;
  if (n === 0 || m === 0) return undefined;
  if (Math.abs(n - m) > editsMax) return undefined;
  const reachMax = Math.min(n + m, editsMax, Math.ceil(stepsMax / (n + m)));
  /** How far into `before` each diagonal (place in `before` minus place in `after`) got; the index is shifted. */
  const reach = new Int32Array(2 * reachMax + 3);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits <= reachMax; edits += 1) {
    trace.push(reach.slice(reachMax - edits, reachMax + edits + 3));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = reachMax + 1 + diagonal;
      const inserts = comesFromAbove(reach, at, diagonal, edits);
      let x = inserts ? reach[at + 1]! : reach[at - 1]! + 1;
      while (x < n && x - diagonal < m && before[x] === after[x - diagonal]) x += 1;
      reach[at] = x;
      if (diagonal === n - m && x >= n) return walkedBack(before, after, trace);
    }
  }
  return undefined;
}

/** The edits that led to the end, found from there backwards. `trace[e]` is the reach before the e-th edit. */
function walkedBack(
  before: readonly string[],
  after: readonly string[],
  trace: readonly Int32Array[],
): TextEdit[] {
  const edits: TextEdit[] = [];
  let x = before.length;
  let y = after.length;
  for (let edit = trace.length - 1; edit > 0; edit -= 1) {
    const reach = trace[edit]!;
    const diagonal = x - y;
    // The slice begins at diagonal -edit - 1.
    const at = diagonal + edit + 1;
    const inserts = comesFromAbove(reach, at, diagonal, edit);
    const fromX = inserts ? reach[at + 1]! : reach[at - 1]!;
    const keptFrom = inserts ? fromX : fromX + 1;
    while (x > keptFrom) edits.push({ kind: "keep", units: before[(x -= 1)]!.length });
    x = fromX;
    y = fromX - (inserts ? diagonal + 1 : diagonal - 1);
    if (inserts) edits.push({ kind: "insert", units: after[y]!.length });
    else edits.push({ kind: "delete", units: before[x]!.length });
  }
  while (x > 0) edits.push({ kind: "keep", units: before[(x -= 1)]!.length });
  return edits.toReversed();
}

/** Whether the best way onto the diagonal is an insert from the one above rather than a delete from the one below. */
function comesFromAbove(reach: Int32Array, at: number, diagonal: number, edit: number): boolean {
  return diagonal === -edit || (diagonal !== edit && reach[at - 1]! < reach[at + 1]!);
}

/** Adds to the last edit where it is of the same kind. */
function push(edits: TextEdit[], kind: TextEdit["kind"], units: number): void {
  if (units === 0) return;
  const last = edits.at(-1);
  if (last?.kind === kind) edits[edits.length - 1] = { kind, units: last.units + units };
  else edits.push({ kind, units });
}

function commonStart(a: string, b: string): number {
  const max = Math.min(a.length, b.length);
  let units = 0;
  while (units < max && a.charCodeAt(units) === b.charCodeAt(units)) units += 1;
  return splitsPair(a, units) || splitsPair(b, units) ? units - 1 : units;
}

function commonEnd(a: string, b: string, start: number): number {
  const max = Math.min(a.length, b.length) - start;
  let units = 0;
  while (units < max && a.charCodeAt(a.length - 1 - units) === b.charCodeAt(b.length - 1 - units)) {
    units += 1;
  }
  return splitsPair(a, a.length - units) || splitsPair(b, b.length - units) ? units - 1 : units;
}

/** Whether the position lies between the two units of one character. */
function splitsPair(text: string, position: number): boolean {
  const high = text.charCodeAt(position - 1);
  const low = text.charCodeAt(position);
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}
