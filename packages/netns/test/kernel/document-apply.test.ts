import { expect, it } from 'vitest';
import { apply } from '../../src/document/apply.ts';
import { describe as describeNetworks } from '../../src/document/describe.ts';
import type { NetworkDocument } from '../../src/document/document.ts';
import { removeNames } from '../../src/index.ts';

const two: NetworkDocument = {
  version: 1,
  namespaces: {
    blue: {
      links: {
        lo: {},
        eth0: {
          kind: 'veth',
          peer: { namespace: 'red', link: 'eth0' },
          mtu: 1400,
          master: 'br0',
          port: { kind: 'bridge', data: { isolated: true } },
        },
        br0: { kind: 'bridge', data: { forwardDelay: 400 } },
        vx0: { kind: 'vxlan', data: { id: 7, port: 4789, group: '10.0.0.2' }, link: 'br0', mtu: 1350 },
        mv0: { kind: 'macvlan', link: 'br0', data: { mode: 'bridge' }, up: false },
      },
      addresses: [
        { link: 'br0', address: '10.0.0.1/24' },
        { link: 'br0', address: '2001:DB8::1/64', noDad: true },
      ],
      nexthops: [
        { id: 1, gateway: '10.0.0.2', link: 'br0' },
        { id: 2, gateway: '10.0.0.3', link: 'br0' },
        { id: 10, group: [{ id: 1 }, { id: 2, weight: 2 }] },
      ],
      routes: [
        { destination: 'default', gateway: '10.0.0.254' },
        { destination: '192.0.2.0/24', nexthop: 10 },
        {
          destination: '198.51.100.0/24',
          nexthops: [{ gateway: '10.0.0.5' }, { gateway: '10.0.0.6', weight: 3 }],
          metric: 7,
        },
        { destination: '2001:db8:1::/48', gateway: '2001:db8::2' },
        { destination: '203.0.113.0/24', type: 'blackhole', table: 100 },
      ],
      rules: [{ priority: 100, from: '10.0.0.0/24', table: 100 }],
      neighbours: [
        { link: 'br0', address: '10.0.0.77', linkAddress: '02:00:00:00:00:77' },
        { link: 'br0', address: '10.0.0.78', proxy: true },
      ],
    },
    red: { addresses: [{ link: 'eth0', address: '10.0.0.2/24' }] },
  },
};

it('makes two namespaces with all between them, and does nothing the second time', async () => {
  const steps = await apply(two);
  console.log(steps.flatMap((s) => s.commands).join('\n'));
  expect((await apply(two)).flatMap(({ commands }) => commands)).toEqual([]);
  const described = await describeNetworks(['blue', 'red']);
  console.log(JSON.stringify(described, null, 1));
  expect((await apply(described)).flatMap(({ commands }) => commands)).toEqual([]);
  removeNames(['blue', 'red']);
  await apply(described);
  expect(await describeNetworks(['blue', 'red'])).toEqual(described);
  removeNames(['blue', 'red']);
});
