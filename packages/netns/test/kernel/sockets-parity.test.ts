import dgram from 'node:dgram';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkNamespace } from '../../src/api/network-namespace.ts';
import { lively, livelyHost } from './support/lively.ts';
import { dgramCases } from './support/parity-dgram.ts';
import { netCases } from './support/parity-net.ts';
import { webCases } from './support/parity-web.ts';
import { Tape } from './support/tape.ts';

let ns: NetworkNamespace;
beforeAll(async () => {
  await livelyHost();
  ns = await lively();
});
afterAll(() => ns.close());

type Cases<T> = Readonly<Record<string, (module: T, tape: Tape) => Promise<unknown>>>;

/** Does the same with Node's module outside and with the one of a namespace: all that can be told must be the same. */
function sameAs<T>(cases: Cases<T>, node: T, inside: () => T): void {
  it.each(Object.entries(cases))('%s', async (_name, work) => {
    const expected = await work(node, new Tape());
    expect(expected).toBeDefined();
    expect(await work(inside(), new Tape())).toEqual(expected);
  });
}

describe('node:net, event by event', () => sameAs(netCases, net, () => ns.net));
describe('node:dgram, event by event', () => sameAs(dgramCases, dgram, () => ns.dgram));

describe('node:http, node:https, node:tls and fetch, event by event', () =>
  sameAs(webCases, { http, https, tls, net, fetch }, () => ns));
