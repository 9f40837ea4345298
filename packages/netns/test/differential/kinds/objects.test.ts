import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectCases } from './objects.ts';
import { ours, type Run, theirs } from './programs.ts';

// Objects of `ip` that talk with modules that few kernels have. One namespace for each program, where all the lines of an object run as one
// batch, for the installed `ip` is started anew for each: on an emulated machine that is what takes the time.

describe('objects of ip, with the installed one and with ours', () => {
  let directory: string;
  const file = (name: string, lines: readonly string[]) => {
    writeFileSync(join(directory, name), `${lines.join('\n')}\n`);
    return join(directory, name);
  };

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'netns-objects-'));
    for (const { modules } of objectCases) for (const name of modules) spawnSync('modprobe', ['-q', name]);
    const setup = file('setup', [
      'link set lo up',
      'link add base address 02:00:00:00:00:01 index 11 type veth peer name base2 address 02:00:00:00:00:02 index 12',
      'address add 10.0.0.1/24 dev lo',
      'address add fd00::1/64 dev lo nodad',
    ]);
    for (const name of ['theirs', 'ours']) {
      execFileSync('ip', ['netns', 'add', name]);
      execFileSync('ip', ['-n', name, '-batch', setup]);
    }
  }, 120_000);

  afterAll(() => {
    for (const name of ['theirs', 'ours']) execFileSync('ip', ['netns', 'del', name]);
    rmSync(directory, { recursive: true });
  });

  it.for(objectCases)('$name', { timeout: 240_000 }, async ({ name, probe, lines, shows, refused }, { skip }) => {
    const probed = await ours('-n', 'ours', ...probe.split(' '));
    skip(probed.code !== 0, `this kernel has no ${name}: ${probed.err}`);
    theirs('-n', 'theirs', ...probe.split(' '));
    const batch = ['-force', '-batch', file(name, lines)];
    const made = theirs('-n', 'theirs', ...batch);
    expect(told(await ours('-n', 'ours', ...batch)), 'what is said of the lines').toEqual(told(made));
    for (const show of shows) {
      const words = show.split(' ');
      const expected = told(theirs('-n', 'theirs', ...words));
      expect(expected.out, show).not.toBe('');
      expect(told(await ours('-n', 'theirs', ...words)), `${show}, of what the installed ip made`).toEqual(expected);
      expect(told(theirs('-n', 'ours', ...words)), `${show}, of what ours made`).toEqual(expected);
    }
    for (const line of refused) {
      const words = line.split(' ');
      expect(told(await ours('-n', 'ours', ...words)), line).toEqual(told(theirs('-n', 'theirs', ...words)));
    }
  });
});

/** Without the moment at which it was made. */
function told({ out, err, code }: Run): Run {
  const settled = (text: string) => text.replaceAll(/add \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'add THEN');
  return { out: settled(out), err: settled(err), code };
}
