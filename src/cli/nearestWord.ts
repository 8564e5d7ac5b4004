/** The known word that a mistyped one most likely means; undefined where none is near. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const editsMax = Math.max(1, Math.floor(wanted.length * 0.4));
  const near = known
    .map((one) => ({ one, edits: editDistance(wanted, one.toLowerCase()) }))
    .filter(({ edits }) => edits <= editsMax)
    .toSorted((a, b) => a.edits - b.edits);
  return near[0]?.one;
}

/** How many characters have to be added, removed, replaced or swapped with their neighbour. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const replaced = last[column - 1]! + (same ? 0 : 1);
      let edits = Math.min(replaced, last[column]! + 1, next[column - 1]! + 1);
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) edits = Math.min(edits, before[column - 2]! + 1);
      next.push(edits);
    }
    [before, last] = [last, next];
  }
  return last[b.length]!;
}
