import { describe, expect, it } from 'vitest';
import { NetlinkConnection } from '../connection/connection.ts';
import { NLM_F_DUMP_INTR } from '../netlink/header.ts';
import { done, ScriptedKernel } from '../testing/scripted-kernel.ts';
import { Network } from './network.ts';

const lists: readonly (readonly [string, (network: Network) => Promise<{ readonly interrupted: boolean }>])[] = [
  ['links', ({ links }) => links.list()],
  ['addresses', ({ addresses }) => addresses.list()],
  ['routes', ({ routes }) => routes.list()],
  ['rules', ({ rules }) => rules.list()],
  ['nexthops', ({ nexthops }) => nexthops.list()],
  ['buckets', ({ nexthops }) => nexthops.buckets()],
  ['neighbours', ({ neighbours }) => neighbours.list()],
  ['fdb', ({ fdb }) => fdb.list()],
  ['nsids', ({ nsids }) => nsids.list()],
];

/** A kernel whose empty tables change during the first `times` dumps. */
function restless(times: number) {
  const transport = new ScriptedKernel((request, index) => [done(request, index < times ? NLM_F_DUMP_INTR : 0)]);
  return { transport, network: new Network(new NetlinkConnection({ transport })) };
}

describe.each(lists)('a list of %s', (_, list) => {
  it('says when the table kept changing, after ten attempts', async () => {
    const { transport, network } = restless(Number.POSITIVE_INFINITY);
    expect((await list(network)).interrupted).toBe(true);
    expect(transport.sent.length).toBe(10);
  });

  it('is whole when one of them was not interrupted', async () => {
    const { transport, network } = restless(9);
    const entries = await list(network);
    expect(entries.interrupted).toBe(false);
    expect(transport.sent.length).toBe(10);
    expect(entries).toEqual([]);
  });
});
