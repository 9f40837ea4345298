import { expect, it } from 'vitest';
import type { CountersSample } from './counters.ts';
import { ratesBetween } from './rates.ts';

const sample = (time: number, protocols: object, links: object) => ({ time, protocols, links }) as CountersSample;

it('are what was counted in a second; what went back, is new or is no counter has none', () => {
  const before = sample(
    1000,
    { UdpInDatagrams: 10n, TcpInSegs: 5n, TcpCurrEstab: 1n },
    { a: { rxBytes: 0n }, b: { rxBytes: 9n } },
  );
  const after = sample(
    3000,
    { UdpInDatagrams: 30n, TcpInSegs: 4n, TcpCurrEstab: 9n, IpExtInOctets: 7n },
    { a: { rxBytes: 1000n }, b: { rxBytes: 1n }, c: { rxBytes: 5n } },
  );
  expect(ratesBetween(before, after)).toEqual({
    seconds: 2,
    protocols: { UdpInDatagrams: 10 },
    links: { a: { rxBytes: 500 }, b: {} },
  });
  expect(ratesBetween(after, after).protocols).toEqual({});
});
