import { spawnSync } from 'node:child_process';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { fakeIo } from '../../src/cli/fake-io.ts';
import { verb } from '../../src/cli/verbs/conntrack.ts';
import type { Connection, ConnectionSpec, ConnectionTuple } from '../../src/network/connections/connection.ts';
import type { ConnectionFilter } from '../../src/network/connections/filter.ts';

/** The same connection, as `conntrack -I` makes it and as we do. */
const connections: readonly (readonly [theirs: string, ours: ConnectionSpec])[] = [
  [
    '-p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 1000 --dport 80 --state ESTABLISHED -t 500 -u ASSURED,SEEN_REPLY',
    { ...ends(1000, 80), protocol: 'tcp', state: 'ESTABLISHED', timeout: 500, status: ['assured', 'seen_reply'] },
  ],
  [
    '-p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 1001 --dport 80 --state SYN_SENT -t 500 -m 7',
    { ...ends(1001, 80), protocol: 'tcp', state: 'SYN_SENT', timeout: 500, mark: 7 },
  ],
  [
    '-p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 1002 --dport 80 --state TIME_WAIT -t 500 -m 0x17',
    { ...ends(1002, 80), protocol: 'tcp', state: 'TIME_WAIT', timeout: 500, mark: 0x17 },
  ],
  [
    '-p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 1000 --dport 80 --state CLOSE -t 500 -w 5',
    { ...ends(1000, 80), protocol: 'tcp', state: 'CLOSE', timeout: 500, zone: 5 },
  ],
  ['-p udp -s 10.0.0.1 -d 10.0.0.2 --sport 53 --dport 54 -t 500', { ...ends(53, 54), protocol: 'udp', timeout: 500 }],
  [
    '-p udp -s 10.0.0.1 -d 10.0.0.2 --sport 55 --dport 53 -t 500 --dst-nat 192.0.2.1:5353',
    { ...ends(55, 53), protocol: 'udp', timeout: 500, destinationNat: '192.0.2.1:5353' },
  ],
  [
    '-p udp -s 10.0.0.1 -d 10.0.0.2 --sport 56 --dport 53 -t 500 --src-nat 192.0.2.9',
    { ...ends(56, 53), protocol: 'udp', timeout: 500, sourceNat: '192.0.2.9' },
  ],
  [
    '-p udp -s 2001:db8::1 -d 2001:db8::2 --sport 53 --dport 54 -t 500',
    {
      source: '2001:db8::1',
      destination: '2001:db8::2',
      sourcePort: 53,
      destinationPort: 54,
      protocol: 'udp',
      timeout: 500,
    },
  ],
  [
    '-p udplite -s 10.0.0.3 -d 10.0.0.4 --sport 53 --dport 54 -t 500',
    {
      source: '10.0.0.3',
      destination: '10.0.0.4',
      sourcePort: 53,
      destinationPort: 54,
      protocol: 'udplite',
      timeout: 500,
    },
  ],
  [
    '-p icmp -s 10.0.0.1 -d 10.0.0.2 --icmp-type 8 --icmp-code 0 --icmp-id 77 -t 500',
    {
      source: '10.0.0.1',
      destination: '10.0.0.2',
      protocol: 'icmp',
      icmpType: 8,
      icmpCode: 0,
      icmpId: 77,
      timeout: 500,
    },
  ],
  [
    '-p icmpv6 -s 2001:db8::1 -d 2001:db8::2 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 78 -t 500',
    {
      source: '2001:db8::1',
      destination: '2001:db8::2',
      protocol: 'icmpv6',
      icmpType: 128,
      icmpCode: 0,
      icmpId: 78,
      timeout: 500,
    },
  ],
  [
    '-p tcp -s 10.0.0.7 -d 10.0.0.8 --sport 5 --dport 6 --state ESTABLISHED -t 500 -r 10.0.0.8 -q 10.0.0.7 --reply-port-src 6 --reply-port-dst 9',
    {
      source: '10.0.0.7',
      destination: '10.0.0.8',
      sourcePort: 5,
      destinationPort: 6,
      protocol: 'tcp',
      state: 'ESTABLISHED',
      timeout: 500,
      reply: { source: '10.0.0.8', destination: '10.0.0.7', sourcePort: 6, destinationPort: 9 },
    },
  ],
];

/** The same choice, as `conntrack -L` says it, as the library and as the command do. */
const filters: readonly (readonly [theirs: string, ours: ConnectionFilter, command: string])[] = [
  ['', {}, ''],
  ['-f ipv4', { family: 'inet' }, '-4'],
  ['-f ipv6', { family: 'inet6' }, '-6'],
  ['-p tcp', { protocol: 'tcp' }, '-p tcp'],
  ['-p udp', { protocol: 17 }, '-p 17'],
  ['-p icmp', { protocol: 'icmp' }, '-p icmp'],
  ['-s 10.0.0.1', { source: '10.0.0.1' }, '-s 10.0.0.1'],
  ['-s 10.0.0.0/29', { source: '10.0.0.0/29' }, '-s 10.0.0.0/29'],
  ['-d 10.0.0.4', { destination: '10.0.0.4' }, '-d 10.0.0.4'],
  ['-s 2001:db8::1', { source: '2001:db8::1' }, '-s 2001:db8::1'],
  ['-p tcp --dport 80', { protocol: 'tcp', destinationPort: 80 }, '-p tcp --dport 80'],
  ['-p tcp --sport 1001', { protocol: 'tcp', sourcePort: 1001 }, '-p tcp --sport 1001'],
  [
    '-p udp -s 10.0.0.1 -d 10.0.0.2 --sport 53',
    { protocol: 'udp', source: '10.0.0.1', destination: '10.0.0.2', sourcePort: 53 },
    '-p udp -s 10.0.0.1 -d 10.0.0.2 --sport 53',
  ],
  ['-m 7', { mark: 7 }, '-m 7'],
  ['-m 7/0xf', { mark: { value: 7, mask: 15 } }, '-m 7/0xf'],
  ['-w 5', { zone: 5 }, '-w 5'],
  ['-w 6', { zone: 6 }, '-w 6'],
  ['-p tcp --state TIME_WAIT', { protocol: 'tcp', state: 'TIME_WAIT' }, '-p tcp --state TIME_WAIT'],
  ['-u ASSURED', { status: ['assured'] }, '-u ASSURED'],
  ['-p tcp --dport 81', { protocol: 'tcp', destinationPort: 81 }, '-p tcp --dport 81'],
];

function ends(sourcePort: number, destinationPort: number): ConnectionTuple {
  return { source: '10.0.0.1', destination: '10.0.0.2', sourcePort, destinationPort };
}

const works = spawnSync('conntrack', ['-C'], { encoding: 'utf8' }).status === 0;
let ns: NetworkNamespace;

describe.skipIf(!works)('as the installed conntrack', () => {
  beforeAll(async () => {
    ns = NetworkNamespace.create();
    await ns.network.connections.count(); // opens what the tests use
    return () => ns.close();
  });
  afterEach(() => ns.network.connections.flush());

  it.each(connections)('reads what conntrack -I %s made', async (theirs) => {
    await conntrack(`-I ${theirs}`);
    const [shown] = await shownByThem('');
    expect((await ns.network.connections.list()).map(plain)).toEqual([shown]);
  });

  it.each(connections)('makes what conntrack -I %s makes', async (theirs, spec) => {
    await conntrack(`-I ${theirs}`);
    const expected = await shownByThem('');
    await ns.network.connections.flush();
    await ns.network.connections.add(spec);
    expect(await shownByThem('')).toEqual(expected);
    await ns.network.connections.flush();
    await command('add', inOurWords(theirs));
    expect(await shownByThem('')).toEqual(expected);
  });

  it('makes the same choices', async () => {
    await Promise.all(connections.map(([, spec]) => ns.network.connections.add(spec)));
    for (const [theirs, ours, words] of filters) {
      const expected = await shownByThem(theirs);
      expect(sorted((await ns.network.connections.list(ours)).map(plain)), theirs).toEqual(expected);
      expect(sorted(JSON.parse(await command('list', words)).map(plain)), words).toEqual(expected);
    }
    expect(await ns.network.connections.count()).toMatchObject({ entries: connections.length });
    expect((await conntrack('-C')).trim()).toBe(String(connections.length));
  });

  it('changes and deletes what they see, and they what we see', async () => {
    const { connections: ours } = ns.network;
    for (const [, spec] of connections.slice(0, 4)) await ours.add(spec);
    expect(await ours.updateAll({ mark: 7 }, { mark: 9, timeout: 900, status: ['fixed_timeout'] })).toBe(1);
    expect(await shownByThem('-m 9')).toHaveLength(1);
    await conntrack('-U -p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 1002 --dport 80 -m 11');
    expect(await ours.list({ mark: 11 })).toHaveLength(1);
    await conntrack('-D -p tcp --sport 1002');
    expect(await ours.list({ mark: 11 })).toHaveLength(0);
    expect(await ours.flush({ mark: 9 })).toBe(1);
    expect(await shownByThem('')).toHaveLength(2);
    expect(await ours.flush({ zone: 5 })).toBe(1);
    expect(await shownByThem('')).toHaveLength(1);
  });
});

/** What the command answers in JSON. */
async function command(action: string, words: string): Promise<string> {
  const { io, text } = fakeIo();
  const place = `/proc/${process.pid}/fd/${ns.fd.raw}`;
  const status = await verb.main([action, place, '--json', ...words.split(' ').filter((word) => word !== '')], io);
  if (status !== 0) throw new Error(`netns conntrack ${action} ${words}: exit status ${status}: ${text.stderr}`);
  return text.stdout;
}

/** The same options as `netns conntrack add` has them. */
function inOurWords(theirs: string): string {
  return theirs
    .replace(/ -r /, ' --reply-src ')
    .replace(/ -q /, ' --reply-dst ')
    .replace(/--reply-port-(src|dst) /g, (_, end) => `--reply-${end === 'src' ? 'sport' : 'dport'} `)
    .replace(/--icmpv6-/g, '--icmp-');
}

async function conntrack(line: string): Promise<string> {
  const { stdout, stderr, exitCode } = await ns.exec(
    'conntrack',
    line.split(' ').filter((word) => word !== ''),
  );
  if (exitCode !== 0) throw new Error(`conntrack ${line}: ${stderr}`);
  return stdout;
}

/** A connection without what passes with time. */
interface Plain {
  readonly protocol: number;
  readonly original: readonly (string | undefined)[];
  readonly reply: readonly (string | undefined)[];
  readonly state: string | undefined;
  readonly mark: string;
  readonly zone: string;
  readonly assured: boolean;
  readonly replied: boolean;
}

async function shownByThem(filter: string): Promise<Plain[]> {
  const families = /-f|:/.test(filter) ? [filter] : [`${filter} -f ipv4`, `${filter} -f ipv6`];
  const shown: Plain[] = [];
  for (const each of families) {
    // An address decides about the family, and so do some protocols.
    if (/-f ipv6/.test(each) && /10\.0\.0|icmp/.test(each)) continue;
    const words = each.includes('::') ? `${each} -f ipv6` : each;
    shown.push(...flowsIn(await conntrack(`-L -o xml ${words}`)));
  }
  return sorted(shown);
}

function flowsIn(xml: string): Plain[] {
  return [...xml.matchAll(/<flow>(.*?)<\/flow>/gs)].map(([, flow = '']) => {
    const direction = (name: string) => new RegExp(`<meta direction="${name}">(.*?)</meta>`, 's').exec(flow)?.[1] ?? '';
    const valueIn = (part: string, tag: string) => new RegExp(`<${tag}>(.*?)</${tag}>`).exec(part)?.[1];
    const independent = direction('independent');
    const end = (part: string) => ['src', 'dst', 'sport', 'dport'].map((tag) => valueIn(part, tag));
    return {
      protocol: Number(/layer4 protonum="(\d+)"/.exec(flow)?.[1]),
      original: end(direction('original')),
      reply: end(direction('reply')),
      state: valueIn(independent, 'state'),
      mark: valueIn(independent, 'mark') ?? '0',
      zone: valueIn(independent, 'zone') ?? '0',
      assured: independent.includes('<assured/>'),
      replied: !independent.includes('<unreplied/>'),
    };
  });
}

const numbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58, udplite: 136 };

function plain(connection: Connection): Plain {
  const end = (tuple: ConnectionTuple) =>
    [tuple.source, tuple.destination, tuple.sourcePort, tuple.destinationPort].map((value) =>
      value === undefined ? undefined : String(value),
    );
  return {
    protocol: numbers[connection.protocol] ?? Number(connection.protocol),
    original: end(connection),
    reply: end(connection.reply),
    state: connection.state ?? undefined,
    mark: String(connection.mark ?? 0),
    zone: String(connection.zone),
    assured: connection.status.includes('assured'),
    replied: connection.status.includes('seen_reply'),
  };
}

function sorted(connections: readonly Plain[]): Plain[] {
  return [...connections].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}
