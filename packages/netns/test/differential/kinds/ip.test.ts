import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseState } from '../normalise.ts';
import { type Comparison, IpRecord, older } from '../record.ts';
import { kindCases } from './cases.ts';
import { hasKind, ours, type Run, run, theirs } from './programs.ts';

// What the installed `ip` makes is shown alike by both, and what ours makes the installed one shows like its own. Few programs are
// started, and each does much: this also runs on an emulated machine, where starting one takes a second.

const setup = `
link add base address 02:00:00:00:00:01 index 11 type veth peer name base2 address 02:00:00:00:00:02 index 12
link add ipbase address 02:00:00:00:00:03 index 13 type veth peer name ipbase2 address 02:00:00:00:00:04 index 14
link add bridge0 address 02:00:00:00:00:05 index 15 type bridge
`;

/** Each link has an index of its own, the same whoever makes it. */
const named = kindCases.map((each, position) => {
  const name = `x${position}`;
  const lines = each.lines.map((line, nth) =>
    line.replace(/^link add /, `link add index ${100 + 10 * position + nth} `).replaceAll('@', name),
  );
  return { ...each, name, lines };
});
type Named = (typeof named)[number];

const ownOf = (kind: string) => named.filter((each) => each.kind === kind);
const kinds = [...new Set(kindCases.map(({ kind }) => kind))];

/** What the installed `ip` and an older one, while a record is made, and ours did. */
interface Runs {
  readonly theirs: Run;
  readonly ours: Run;
  readonly older?: Run | undefined;
}

interface Shown {
  readonly text: Run;
  readonly json: Run;
}

/** This kernel has kinds, and tells settings, that others have not. */
const record = new IpRecord(`kinds-on-linux-${/^\d+\.\d+/.exec(release())?.[0]}`, '7.3.0');
const show = ['-d', 'link', 'show'];

describe('kinds of links, with the installed ip and with ours', () => {
  let directory: string;
  let present: ReadonlySet<string>;
  let theirsOfTheirs: Shown;
  let theirsOfOurs: Shown;
  let comparisons: ReadonlyMap<string, Comparison>;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'netns-kinds-'));
    const file = (name: string, text: string) => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    // what wraps tunnels in UDP, and what counts for MPLS; where they are missing, the answers say so
    for (const name of ['fou', 'mpls_router']) spawnSync('modprobe', ['-q', name]);
    for (const name of namespaces) {
      execFileSync('ip', ['netns', 'add', name]);
      execFileSync('ip', ['-n', name, '-batch', file('setup', setup)]);
    }
    const found = [];
    for (const kind of kinds) if (await hasKind(kind)) found.push(kind);
    present = new Set(found);
    const lines = named.filter(({ kind }) => present.has(kind)).flatMap((each) => each.lines);
    const batch = ['-force', '-batch', file('batch', `${lines.join('\n')}\n`)];
    const made: Runs = {
      theirs: theirs('-n', 'theirs', ...batch),
      ours: await ours('-n', 'ours', ...batch),
      older: older === undefined ? older : run(older, ['-n', 'older', ...batch]),
    };
    for (const name of ['theirs', 'ours']) await settled(name);
    /** With all of them, of what the installed one made. */
    const everybody = async (...words: readonly string[]): Promise<Runs> => ({
      theirs: theirs('-n', 'theirs', ...words),
      ours: await ours('-n', 'theirs', ...words),
      older: older === undefined ? older : run(older, ['-n', 'theirs', ...words]),
    });
    const text = await everybody(...show);
    const json = await everybody('-j', ...show);
    theirsOfTheirs = { text: text.theirs, json: json.theirs };
    theirsOfOurs = { text: theirs('-n', 'ours', ...show), json: theirs('-n', 'ours', '-j', ...show) };
    const runs = new Map<string, Runs>([
      ['the lines', made],
      ['the whole listing', text],
      ['the whole listing as JSON', json],
    ]);
    for (const words of counted) runs.set(words.join(' '), await everybody(...words));
    for (const kind of present) {
      const part = (who: keyof Runs) => {
        const by = { text: text[who] as Run, json: json[who] as Run };
        return {
          out: ownOf(kind)
            .flatMap((each) => sections(by, each))
            .join('\n'),
          err: '',
          code: 0,
        };
      };
      runs.set(kind, { theirs: part('theirs'), ours: part('ours'), older: text.older && part('older') });
    }
    comparisons = new Map([...runs].map(([key, each]) => [key, compared(key, each)]));
    record.write([...comparisons.values()]);
  }, 600_000);

  afterAll(() => {
    for (const name of namespaces) execFileSync('ip', ['netns', 'del', name]);
    rmSync(directory, { recursive: true });
  });

  it('the same lines succeed, and the same fail for the same reason', ({ skip }) => {
    record.expect(comparisons.get('the lines') as Comparison, skip);
  });

  it.for(kinds)('%s', (kind, { skip }) => {
    skip(!present.has(kind), `this kernel has no links of type ${kind}`);
    const shown = (by: Shown) =>
      Object.fromEntries(ownOf(kind).map((each) => [each.lines.join('; '), sections(by, each)]));
    const expected = shown(theirsOfTheirs);
    expect(Object.values(expected).flat()).not.toEqual([]);
    expect(shown(theirsOfOurs), 'what ours made, shown by the installed ip').toEqual(expected);
    record.expect(comparisons.get(kind) as Comparison, skip);
  });

  it.for(['the whole listing', 'the whole listing as JSON', ...counted.map((words) => words.join(' '))])(
    'ours shows alike what the installed ip made: %s',
    (key, { skip }) => record.expect(comparisons.get(key) as Comparison, skip),
  );
});

/** What MPLS and kinds of links count. */
const counted = [
  ['link', 'afstats'],
  ['stats'],
  ['-j', '-s', 'stats'],
  ['stats', 'show', 'group', 'xstats_slave', 'dev', 'bridge0'],
];

const namespaces = ['theirs', 'ours', ...(older === undefined ? [] : ['older'])];

function compared(key: string, { theirs, ours, older }: Runs): Comparison {
  const outcome = ({ out, err, code }: Run) => ({ out: equalised(out), err, code, state: '' });
  return { key, theirs: outcome(theirs), ours: outcome(ours), older: older && outcome(older) };
}

/** Bonds that speak LACP come to their state by and by, within a few seconds (802.3ad waits two before it aggregates). */
async function settled(name: string): Promise<void> {
  let before: string | undefined;
  for (let looks = 0; looks < 10; looks++) {
    const { out } = theirs('-n', name, '-d', 'link', 'show');
    if (out === before) return;
    before = out;
    await setTimeout(3000);
  }
}

/** What is shown of the links of a case, in text and as JSON. */
function sections({ text, json }: Shown, { name }: Named): string[] {
  const isOwn = (title: string) => title === name || title === `${name}p` || title === `${name}s`;
  const parts = text.out.split(/^(?=\d+: )/m).filter((part) => isOwn(/^\d+: ([^:@]+)/.exec(part)?.[1] ?? ''));
  const links: { ifname?: string }[] = JSON.parse(json.out);
  const objects = links.filter(({ ifname = '' }) => isOwn(ifname)).map((link) => JSON.stringify(link));
  return [...parts, ...objects].map(equalised);
}

/** The address that a link would have by itself is drawn by lot for tunnels, too. */
function equalised(text: string): string {
  return normaliseState(text).replace(/(permaddr"?[ :]"?)[0-9a-f:]+/g, '$1RANDOM');
}
