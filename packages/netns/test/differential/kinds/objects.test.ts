import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../case.ts';
import { type Comparison, IpRecord, older } from '../record.ts';
import { objectCases } from './objects.ts';
import { ours, type Run, run, theirs } from './programs.ts';

// Objects of `ip` that talk with modules that few kernels have. One namespace for each program, where all the lines of an object run as one
// batch, for the installed `ip` is started anew for each: on an emulated machine that is what takes the time.

/** This kernel has objects that others have not. */
const record = new IpRecord(`objects-on-linux-${/^\d+\.\d+/.exec(release())?.[0]}`, '7.3.0');
const namespaces = ['theirs', 'ours', ...(older === undefined ? [] : ['older'])];

describe('objects of ip, with the installed one and with ours', () => {
  let directory: string;
  const comparisons: Comparison[] = [];
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
    for (const name of namespaces) {
      execFileSync('ip', ['netns', 'add', name]);
      execFileSync('ip', ['-n', name, '-batch', setup]);
    }
  }, 120_000);

  afterAll(() => {
    record.write(comparisons);
    for (const name of namespaces) execFileSync('ip', ['netns', 'del', name]);
    rmSync(directory, { recursive: true });
  });

  it.for(objectCases)('$name', { timeout: 240_000 }, async ({ name, probe, lines, shows, refused }, { skip }) => {
    const probed = await ours('-n', 'ours', ...probe.split(' '));
    skip(probed.code !== 0, `this kernel has no ${name}: ${probed.err}`);
    for (const namespace of namespaces.filter((each) => each !== 'ours')) theirs('-n', namespace, ...probe.split(' '));
    /** Ours is held to the installed one, or, where it is known, to the newest. Each works where it is told to. */
    const hold = async (
      what: string,
      words: readonly string[],
      where: { theirs: string; ours: string; older: string },
    ) => {
      const comparison = {
        key: `${name}: ${what}`,
        theirs: told(theirs('-n', where.theirs, ...words)),
        ours: told(await ours('-n', where.ours, ...words)),
        older: older === undefined ? older : told(run(older, ['-n', where.older, ...words])),
      };
      comparisons.push(comparison);
      if (older === undefined) record.expect(comparison, skip);
      return comparison.theirs;
    };
    const apart = { theirs: 'theirs', ours: 'ours', older: 'older' };
    await hold('the lines', ['-force', '-batch', file(name, lines)], apart);
    for (const show of shows) {
      const words = show.split(' ');
      const expected = await hold(show, words, { theirs: 'theirs', ours: 'theirs', older: 'theirs' });
      expect(expected.out, show).not.toBe('');
      expect(told(theirs('-n', 'ours', ...words)), `${show}, of what ours made`).toEqual(expected);
    }
    for (const line of refused) await hold(line, line.split(' '), apart);
  });
});

describe('xfrm monitor, the installed one and ours at once', () => {
  const inside = ['-n', 'events'];
  const lines = [
    ...[0x10, 0x11].map(
      (spi) =>
        `xfrm state add src 10.0.0.1 dst 10.0.0.2 proto esp spi ${spi} mode tunnel enc cbc(aes) 0x${'0123456789abcdef'.repeat(2)} auth hmac(sha1) 0x01 limit packet-soft 1 limit packet-hard 2`,
    ),
    'xfrm state add src 10.0.0.1 dst 10.0.0.2 proto esp spi 0x12 mode tunnel aead rfc4106(gcm(aes)) 0x00112233445566778899aabbccddeeff01020304 128 flag esn replay-window 128 mark 5 mask 7 if_id 9',
    'xfrm state allocspi src 10.0.0.1 dst 10.0.0.3 proto esp reqid 5 mode tunnel min 0x200 max 0x200',
    ...[2, 9].map(
      (host) =>
        `xfrm policy add src 10.0.0.0/24 dst 10.0.0.${host} dir out tmpl src 10.0.0.1 dst 10.0.0.${host} proto esp mode tunnel`,
    ),
    'xfrm policy update src 10.0.0.0/24 dst 10.0.0.9 dir out priority 6 tmpl src 10.0.0.1 dst 10.0.0.9 proto esp mode tunnel',
    'xfrm policy add src fd00::/64 proto 47 key 7 dir in mark 5',
    // packets: keys are asked for, and those that there are expire
    ...[9, 2, 2, 2].map((host) => `netns exec events bash -c "echo > /dev/udp/10.0.0.${host}/9"`),
    'xfrm state delete src 10.0.0.1 dst 10.0.0.2 proto esp spi 0x12 mark 5 mask 7',
    'xfrm policy delete src 10.0.0.0/24 dst 10.0.0.9 dir out',
    'xfrm policy flush',
    'xfrm state flush',
  ];

  it('tell the same', { timeout: 240_000 }, async ({ skip }) => {
    for (const name of ['xfrm_user', 'esp4', 'cbc', 'gcm']) spawnSync('modprobe', ['-q', name]);
    const directory = mkdtempSync(join(tmpdir(), 'netns-monitor-'));
    execFileSync('ip', ['netns', 'add', 'events']);
    const programs = [
      spawn('ip', [...inside, 'xfrm', 'monitor']),
      spawn(join(import.meta.dirname, '../../../bin/netns'), ['ip', ...inside, 'xfrm', 'monitor']),
    ];
    try {
      const probed = theirs(...inside, ...(lines[0] ?? '').split(' '));
      skip(probed.code !== 0, `this kernel has no IPsec: ${probed.err}`);
      theirs(...inside, 'xfrm', 'state', 'flush');
      const said = programs.map(() => '');
      for (const [index, { stdout }] of programs.entries())
        stdout.setEncoding('utf8').on('data', (text: string) => {
          said[index] += text;
        });
      const mark = (host: string, ...verbs: string[]) => {
        for (const verb of verbs) theirs(...inside, 'xfrm', 'policy', verb, 'src', host, 'dir', 'in');
      };
      const heard = async (host: string, again: () => void) => {
        for (again(); !said.every((text) => text.includes(host)); again())
          await new Promise((go) => setTimeout(go, 200));
      };
      // until both listen
      await heard('9.9.9.9', () => mark('9.9.9.9', 'add', 'delete'));
      mark('8.8.8.8', 'add', 'delete');
      const batch = join(directory, 'lines');
      writeFileSync(
        batch,
        ['link set lo up', 'link add v0 type veth peer name v1', 'link set v0 up', 'link set v1 up']
          .concat('address add 10.0.0.1/24 dev v0', 'neigh add 10.0.0.2 lladdr 02:00:00:00:00:05 dev v0', lines)
          .join('\n'),
      );
      expect(theirs(...inside, '-batch', batch).err).toBe('');
      mark('7.7.7.7', 'add');
      await heard('7.7.7.7', () => {});
      const [installed, own] = said.map((text) => text.slice(text.indexOf('8.8.8.8'), text.lastIndexOf('7.7.7.7')));
      for (const word of ['acquire ', 'Expired ', 'Updated ', 'Deleted ', 'Flushed '])
        expect(installed).toContain(word);
      expect(own).toBe(installed);
    } finally {
      for (const program of programs) program.kill();
      execFileSync('ip', ['netns', 'del', 'events']);
      rmSync(directory, { recursive: true });
    }
  });
});

/** Without the moment at which it was made. */
function told({ out, err, code }: Run): Outcome {
  const settled = (text: string) => text.replaceAll(/add \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'add THEN');
  return { out: settled(out), err: settled(err), code, state: '' };
}
