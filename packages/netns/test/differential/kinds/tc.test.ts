import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from './programs.ts';
import { isLater, linkLine, type Shown, TcTwins } from './tc-programs.ts';

// What the installed `tc` makes is shown alike by both, and what ours makes the installed one shows like its own. Every case has a device
// of its own, so that a few programs can do it all.

interface Scene {
  readonly lines: readonly (readonly [line: string, sent: string])[];
}

const scenes = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../../tc/captured.json'), 'utf8')) as readonly Scene[]
)
  // Later ones no longer round to microseconds, in which at such rates kilobytes are sent.
  .map(({ lines }) => lines.map(([line]) => line).filter((line) => !isLater || !/ rate \d\dgbit /.test(line)))
  .filter((lines) => lines.length > 0)
  .map((lines, at) => ({
    name: `d${at}`,
    queues: lines.some((line) => line.includes('dev v4')) ? 4 : 1,
    lines: lines.map((line) => line.replace(/ dev v[04] /, ` dev d${at} `)),
  }));

describe('queueing disciplines and classes, with the installed tc and with ours', () => {
  let twins: TcTwins;
  let made: { readonly theirs: Run; readonly ours: Run };
  let shown: Shown;

  beforeAll(async () => {
    twins = new TcTwins(
      'tc',
      scenes.map(({ name, queues }, at) => linkLine(name, 100 + 2 * at, { queues })),
    );
    made = await twins.make(scenes.flatMap(({ lines }) => lines));
    const classes = twins.file(
      'classes',
      scenes.map(({ name }) => `class show dev ${name}`),
    );
    shown = await twins.show([
      ['-s', '-d', 'qdisc', 'show'],
      ['qdisc', 'show'],
      ['-j', '-s', '-d', 'qdisc', 'show'],
      ['-s', '-d', '-batch', classes],
      ['-batch', classes],
    ]);
  }, 600_000);

  afterAll(() => twins[Symbol.dispose]());

  it('the same lines succeed, and the same fail for the same reason', () => {
    expect(made.ours).toEqual(made.theirs);
  });

  it.for(scenes.map(({ name, lines }) => [lines.join('; '), name] as const))('%s', ([, name], { skip }) => {
    const expected = sections(shown.theirsOfTheirs, name);
    skip(expected.length === 0, 'this kernel has no such kind');
    expect(sections(shown.oursOfTheirs, name), 'what the installed tc made, shown by ours').toEqual(expected);
    expect(sections(shown.theirsOfOurs, name), 'what ours made, shown by the installed tc').toEqual(expected);
  });

  it('the whole listing is the same to the letter', () => {
    for (const [at, run] of shown.theirsOfTheirs.entries()) if (at !== 2) expect(shown.oursOfTheirs[at]).toEqual(run);
  });

  it('the JSON of everything is the same, where the installed tc prints JSON', () => {
    const [, , theirsJson] = shown.theirsOfTheirs;
    const [, , oursJson] = shown.oursOfTheirs;
    // tc 6.1 prints the settings of hfsc and multiq as text where JSON should be
    const mended = (theirsJson?.out ?? '').replaceAll(
      /"options":\{(default [0-9a-f]+|bands \d+\/\d+) \}/g,
      '"options":{}',
    );
    expect(JSON.parse(oursJson?.out ?? '')).toEqual(JSON.parse(mended));
  });
});

/** What is shown of the device of a case. */
function sections(runs: readonly Run[], name: string): string[] {
  const own = new RegExp(` dev ${name} `);
  return [0, 1]
    .flatMap((at) => (runs[at]?.out ?? '').split(/^(?=qdisc )/m).filter((part) => own.test(part)))
    .map((part) => part.replace(/^(qdisc \w+ )8[0-9a-f]{3}:/, '$1ANY:')); // a number that the kernel chose
}
