import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { command } from '../kernel/support/cli.ts';
import { type LsnsCase, type LsnsExpected, lsnsCases } from './cases/lsns.ts';
import { isOlder } from './version.ts';

/** Every command line must print and return the same as with the installed `lsns`, where versions agree. */
const installed = execFileSync('sh', ['-c', 'command -v lsns'], { encoding: 'utf8' }).trim();
const version = /util-linux ([0-9.]+)/.exec(execFileSync(installed, ['--version'], { encoding: 'utf8' }))?.[1] ?? '0';

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

let outcomes: ReadonlyMap<LsnsCase, { readonly theirs: Outcome; readonly ours: Outcome }>;
let variables: Readonly<Record<string, string>>;

beforeAll(async () => {
  if (!existsSync(join(import.meta.dirname, '../../dist/cli/lsns.cjs'))) throw new Error('run `npm run build` first');
  const place = mkdtempSync(join(tmpdir(), 'netns-lsns-'));
  try {
    // By their bare names: messages begin with the name that a program was called by.
    const programs = { theirs: join(place, 'theirs'), ours: join(place, 'ours') };
    for (const directory of Object.values(programs)) mkdirSync(directory);
    symlinkSync(installed, join(programs.theirs, 'lsns'));
    symlinkSync(command, join(programs.ours, 'lsns'));
    const cases = join(place, 'cases');
    mkdirSync(cases);
    for (const [index, { line }] of lsnsCases.entries()) {
      mkdirSync(join(cases, nameOf(index)));
      const script = line.includes('$LSNS') ? line : `exec "$LSNS" ${line}`;
      writeFileSync(join(cases, nameOf(index), 'line.sh'), `${script}\n`);
    }
    const scenario = join(import.meta.dirname, 'lsns-scenario.sh');
    const flags = ['--pid', '--fork', '--kill-child', '--mount', '--net'];
    const env = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' };
    await promisify(execFile)('unshare', [...flags, 'sh', scenario, cases, programs.theirs, programs.ours], { env });
    variables = Object.fromEntries(
      readFileSync(join(cases, 'variables'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    );
    outcomes = new Map(
      lsnsCases.map((each, index) => {
        const outcome = (who: string) => readOutcome(join(cases, nameOf(index), who));
        return [each, { theirs: outcome('theirs'), ours: outcome('ours') }];
      }),
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}, 300_000);

const nameOf = (index: number) => String(index).padStart(3, '0');

function readOutcome(path: string): Outcome {
  const read = (what: string) => readFileSync(`${path}.${what}`, 'utf8');
  return { out: read('out'), err: read('err'), code: Number(read('code')) };
}

describe('lsns', () => {
  it.each(lsnsCases.map((each) => [each.line, each] as const))('lsns %s', (_line, each) => {
    const { theirs, ours } = outcomes.get(each) as { theirs: Outcome; ours: Outcome };
    const { differs } = each;
    if (differs === undefined || isAsNewAs(differs.since)) return expect(ours).toEqual(theirs);
    expect(ours).toEqual(expectedOf(differs, theirs));
    // Since when exactly it is the same is not known of versions in between.
    if (differs.since === undefined && !isOlderThan(differs.from))
      expect(ours, 'the difference is gone: compare with the installed lsns').not.toEqual(theirs);
  });
});

function expectedOf({ out, err, code }: LsnsExpected, theirs: Outcome): unknown {
  return { out: like(out) ?? theirs.out, err: like(err) ?? theirs.err, code: code ?? theirs.code };
}

function like(text: string | RegExp | undefined): unknown {
  if (!(text instanceof RegExp)) return text;
  const source = text.source.replace(/<([A-Z]+)>/g, (_, name) => variables[name] ?? '');
  return expect.stringMatching(new RegExp(source, text.flags));
}

const isOlderThan = (wanted: string | undefined) => wanted !== undefined && isOlder(version, wanted);
const isAsNewAs = (wanted: string | undefined) => wanted !== undefined && !isOlder(version, wanted);
