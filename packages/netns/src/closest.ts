/** The candidate that `word` was most likely meant to be; undefined if none is near. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const usual = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = candidate.startsWith(word) && word !== '' ? 1 : editDistance(word, candidate);
    // Who writes the beginning rightly may be wrong in the end by a letter more: `linx` is `links`.
    const allowed = beginAlike(word, candidate) ? usual + 1 : usual;
    if (distance <= allowed && distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** What may have been meant instead of an unknown word, to follow what is said of it; nothing if no other is near. */
export function nearest(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  return near === undefined ? '' : `: did you mean '${near}'?`;
}

/** The same, or else all there are. */
export function suggestion(word: string, known: readonly string[]): string {
  return nearest(word, known) || (known.length > 0 ? `; known are ${known.join(', ')}` : '');
}

function beginAlike(a: string, b: string): boolean {
  return a.length > 3 && a.slice(0, 3) === b.slice(0, 3);
}

/** How many letters must be put in, taken out, replaced, or swapped with their neighbour. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
