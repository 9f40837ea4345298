import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../test/codec/fixture.ts';
import { mptcpSocket, sctpSocket } from './inet.ts';

/** What a kernel answered who was asked for these: no message says by itself that it is one. */
function payloads(name: string): readonly Uint8Array[] {
  const file = new URL(`../../../../test/fixtures/asked/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { payloads: string[] }).payloads.map(fromHex);
}

it('reads what MPTCP knows of a connection', () => {
  const sockets = payloads('mptcp').map((payload) => mptcpSocket.received.decode(payload));
  expect(sockets.map(({ header: { state, sport } }) => [state, sport])).toContainEqual([1, 8080]);
  const connected = sockets.filter(({ header }) => header.state === 1);
  for (const { attributes } of connected) {
    expect(attributes.unknown).toBeUndefined();
    expect(attributes.info).toMatchObject({ flags: 2, subflows: 0, token: expect.any(Number) });
    expect(attributes.info?.rest).toBeUndefined();
  }
  expect(connected.map(({ attributes }) => attributes.info?.bytesReceived)).toContain(5n);
});

it('reads what SCTP knows of an association', () => {
  const sockets = payloads('sctp').map((payload) => sctpSocket.received.decode(payload));
  const associations = sockets.filter(({ attributes }) => attributes.peers !== undefined);
  expect(associations.length).toBeGreaterThan(0);
  for (const { attributes } of associations) {
    expect(attributes.unknown).toBeUndefined();
    expect(attributes.info).toMatchObject({ rwnd: 106496, instrms: 10, outstrms: 10, maxBurst: 4, maxseg: 65484 });
    expect(attributes.peers?.map((peer) => toHex(peer.subarray(4, 8)))).toEqual(['7f000001']);
  }
});

it.each([
  ['mptcp', mptcpSocket],
  ['sctp', sctpSocket],
] as const)('writes %s back as it came', (name, { received }) => {
  for (const payload of payloads(name)) expect(toHex(received.encode(received.decode(payload)))).toBe(toHex(payload));
});
