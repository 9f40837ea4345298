import { describe, expect, it } from 'vitest';
import { link } from '../../../../../netlink/families/route/link.ts';
import { Exit } from '../../exit.ts';
import { Words } from '../../words.ts';
import type { Lookup } from '../lookup.ts';
import type { KindContext } from './kind.ts';
import { kindNames, loadKind } from './kinds.ts';

const warnings: string[] = [];
const context: KindContext = {
  lookup: { indexOf: (name: string) => (name === 'eth0' ? 7 : 0) } as Lookup,
  creating: true,
  existing: () => undefined,
  warn: (text) => void warnings.push(text),
};

async function parse(kind: string, words: string, more: Partial<KindContext> = {}): Promise<unknown> {
  const found = await loadKind(kind);
  return found?.parse?.(new Words(words.split(' ').filter((word) => word !== '')), { ...context, ...more });
}

/** The words of a usage text that stand for options: `[no]learning`, `forward_delay FORWARD_DELAY`. */
function optionsOf(usage: string): string[] {
  const body = usage.split('\n\n')[0] ?? '';
  return [...body.matchAll(/\[ (?:\{ )?(\[no\])?([a-z0-9_]+)/g)].flatMap(([, no, word = '']) =>
    no ? [word, `no${word}`] : [word],
  );
}

describe.each(['vxlan', 'bridge', 'bridge_slave'])('%s', (kind) => {
  it('reads every option of its usage text', async () => {
    const usage = (await loadKind(kind))?.usage ?? '';
    const options = optionsOf(usage);
    expect(options.length).toBeGreaterThan(15);
    for (const option of options) {
      // without a value, or with one that may be wrong: but the word itself is known
      const error = await parse(kind, option).catch((reason: unknown) => reason);
      if (error instanceof Exit) expect(error.message, option).not.toContain('unknown');
      else expect(error, option).toBeTypeOf('object');
    }
  });

  it('answers help and unknown words with its usage', async () => {
    const usage = (await loadKind(kind))?.usage ?? '';
    await expect(parse(kind, 'help')).rejects.toEqual(new Exit(usage, 1, false));
    await expect(parse(kind, 'xyz')).rejects.toThrow(`"xyz"?\n${usage.trimEnd()}`);
  });
});

it.each<[string, string, unknown]>([
  ['vxlan', 'id 233 dstport 4789', { id: 233, port: 4789, learning: true }],
  ['vxlan', 'id 1 dstport 0', { id: 1, port: undefined, learning: true }],
  [
    'vxlan',
    'id 1 dstport 1 dev eth0 ttl inherit tos inherit',
    { id: 1, port: 1, learning: true, link: 7, ttlInherit: true, tos: 1 },
  ],
  ['vxlan', 'id 1 dstport 1 ttl auto df set', { id: 1, port: 1, learning: true, ttl: 0, df: 1 }],
  ['vxlan', 'external dstport 1', { collectMetadata: true, port: 1, learning: false }],
  ['vxlan', 'external gpe', { collectMetadata: true, gpe: true, port: 4790, learning: false }],
  [
    'vxlan',
    'id 1 dst 1 local fd00::1 remote fd00::2',
    { id: 1, port: 1, learning: true, local6: 'fd00::1', group6: 'fd00::2' },
  ],
  [
    'vxlan',
    'id 1 dst 1 srcport 5 6 maxaddress unlimited ageing none',
    { id: 1, port: 1, learning: true, portRange: { low: 5, high: 6 }, limit: 0, ageing: 0 },
  ],
  ['bridge', 'f 300 vlan_filtering 1', { forwardDelay: 300, vlanFiltering: true }],
  ['bridge', 'vlan_protocol 802.1AD', { vlanProtocol: 0x88a8 }],
  ['bridge', 'no_linklocal_learn 1 mcast_vlan_snooping 0', { multiBoolopt: { optval: 1, optmask: 3 } }],
  ['bridge', 'mcast_querier_interval 5 fdb_flush', { mcastQuerierIntvl: 5n, fdbFlush: true }],
  ['bridge_slave', 'hairpin on flood off backup_port eth0', { mode: true, unicastFlood: false, backupPort: 7 }],
  ['bridge_slave', 'nobackup_port', { backupPort: 0 }],
  [
    'macvlan',
    'mode source macaddr set 2:0:0:0:0:1 2:0:0:0:0:2',
    { mode: 16, macaddrMode: 3, macaddrData: { macaddr: ['02:00:00:00:00:01', '02:00:00:00:00:02'] } },
  ],
  ['macvlan', 'mode passthru flag nopromisc bcqueuelen 5', { mode: 8, flags: 1, bcQueueLen: 5 }],
  ['macvtap', 'mode bridge nodst flag null', { mode: 4, flags: 0 }],
])('%s %s', async (kind, words, expected) => {
  const data = await parse(kind, words);
  expect(data).toEqual(expected);
  const linkinfo = kind === 'bridge_slave' ? { slave: { kind: 'bridge', data } } : { kind, data };
  expect(() => link.encode({ attributes: { linkinfo } } as Parameters<typeof link.encode>[0])).not.toThrow();
});

it('warns of a port that is not given, but only for a new link', async () => {
  warnings.length = 0;
  await parse('vxlan', 'id 1', { creating: false });
  expect(warnings).toEqual([]);
  await parse('vxlan', 'id 1');
  expect(warnings).toEqual([expect.stringContaining('vxlan: destination port not specified\n')]);
});

it('a changed vxlan keeps what is not mentioned', async () => {
  expect(await parse('vxlan', 'ageing 5', { creating: false })).toEqual({ ageing: 5 });
});

it.each([
  ['vxlan', 'dstport 1', 'vxlan: missing virtual network identifier'],
  ['vxlan', 'id 16777216', 'argument "16777216" is wrong: invalid id'],
  ['vxlan', 'id 1 id 2', 'either "id" is duplicate, or "2" is a garbage'],
  ['vxlan', 'id 1 proxy noproxy', 'either "noproxy" is duplicate, or "noproxy" is a garbage'],
  ['vxlan', 'id 1 external', "both 'external' and vni cannot be specified"],
  ['vxlan', 'id 1 group 239.1.1.1', "'group' requires 'dev' to be specified"],
  ['vxlan', 'id 1 dev nope', 'Cannot find device "nope"'],
  ['bridge', 'priority 65536', 'argument "65536" is wrong: invalid priority'],
  ['bridge_slave', 'state x', 'argument "x" is wrong: state is invalid'],
  ['bridge_slave', 'guard x', 'argument of "guard" must be one of "off", "on", not "x"'],
  ['macvlan', 'mode x', 'must be "private", "vepa", "bridge", "passthru" or "source", not "x"'],
  ['macvlan', 'mode bridge nopromisc', 'macvlan: nopromisc flag only valid in passthru mode'],
])('%s %s is refused', async (kind, words, message) => {
  await expect(parse(kind, words)).rejects.toThrow(message);
});

it('knows its kinds', async () => {
  for (const name of kindNames) expect((await loadKind(name))?.usage).toMatch(/^Usage:\s/);
  expect(await loadKind('nosuch')).toBeUndefined();
  expect(await loadKind('constructor')).toBeUndefined();
});
