import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from './programs.ts';
import { linkLine, type Shown, TcTwins } from './tc-programs.ts';

// As in tc.test.ts: a few programs do all cases, each with a device of its own.

interface Scene {
  readonly lines: readonly (readonly [line: string, ...unknown[]])[];
  readonly shows: readonly (readonly [line: string, ...unknown[]])[];
}

const scenes = JSON.parse(readFileSync(join(import.meta.dirname, '../../tc/filters.json'), 'utf8')) as readonly Scene[];
const cases = scenes.map(({ lines, shows }) => ({
  lines: lines.map(([line]) => line),
  shows: shows.map(([line]) => line),
}));

/** Shown between any two shows, so that the output can be taken apart. */
const mark = 'qdisc show dev mark';
const marked = /qdisc pfifo beef: .*\n(?: Sent .*\n backlog .*\n)?|\[\{"kind":"pfifo","handle":"beef:".*\n/;
const formats = [['-s', '-d'], [], ['-j', '-s', '-d']];

describe('filters, chains and actions, with the installed tc and with ours', () => {
  let twins: TcTwins;
  let made: { readonly theirs: Run; readonly ours: Run };
  let shown: Readonly<Record<keyof Shown, readonly (readonly string[])[]>>;

  beforeAll(async () => {
    twins = new TcTwins('tf', [
      linkLine('v0', 50, { peer: 'v1' }),
      linkLine('mark', 60),
      ...cases.map((_, at) => linkLine(`d${at}`, 100 + 2 * at)),
    ]);
    await twins.make(['qdisc add dev mark root handle beef: pfifo limit 77']);
    made = await twins.make(cases.flatMap(({ lines }) => lines));
    const shows = twins.file('shows', [mark, ...cases.flatMap((each) => each.shows.flatMap((show) => [show, mark]))]);
    const runs = await twins.show(formats.map((format) => [...format, '-force', '-batch', shows]));
    const parts = (all: readonly Run[]) => all.map(({ out }) => out.split(marked).slice(1));
    shown = {
      theirsOfTheirs: parts(runs.theirsOfTheirs),
      oursOfTheirs: parts(runs.oursOfTheirs),
      theirsOfOurs: parts(runs.theirsOfOurs),
    };
  }, 600_000);

  afterAll(() => twins[Symbol.dispose]());

  it('the same lines succeed, and the same fail', () => {
    expect(failures(made.ours)).toEqual(failures(made.theirs));
  });

  // Lists of all actions hold those of the other cases, too, whose numbers the kernel chose; and half a byte of a label is nothing to tc.
  const alone = /action drop index 10$|action gact pass index 12|mirror dev v1 index 3$|ct_label 1\/f/;
  let first = 0;
  const rows = cases.map(({ lines, shows }) => {
    const row = [lines.join('; '), first, shows.length] as const;
    first += shows.length;
    return row;
  });

  it.for(rows.filter(([title]) => !alone.test(title)))('%s', ([, from, count], { skip }) => {
    const sections = (runs: readonly (readonly string[])[]) =>
      [0, 1].map((format) => (runs[format] ?? []).slice(from, from + count).map(ageless));
    const expected = sections(shown.theirsOfTheirs);
    skip(expected.flat().join('') === '', 'this kernel has no such kind');
    expect(sections(shown.oursOfTheirs), 'what the installed tc made, shown by ours').toEqual(expected);
    expect(sections(shown.theirsOfOurs), 'what ours made, shown by the installed tc').toEqual(expected);
    const json = (runs: readonly (readonly string[])[]) => (runs[2] ?? []).slice(from, from + count).map(parsed);
    const theirJson = json(shown.theirsOfTheirs);
    // tc 6.1 prints text where JSON should be for some kinds
    for (const [at, ourJson] of json(shown.oursOfTheirs).entries())
      if (theirJson[at] !== undefined) expect(ourJson).toEqual(theirJson[at]);
  });
});

function failures({ err }: Run): string[] {
  return [...err.matchAll(/^Command failed .*:(\d+)$/gm)].map(([, line]) => line ?? '');
}

/** Without what differs from moment to moment, and the numbers that the kernel chose. */
function ageless(text: string): string {
  return text
    .replaceAll(/ (installed|used|firstused) \d+ sec/g, '')
    .replaceAll(/index \d+ ref/g, 'index ANY ref')
    .replaceAll(/police 0x[0-9a-f]+/g, 'police ANY')
    .replaceAll(/ {2}(?=\n|$)/g, ' ');
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json, (key, value) => (/^(installed|last_used|first_used)$/.test(key) ? undefined : value));
  } catch {
    return undefined;
  }
}
