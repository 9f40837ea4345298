import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { lively, livelyHost } from './support/lively.ts';
import { netCases } from './support/parity-net.ts';
import { Tape } from './support/tape.ts';

let ns: NetworkNamespace;
beforeAll(async () => {
  await livelyHost();
  ns = await lively();
});
afterAll(() => ns.close());

describe('node:net, event by event', () => {
  it.each(Object.keys(netCases))('%s', async (name) => {
    const work = netCases[name] as (typeof netCases)[string];
    const expected = await work(net, new Tape());
    expect(expected).toBeDefined();
    expect(await work(ns.net, new Tape())).toEqual(expected);
  });
});
