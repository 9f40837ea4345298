import { expect, it } from 'vitest';
import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { KeptFiles } from '../bpf-programs.ts';
import { DeviceNames } from '../device-names.ts';
import { misuse } from '../exit.ts';
import { readOptions } from '../grammar.ts';
import { Words } from '../words.ts';
import type { RouteDraft } from './draft.ts';
import { readHops } from './hops.ts';
import { type RouteContext, routeGrammar } from './options.ts';
import { routeUsage } from './usage.ts';

const connection = { requestSync: () => [{ header: { index: 7 }, attributes: { ifname: 'eth0' } }] };

function context(words: Words): RouteContext {
  return {
    words,
    devices: new DeviceNames(connection as unknown as NetlinkConnection),
    kept: new KeptFiles(),
    help: () => {
      throw misuse('help');
    },
  };
}

function read(line: string, family?: RouteDraft['family']): RouteDraft {
  const words = new Words(line.split(' '));
  const draft: RouteDraft = { family, flags: 0, gateway: false, metrics: {}, attributes: {} };
  readOptions(routeGrammar, words, draft, context(words));
  return draft;
}

it('reads a route', () => {
  const draft = read(
    '10.0.0.0/24 via 10.0.0.1 dev eth0 metric 5 proto static table 300 mtu lock 1400 realms 3/4 onlink',
  );
  expect(draft).toMatchObject({
    family: 'inet',
    destination: { length: 24 },
    device: 'eth0',
    table: 300,
    protocol: 4,
    flags: 4,
    metrics: { mtu: 1400, lock: 4 },
    attributes: { gateway: '10.0.0.1', priority: 5, flow: 0x30004 },
  });
});

it('takes the family from what is known first', () => {
  expect(read('default via fd00::1').family).toBe('inet6');
  expect(read('10.0.0.0/8 via inet6 fd00::1').attributes).toEqual({ via: { family: 10, address: 'fd00::1' } });
  expect(() => read('10.0.0.0/8 via fd00::1')).toThrow('inet address is expected rather than "fd00::1"');
});

it('reads a type, unless it could be an address', () => {
  expect(read('blackhole 10.0.0.0/8').type).toBe(6);
  expect(read('un 10.0.0.0/8').type).toBe(7);
  expect(read('10').type).toBeUndefined();
});

it('reads labels where the family is mpls', () => {
  expect(read('100 as 200/300 via inet 10.0.0.1', 'mpls')).toMatchObject({
    destination: { family: 'mpls', bytes: Uint8Array.of(0, 6, 0x41, 0), length: 20 },
    attributes: { newdst: [200, 300], via: { family: 2, address: '10.0.0.1' } },
  });
});

it('reads an encapsulation up to the first word that is not its own', () => {
  expect(read('10.0.0.0/8 encap mpls 100/200 ttl 5 dev eth0')).toMatchObject({
    device: 'eth0',
    attributes: { encap: { kind: 'mpls', data: { dst: [100, 200], ttl: 5 } } },
  });
  expect(read('10.0.0.0/8 encap ip id 5 dst 192.0.2.1 key csum dev eth0').attributes.encap).toEqual({
    kind: 'ip',
    data: { id: 5n, dst: '192.0.2.1', flags: 5 },
  });
});

it.each(['geneve_opts', 'vxlan_opts', 'erspan_opts'])('never sends %s', (word) => {
  expect(() => read(`10.0.0.0/8 encap ip id 5 ${word} 0 dev eth0`)).toThrow('not implemented');
});

it('reads next hops', () => {
  const draft = read('10.0.0.0/8 nexthop via 10.0.0.1 weight 3 nexthop dev eth0 onlink');
  expect(readHops(draft, draft.hops ?? [], context(new Words([])))).toEqual([
    { header: { flags: 0, hops: 2, ifindex: 0 }, attributes: { gateway: '10.0.0.1' } },
    { header: { flags: 4, hops: 0, ifindex: 7 }, attributes: {} },
  ]);
});

it('help comes from the tables', () => {
  expect(routeUsage()).toContain('\t\t[ mtu [ lock ] NUMBER ]\n');
});
