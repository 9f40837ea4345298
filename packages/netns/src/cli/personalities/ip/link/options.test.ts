import { describe, expect, it } from 'vitest';
import { linkFlag } from '../../../../netlink/families/route/link.ts';
import { Exit, misuse } from '../exit.ts';
import { readOptions } from '../grammar.ts';
import { Words } from '../words.ts';
import { nameByDevice, newDraft } from './draft.ts';
import type { Lookup } from './lookup.ts';
import { linkGrammar } from './options.ts';
import { linkUsage } from './usage.ts';

function read(line: string) {
  const draft = newDraft();
  readOptions(linkGrammar, new Words(line.split(' ')), draft, {
    lookup: { indexOf: (name: string) => (name === 'br0' ? 7 : 0) } as Lookup,
    openNamespaceFile: () => undefined,
    force: false,
    help: () => {
      throw misuse('help');
    },
  });
  return draft;
}

describe('linkGrammar', () => {
  it('reads attributes', () => {
    expect(
      read('v0 address 2:0:0:0:0:1 mtu 0x600 qlen 5 numtx 2 gso_max_size 7 master br0 alias x group 5'),
    ).toMatchObject({
      device: 'v0',
      group: 5,
      attributes: {
        address: '02:00:00:00:00:01',
        mtu: 1536,
        txqlen: 5,
        numTxQueues: 2,
        gsoMaxSize: 7,
        master: 7,
        ifalias: 'x',
      },
    });
    expect(read('nomaster mode dormant state up addrgenmode none carrier off protodown on').attributes).toEqual({
      master: 0,
      linkmode: 1,
      operstate: 6,
      afSpec: { inet6: { addrGenMode: 1 } },
      carrier: false,
      protoDown: true,
    });
  });

  it('collects flags', () => {
    expect(read('up down dev v0 arp off multicast on')).toMatchObject({
      change: linkFlag('UP') | linkFlag('NOARP') | linkFlag('MULTICAST'),
      flags: linkFlag('NOARP') | linkFlag('MULTICAST'),
    });
  });

  it('stops at the type', () => {
    const words = new Words(['v0', 'ty', 'veth', 'peer']);
    const draft = newDraft();
    readOptions(linkGrammar, words, draft, {} as never);
    expect([draft.kind, words.take(), words.take()]).toEqual(['veth', 'peer', undefined]);
  });

  it('shortens as ip does', () => {
    expect(read('a 1:2 l x t 5 m br0')).toMatchObject({
      below: 'x',
      attributes: { address: '01:02', txqlen: 5, master: 7 },
    });
    expect(read('v0 n').attributes).toEqual({ master: 0 });
  });

  it.each([
    ['v0 mtu x', 'Error: argument "x" is wrong: Invalid "mtu" value\n\n', 255],
    ['v0 mtu 1 mtu 2', 'Error: duplicate "mtu": "2" is the second value.\n', 255],
    ['v0 v1', 'Error: either "dev" is duplicate, or "v1" is garbage.\n', 255],
    ['v0 name a/b', 'Error: argument "a/b" is wrong: "name" not a valid ifname\n', 255],
    [`${'a'.repeat(128)}`, `Error: argument "${'a'.repeat(128)}" is wrong: "dev" not a valid ifname\n`, 255],
    ['v0 index 0', 'Error: argument "0" is wrong: Invalid "index" value\n', 255],
    ['v0 netns nope', 'Error: argument "nope" is wrong: Invalid "netns" value\n\n', 255],
    ['v0 master nope', 'Error: argument "nope" is wrong: Device does not exist\n\n', 255],
    ['v0 group nope', 'Error: argument "nope" is wrong: Invalid "group" value\n\n', 255],
    ['v0 link-netnsid x', 'Error: argument "x" is wrong: Invalid "link-netnsid" value\n\n', 255],
    ['v0 link-netnsid 1 link-netnsid 2', 'Error: duplicate "link-netns/link-netnsid": "2" is the second value.\n', 255],
    ['v0 arp x', 'Error: argument of "arp" must be "on" or "off", not "x"\n', 1],
    ['v0 xdp off up', 'What mode is "off"?\n', 255],
    ['v0 address', 'Command line is not complete. Try option "help"\n', 255],
    ['he', 'help', 255],
  ])('refuses %s', (line, message, code) => {
    expect(() => read(line)).toThrow(new Exit(message, code, code === 255));
  });
});

it('a device is a name for a new link', () => {
  const draft = read('v0');
  nameByDevice(draft);
  expect(draft.name).toBe('v0');
  expect(() => nameByDevice(read('v0 name v1'))).toThrow('both "name" and "dev" cannot be used');
});

it('help comes from the tables', () => {
  expect(linkUsage()).toContain('\t\t    [ mtu MTU ]\n');
  expect(linkUsage()).toContain('TYPE := { amt | bareudp | bond | bond_slave | bridge | bridge_slave | dsa | dummy | ');
});
