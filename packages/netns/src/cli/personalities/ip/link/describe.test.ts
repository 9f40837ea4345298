import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LinkMessage, link } from '../../../../netlink/families/route/link.ts';
import { formatJson } from '../json.ts';
import { toJson, toText } from '../show/fields.ts';
import { paintFor } from '../show/paint.ts';
import { briefHardwareParts, briefParts, linkParts } from './describe.ts';
import { bridge } from './kinds/bridge.ts';
import { bridgePort } from './kinds/bridge-port.ts';
import { macvlan, macvtap } from './kinds/macvlan.ts';
import { vxlan } from './kinds/vxlan.ts';
import { linkOf, viewOf } from './testing.ts';

const br0 = linkOf({ index: 2, flags: 0x1003 }, { ifname: 'br0' });
const v0 = linkOf(
  { index: 4, flags: 0x1043 },
  {
    ifname: 'v0',
    mtu: 1500,
    qdisc: 'noqueue',
    master: 2,
    link: 3,
    linkNetnsid: 7,
    operstate: 6,
    linkmode: 0,
    group: 0,
    txqlen: 1000,
    address: '02:00:00:00:00:01',
    broadcast: 'ff:ff:ff:ff:ff:ff',
    ifalias: 'words',
    propList: { altIfname: ['other', 'another'] },
  },
);

describe('linkParts', () => {
  it('makes the text of ip link', () => {
    const view = viewOf({}, [br0], { namespaces: new Map([[7, 'a']]) });
    expect(toText(linkParts, v0, view)).toBe(`\
4: v0@if3: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue master br0 state UP mode DEFAULT group default qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netns a
    alias words
    altname other
    altname another`);
  });

  it('makes the text of ip address', () => {
    const view = viewOf({ oneline: true }, [], { linkCommand: false, firstLineOnly: true });
    expect(toText(linkParts, v0, view)).toBe(
      '4: v0@if3: <BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue master if2 state UP group default qlen 1000' +
        ' link-netnsid 7\\    altname other\\    altname another',
    );
  });

  it('makes JSON', () => {
    expect(toJson(linkParts, v0, viewOf({ json: true }, [br0]))).toEqual({
      ifindex: 4,
      link_index: 3,
      ifname: 'v0',
      flags: ['BROADCAST', 'MULTICAST', 'UP'],
      mtu: 1500,
      qdisc: 'noqueue',
      master: 'br0',
      operstate: 'UP',
      linkmode: 'DEFAULT',
      group: 'default',
      txqlen: 1000,
      link_type: 'ether',
      address: '02:00:00:00:00:01',
      broadcast: 'ff:ff:ff:ff:ff:ff',
      link_netnsid: 7,
      ifalias: 'words',
      altnames: ['other', 'another'],
    });
  });

  it('paints', () => {
    const view = viewOf({}, [], { paint: paintFor('always', false, {}), linkCommand: false });
    expect(toText(linkParts.slice(0, 8), v0, view)).toBe(
      '4: \u001b[1;36mv0@if3: \u001b[0m<BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue master if2 state \u001b[1;32mUP \u001b[0m',
    );
  });

  it('shows tunnels by their IP addresses', () => {
    const tunnel = linkOf(
      { type: 768, flags: 0x10 },
      { ifname: 't', address: '0a:00:00:01', broadcast: '0a:00:00:02' },
    );
    expect(toText(linkParts, tunnel, viewOf())).toBe('2: t: <POINTOPOINT> \n    link/ipip 10.0.0.1 peer 10.0.0.2');
    expect(toJson(linkParts, tunnel, viewOf())).toMatchObject({ link_pointtopoint: true, broadcast: '10.0.0.2' });
  });

  it('shows a link below that is not here, or nowhere', () => {
    expect(toText(linkParts, linkOf({}, { ifname: 'a', link: 9 }), viewOf())).toContain('2: a@if9: <> ');
    expect(toText(linkParts, linkOf({}, { ifname: 'a', link: 0 }), viewOf())).toContain('2: a@NONE: <> ');
  });
});

it('brief parts stand in columns', () => {
  expect(toText([...briefParts, ...briefHardwareParts], v0, viewOf())).toBe(
    'v0@if3           UP             02:00:00:00:00:01 <BROADCAST,MULTICAST,UP> ',
  );
});

/** Every link that the kernel sent when the fixtures were captured. */
function capturedLinks(): LinkMessage[] {
  const directory = join(import.meta.dirname, '../../../../../test/fixtures');
  const files = readdirSync(directory).filter((name) => name.startsWith('link-'));
  return files.flatMap((name) => {
    const { messages } = JSON.parse(readFileSync(join(directory, name), 'utf8'));
    return (messages as { direction: string; hex: string }[]).flatMap(({ direction, hex }) => {
      const bytes = Buffer.from(hex, 'hex');
      return direction === 'received' && bytes.readUInt16LE(4) === link.types.new
        ? [link.decode(bytes.subarray(16))]
        : [];
    });
  });
}

it('describes whatever the kernel sends, in both notations alike', () => {
  const links = capturedLinks();
  expect(links.length).toBeGreaterThan(10);
  const known = [vxlan, bridge, bridgePort, macvlan, macvtap].map((kind) => [kind.kind, kind] as const);
  const view = viewOf({ details: 1, statistics: 2 }, links, { kinds: new Map(known) });
  for (const each of links) {
    const text = toText(linkParts, each, view);
    expect(text).not.toMatch(/undefined|NaN|\[object|%/);
    const json = JSON.parse(formatJson(toJson(linkParts, each, view), true));
    expect(text).toContain(`${json.ifindex}: ${json.ifname}`);
    expect(text.includes(' mtu ')).toBe(json.mtu !== undefined);
    if (json.mtu !== undefined) expect(text).toContain(` mtu ${json.mtu} `);
    if (json.linkinfo?.info_kind) expect(text).toContain(`\n    ${json.linkinfo.info_kind} `);
  }
});
