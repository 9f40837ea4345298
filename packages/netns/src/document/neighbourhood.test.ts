import { describe, expect, it } from 'vitest';
import { type Device, Neighbourhood } from './neighbourhood.ts';
import type { Networks } from './networks.ts';

/** Every namespace calls the others by the length of their names. */
const networks = {
  namespace: (name: string) => ({ fd: name }),
  network: () => ({ nsids: { get: async ({ fd }: { fd: string }) => ({ nsid: fd.length }) } }),
} as unknown as Networks;

const device = (index: number, name: string, more: Partial<Device>): Device => ({
  index,
  name,
  loopback: false,
  kind: undefined,
  address: undefined,
  linkNetnsid: undefined,
  below: undefined,
  ...more,
});

describe('what belongs together', () => {
  it('finds the other end of a veth, from both sides', async () => {
    const here = device(5, 'a0', { kind: 'veth', below: 3, linkNetnsid: 5 });
    const there = device(3, 'b0', { kind: 'veth', below: 5, linkNetnsid: 4 });
    const both = new Neighbourhood(
      networks,
      new Map([
        ['here', [here]],
        ['there', [there]],
      ]),
    );
    expect(await both.of('here', here)).toEqual({ namespace: 'there', link: 'b0' });
    expect(await both.of('there', there)).toEqual({ namespace: 'here', link: 'a0' });
  });

  it('takes a device that others are made on for no other end, whatever its own number below', async () => {
    const outer = device(5, 'outer', { kind: 'vlan', below: 3, linkNetnsid: 5 });
    const inner = device(3, 'inner', { kind: 'vlan', below: 5 });
    const card = device(5, 'card', {});
    const both = new Neighbourhood(
      networks,
      new Map([
        ['here', [outer]],
        ['there', [inner, card]],
      ]),
    );
    expect(await both.of('here', outer)).toEqual({ namespace: 'there', link: 'inner' });
    expect(await both.of('there', inner)).toEqual({ namespace: 'there', link: 'card' });
  });
});
