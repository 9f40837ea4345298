import { InvalidArgumentError } from '../../errors.ts';

/** `count` ids from `outside` on appear as those from `inside` on. One line of `/proc/PID/uid_map`. user_namespaces(7). */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** The largest number that an id may be: 4294967295 means "none". */
export const lastId = 0xffff_fffe;

/** How many lines the kernel takes (`UID_GID_MAP_MAX_EXTENTS`, Linux 4.15; 5 before). */
export const maxRanges = 340;

/** A range that a single id may be put into (`withSingle`). */
export interface SplitRange extends IdRange {
  /** It loses no id when one of its inner ids is taken: those from there on move up by one. */
  readonly whole?: true;
}

/** All ids that there are in this user namespace, each as itself: from the text of `/proc/self/uid_map` or `gid_map`. */
export function mappedIds(text: string): IdRange[] {
  return [...text.matchAll(/^ *(\d+) +\d+ +(\d+)$/gm)].map(([, first, count]) => ({
    inside: Number(first),
    outside: Number(first),
    count: Number(count),
  }));
}

/** Throws InvalidArgumentError for ranges that no kernel takes: numbers out of range, overlaps, too many. */
export function validateRanges(what: string, ranges: readonly IdRange[]): void {
  if (ranges.length > maxRanges)
    throw new InvalidArgumentError(what, formatRanges(ranges), `more than ${maxRanges} ranges`);
  for (const range of ranges) {
    const reason = rangeFault(range);
    if (reason !== undefined) throw new InvalidArgumentError(what, formatRanges([range]), reason);
  }
  for (const side of ['inside', 'outside'] as const) {
    const sorted = [...ranges].sort((a, b) => a[side] - b[side]);
    sorted.forEach((range, index) => {
      const next = sorted[index + 1];
      if (next !== undefined && range[side] + range.count > next[side])
        throw new InvalidArgumentError(what, formatRanges(ranges), `two ranges overlap ${side} at ${next[side]}`);
    });
  }
}

function rangeFault({ inside, outside, count }: IdRange): string | undefined {
  if (![inside, outside, count].every(Number.isSafeInteger)) return 'only whole numbers are ids';
  if (inside < 0 || outside < 0) return 'an id is negative';
  if (count < 1) return 'the range is empty';
  if (inside + count - 1 > lastId || outside + count - 1 > lastId) return `ids end at ${lastId}`;
  return undefined;
}

/**
 * Puts one id into ranges: it comes first, as a line of its own; each range that has it on either side loses its highest id, and
 * is split around it. (So has unshare(1); a range keeps its lowest ids, which are those that have a meaning.)
 */
export function withSingle(single: IdRange, ranges: readonly SplitRange[]): IdRange[] {
  return [single, ...ranges.flatMap((range) => splitAround(range, single))];
}

function splitAround(range: SplitRange, single: IdRange): IdRange[] {
  const insideAt = single.inside - range.inside;
  const outsideAt = single.outside - range.outside;
  const hits = (at: number) => at >= 0 && at < range.count;
  if (!hits(insideAt) && !hits(outsideAt)) return [range];
  // Both sides have one id less; where one is missing, the rest moves together.
  const shortened = range.whole && !hits(outsideAt) ? range.count : range.count - 1;
  const cuts = [insideAt, outsideAt].filter((at) => at >= 0 && at < shortened).sort((a, b) => a - b);
  const edges = [0, ...new Set(cuts), shortened];
  return edges.slice(0, -1).flatMap((start, index) => {
    const count = (edges[index + 1] ?? start) - start;
    const shift = (at: number) => (hits(at) && start >= at ? 1 : 0);
    return count === 0
      ? []
      : [
          {
            inside: range.inside + start + shift(insideAt),
            outside: range.outside + start + shift(outsideAt),
            count,
          },
        ];
  });
}

/** `0 100000 65536`, one line for each. */
export function formatRanges(ranges: readonly IdRange[]): string {
  return ranges.map(({ inside, outside, count }) => `${inside} ${outside} ${count}`).join('\n');
}
