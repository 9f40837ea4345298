import assert from 'node:assert/strict';
import { KernelError, openNetwork, ping } from 'netns';
import type { Step } from '../narrator.ts';
import { until } from '../stage.ts';
import { sayLink, vxlanId } from '../words.ts';

/** Devices, addresses, and a packet that goes through. */
export const wires: readonly Step[] = [
  {
    title: 'A cable: a veth pair, one end in each',
    call: [
      "myns1.network.links.add({ kind: 'veth', name: 'veth1', peer: { name: 'veth2', netns: myns2 } })",
      '// one message to the kernel makes both ends, each where it belongs',
    ],
    ip: ['ip -n myns1 link add veth1 type veth peer name veth2 netns myns2'],
    async run(stage) {
      const [myns1, myns2] = [stage.get('myns1'), stage.get('myns2')];
      await myns1.network.links.add({ kind: 'veth', name: 'veth1', peer: { name: 'veth2', netns: myns2 } });
      const [one, two] = [await myns1.network.links.get('veth1'), await myns2.network.links.get('veth2')];
      assert.deepEqual([one.link, two.link], [two.index, one.index]); // each names the other
      return [
        `myns1: ${sayLink(one)}; its other end is device ${one.link} of namespace id ${one.linkNetnsid}`,
        `myns2: ${sayLink(two)}; its other end is device ${two.link} of namespace id ${two.linkNetnsid}`,
      ];
    },
  },
  {
    title: 'A vxlan with id 233, made here and moved into myns1',
    call: [
      "openNetwork().links.add({ kind: 'vxlan', name: 'vxlan233', data: { id: 233, port: 4789 } })",
      "openNetwork().links.set('vxlan233', { netns: 'myns1' })",
    ],
    ip: ['ip link add vxlan233 type vxlan id 233 dstport 4789', 'ip link set vxlan233 netns myns1'],
    async run(stage) {
      using network = openNetwork();
      try {
        await network.links.add({ kind: 'vxlan', name: 'vxlan233', data: { id: 233, port: 4789 } });
      } catch (error) {
        if (error instanceof KernelError && error.code === 'EOPNOTSUPP')
          return [`this kernel has none: ${error.message}`];
        throw error;
      }
      const before = await network.links.get('vxlan233');
      await network.links.set('vxlan233', { netns: 'myns1' });
      assert.deepEqual(
        (await network.links.list()).map(({ name }) => name),
        ['lo'],
      );
      const after = await stage.get('myns1').network.links.get('vxlan233');
      assert.equal(vxlanId(after), 233);
      return [
        `here, before: ${sayLink(before)}, id ${vxlanId(before)}`,
        `here, now: ${(await network.links.list()).map(({ name }) => name).join(', ')}`,
        `myns1: ${sayLink(after)}, id ${vxlanId(after)}`,
      ];
    },
  },
  {
    title: 'An address at each end of the cable, and both ends up',
    call: [
      "myns1.network.addresses.add({ link: 'veth1', address: '10.0.0.1/24' })",
      "myns1.network.links.set('veth1', { up: true })   // and so in myns2, with 10.0.0.2",
    ],
    ip: ['ip -n myns1 address add 10.0.0.1/24 dev veth1', 'ip -n myns1 link set veth1 up'],
    async run(stage) {
      const answers: string[] = [];
      for (const [name, link, address] of [
        ['myns1', 'veth1', '10.0.0.1'],
        ['myns2', 'veth2', '10.0.0.2'],
      ] as const) {
        const { network } = stage.get(name);
        await network.addresses.add({ link, address: `${address}/24` });
        await network.links.set(link, { up: true });
      }
      for (const [name, link] of [
        ['myns1', 'veth1'],
        ['myns2', 'veth2'],
      ] as const) {
        const { network } = stage.get(name);
        await until(`${link} is up`, async () => (await network.links.get(link)).operstate === 'UP');
        const all = await network.addresses.list({ link });
        const inet = all.find(({ family }) => family === 'inet');
        answers.push(
          `${name}: ${link} has ${inet?.address}/${inet?.prefixLength} and is ${(await network.links.get(link)).operstate}`,
        );
      }
      return answers;
    },
  },
  {
    title: 'A ping through the cable: an ICMP echo request, and its reply',
    call: ["ping(myns1, '10.0.0.2')", "ping(myns2, '10.0.0.1')"],
    ip: ['ip netns exec myns1 ping -c 1 10.0.0.2', 'ip netns exec myns2 ping -c 1 10.0.0.1'],
    async run(stage) {
      const there = await ping(stage.get('myns1'), '10.0.0.2', { timeout: 10_000 });
      const back = await ping(stage.get('myns2'), '10.0.0.1', { timeout: 10_000 });
      return [
        `10.0.0.2 answered myns1 after ${there.milliseconds.toFixed(2)} ms`,
        `10.0.0.1 answered myns2 after ${back.milliseconds.toFixed(2)} ms`,
      ];
    },
  },
];
