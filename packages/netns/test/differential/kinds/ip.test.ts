import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseState } from '../normalise.ts';
import { kindCases } from './cases.ts';
import { hasKind, ours, type Run, theirs } from './programs.ts';

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

const kinds = [...new Set(kindCases.map(({ kind }) => kind))];

interface Shown {
  readonly text: Run;
  readonly json: Run;
}

describe('kinds of links, with the installed ip and with ours', () => {
  let directory: string;
  let present: ReadonlySet<string>;
  let made: { readonly theirs: Run; readonly ours: Run };
  let theirsOfTheirs: Shown;
  let oursOfTheirs: Shown;
  let theirsOfOurs: Shown;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'netns-kinds-'));
    const file = (name: string, text: string) => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    // what wraps tunnels in UDP, and what counts for MPLS; where they are missing, the answers say so
    for (const name of ['fou', 'mpls_router']) spawnSync('modprobe', ['-q', name]);
    for (const name of ['theirs', 'ours']) {
      execFileSync('ip', ['netns', 'add', name]);
      execFileSync('ip', ['-n', name, '-batch', file('setup', setup)]);
    }
    const found = [];
    for (const kind of kinds) if (await hasKind(kind)) found.push(kind);
    present = new Set(found);
    const lines = named.filter(({ kind }) => present.has(kind)).flatMap((each) => each.lines);
    const batch = ['-force', '-batch', file('batch', `${lines.join('\n')}\n`)];
    made = { theirs: theirs('-n', 'theirs', ...batch), ours: await ours('-n', 'ours', ...batch) };
    for (const name of ['theirs', 'ours']) await settled(name);
    const show = ['-d', 'link', 'show'];
    theirsOfTheirs = { text: theirs('-n', 'theirs', ...show), json: theirs('-n', 'theirs', '-j', ...show) };
    oursOfTheirs = { text: await ours('-n', 'theirs', ...show), json: await ours('-n', 'theirs', '-j', ...show) };
    theirsOfOurs = { text: theirs('-n', 'ours', ...show), json: theirs('-n', 'ours', '-j', ...show) };
  }, 600_000);

  afterAll(() => {
    for (const name of ['theirs', 'ours']) execFileSync('ip', ['netns', 'del', name]);
    rmSync(directory, { recursive: true });
  });

  it('the same lines succeed, and the same fail for the same reason', () => {
    expect(made.ours).toEqual(made.theirs);
  });

  it.for(kinds)('%s', (kind, { skip }) => {
    skip(!present.has(kind), `this kernel has no links of type ${kind}`);
    const own = named.filter((each) => each.kind === kind);
    const shown = (by: Shown) => Object.fromEntries(own.map((each) => [each.lines.join('; '), sections(by, each)]));
    const expected = shown(theirsOfTheirs);
    expect(Object.values(expected).flat()).not.toEqual([]);
    expect(shown(oursOfTheirs), 'what the installed ip made, shown by ours').toEqual(expected);
    expect(shown(theirsOfOurs), 'what ours made, shown by the installed ip').toEqual(expected);
  });

  it('what MPLS counts', async () => {
    expect(await ours('-n', 'theirs', 'link', 'afstats')).toEqual(theirs('-n', 'theirs', 'link', 'afstats'));
  });

  it('what kinds of links count', async () => {
    for (const words of [
      ['stats'],
      ['-j', '-s', 'stats'],
      ['stats', 'show', 'group', 'xstats_slave', 'dev', 'bridge0'],
    ])
      expect(await ours('-n', 'theirs', ...words)).toEqual(theirs('-n', 'theirs', ...words));
  });

  it('the whole listing is the same to the letter', () => {
    expect(oursOfTheirs.text).toEqual(theirsOfTheirs.text);
    expect(oursOfTheirs.json).toEqual(theirsOfTheirs.json);
  });
});

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
  // the address that a link would have by itself is drawn by lot for tunnels, too
  return [...parts, ...objects].map((each) => normaliseState(each).replace(/(permaddr"?[ :]"?)[0-9a-f:]+/, '$1RANDOM'));
}
