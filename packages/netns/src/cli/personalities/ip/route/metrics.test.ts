import { expect, it } from 'vitest';
import { describeMetrics } from './metrics.ts';

it('tells metrics in the order of their numbers, times in milliseconds', () => {
  expect(
    describeMetrics({ rtt: 8000, rttvar: 200, mtu: 1400, lock: 4, features: 17, ccAlgo: 'reno', rtoMin: 5 }),
  ).toEqual({
    text: 'mtu lock 1400 rtt 1s rttvar 50ms features ecn tcp_usec_ts rto_min 5ms congctl reno ',
    json: {
      metrics: [{ mtu: 1400, rtt: 1000, rttvar: 50, ecn: null, tcp_usec_ts: null, rto_min: 5, congestion: 'reno' }],
    },
  });
  expect(describeMetrics(undefined)).toBeUndefined();
});

it('tells of features that have no name', () => {
  expect(describeMetrics({ features: 0x101 })?.text).toBe('features ecn 0x100 ');
});
