import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeIo } from '../../src/cli/fake-io.ts';
import { verb } from '../../src/cli/verbs/sockets.ts';
import { type BusySockets, busySockets } from '../kernel/support/busy-sockets.ts';
import { iproute2Version, isOlder } from './version.ts';

/** The same words to the installed `ss`, inside, and to `netns sockets`, from outside: each must tell of the same sockets. */
const lines: readonly string[] = [
  ...[
    '',
    '-a',
    '-l',
    '-t',
    '-ta',
    '-tl',
    '-u',
    '-ua',
    '-ul',
    '-w',
    '-wa',
    '-x',
    '-xa',
    '-xl',
    '-0',
    '-0a',
    '-M',
    '-Ma',
  ],
  ...[
    '-tu',
    '-tua',
    '-tul',
    '-tulp',
    '-tap',
    '-xap',
    '-uap',
    '-wap',
    '-0ap',
    '-tuwx0a',
    '-t4',
    '-t6',
    '-ta4',
    '-ta6',
    '-ua4',
    '-ua6',
  ],
  ...['-tax', '-d', '-S', '-dSa', '-tan', '-tulpn', '-4a', '-6a'],
];

/** Filters, as ss says them and as we do. */
const filters: readonly (readonly [theirs: string, ours: string])[] = [
  ...[
    'established',
    'syn-sent',
    'syn-recv',
    'fin-wait-1',
    'fin-wait-2',
    'time-wait',
    'close-wait',
    'last-ack',
    'listening',
    'closing',
  ].map((state) => [`-t state ${state}`, `-t --state ${state}`] as const),
  ...['all', 'connected', 'synchronized', 'bucket', 'big'].map(
    (group) => [`-t state ${group}`, `-t --state ${group}`] as const,
  ),
  ['-u state unconnected', '-u --state unconnected'],
  ['-x state established', '-x --state established'],
  ['-ta sport = :8080', '-ta --sport 8080'],
  ['-ta dport = :8080', '-ta --dport 8080'],
  ['-ta ( sport = :8080 or sport = :8083 )', '-ta --sport 8080,8083'],
  ['-ta sport >= :8081 and sport <= :8083', '-ta --sport 8081-8083'],
  ['-ta src 127.0.0.0/8', '-ta --src 127.0.0.0/8'],
  ['-ta dst 127.0.0.1', '-ta --dst 127.0.0.1'],
  ['-ta dst 10.0.0.0/24', '-ta --dst 10.0.0.0/24'],
  ['-ta src [::1]', '-ta --src ::1'],
  ['-t4a src 0.0.0.0/0', '-t4a --src 0.0.0.0/0'],
  [
    '-ta ( src 127.0.0.1 or src [::1] ) and ( sport = :8080 or sport = :8081 )',
    '-ta --src 127.0.0.1 --src ::1 --sport 8080,8081',
  ],
  ['-tl sport = :8081', '-tl --sport 8081'],
  ['-ua sport = :5353', '-ua --sport 5353'],
  ['-ua dport = :5353', '-ua --dport 5353'],
  ['-ta sport = :1', '-ta --sport 1'],
];

let busy: BusySockets;
beforeAll(async () => {
  busy = await busySockets();
});
afterAll(() => busy[Symbol.asyncDispose]());

const installed = spawnSync('ss', ['-V'], { encoding: 'utf8' }).stdout ?? '';

/** Later than 6.1, ss counts connections that are being opened, of which there is no socket yet, to those that are there. */
const countsOpening = installed !== '' && !isOlder(iproute2Version('ss'), '6.2');
const connected = /^(|-tu?4?|-t state big)$/;

describe.skipIf(installed === '')('as the installed ss', () => {
  it.each(lines)('sockets %s', async (line) => {
    await compare(line, line);
  });

  it.each(filters)('%s', async (theirs, ours) => {
    await compare(theirs, ours);
  });

  it.each([
    ['-tlemO', '-tlem', 10],
    ['-temO state established', '-tem --state established', 8],
  ] as const)('tells the same of each: %s', async (theirs, ours, atLeast) => {
    await compare(theirs, ours, detailsIn);
    expect(detailsIn((await both(theirs, ours))[1]).length).toBeGreaterThanOrEqual(atLeast - 4);
  });
});

async function compare(
  theirs: string,
  ours: string,
  read: (text: string) => readonly Partial<Shown>[] = rowsIn,
): Promise<void> {
  // What it makes and ends itself is seen, too; so both may be asked again, until nothing else was there.
  for (let attempt = 0; ; attempt++) {
    const [theirRows = [], all = []] = (await both(theirs, ours)).map(read);
    const opening = countsOpening && connected.test(theirs) ? 'SYN-RECV' : undefined;
    const expected = theirRows.filter(({ state }) => state !== opening);
    // Of one state alone, ss does not say which.
    const listed = expected.some(({ state }) => state !== '') ? all : all.map((row) => ({ ...row, state: '' }));
    if (attempt < 5 && JSON.stringify(expected) !== JSON.stringify(listed)) continue;
    expect(listed).toEqual(expected);
    return;
  }
}

async function both(theirs: string, ours: string): Promise<[string, string]> {
  const { stdout } = await busy.ns.exec('ss', ['-H', '-n', ...theirs.split(' ').filter((word) => word !== '')]);
  const { io, text } = fakeIo();
  const argv = [`/proc/${process.pid}/fd/${descriptor()}`, ...ours.split(' ').filter((word) => word !== '')];
  await verb.main(argv, io);
  return [stdout, text.stdout];
}

/** A path to the namespace. */
function descriptor(): number {
  return busy.ns.fd.raw;
}

interface Shown {
  readonly state: string;
  readonly queues: string;
  readonly local: string;
  readonly peer: string;
  readonly owners: readonly string[];
}

/** The sockets of a listing, without its form; and without those that ask. */
function rowsIn(text: string): readonly Shown[] {
  return text
    .split('\n')
    .flatMap((line) => {
      const found =
        /^(?:([a-z_0-9?]+) +)?(?:([A-Z][A-Z0-9-]+) +)?(\d+) +(\d+) +(\S+(?: \d+)?) +(\S+(?: \d+)?)(?: +(.*))?$/.exec(
          line.trim(),
        );
      if (found === null) return [];
      const [, , state = '', received, sent, local = '', peer = '', rest = ''] = found;
      // Those that ask; and UDP-Lite, which ss does not list.
      if (/^(tcpdiag|4):/.test(local) || local.endsWith(':5354')) return [];
      const owners = [...rest.matchAll(/pid=(\d+),? ?fd=(\d+)/g)].map(([, pid, fd]) => `${pid} ${fd}`).sort();
      return {
        state,
        queues: `${received} ${sent}`,
        local: plain(local),
        peer: plain(peer).replace(/^\S+ (?=\d+$)/, '* '),
        owners,
      };
    })
    .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}

/** With `-n`, ss writes numbers where we write names. */
function plain(end: string): string {
  const [, protocol = '', port = ''] = /^([a-z]+):(\w+|\*)$/.exec(end) ?? [];
  if (port === '') return end;
  if (protocol === 'arp') return `[2054]:${port}`;
  const number = Object.hasOwn(netlinkNumbers, protocol) ? netlinkNumbers[protocol] : protocol;
  return `${number}:${port === 'kernel' ? 0 : port}`;
}

const netlinkNumbers: Readonly<Record<string, number>> = {
  rtnl: 0,
  xfrm: 6,
  audit: 9,
  fiblookup: 10,
  connector: 11,
  nft: 12,
  uevent: 15,
  genl: 16,
  rdma: 20,
  crypto: 21,
};

/** `ino`, `sk`, `cgroup`, `uid`, and memory that does not depend on the moment, of each socket. */
function detailsIn(text: string): { readonly state: string }[] {
  return text
    .split('\n')
    .flatMap((line) => {
      const words = ['ino', 'sk', 'uid', 'cgroup', 'v6only'].map(
        (word) => new RegExp(`\\b${word}:\\S+`).exec(line)?.[0] ?? '',
      );
      const memory = /skmem:\(\S+?\)/.exec(line)?.[0] ?? '';
      return line.trim() === '' ? [] : { state: `${words.join(' ')} ${memory}` };
    })
    .sort((a, b) => a.state.localeCompare(b.state));
}
