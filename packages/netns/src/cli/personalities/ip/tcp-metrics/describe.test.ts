import { expect, it } from 'vitest';
import type { TcpMetricsMessage } from '../../../../netlink/families/generic/tcp-metrics.ts';
import { defaultOptions } from '../options.ts';
import { toJson, toText } from '../show/fields.ts';
import { plain } from '../show/paint.ts';
import { metricsParts } from './describe.ts';

const view = { options: defaultOptions(), paint: plain, newline: '\n', host: String };
const message = (attributes: TcpMetricsMessage['attributes']) => ({ header: { command: 1, version: 1 }, attributes });

it('tells what ip told of the same connection', () => {
  const each = message({
    addrIpv6: 'fd00::2',
    age: 520n,
    vals: { rtt: 1, rttvar: 3, cwnd: 269, rttUs: 1515, rttvarUs: 3022 },
    saddrIpv6: 'fd00::1',
  });
  expect(toText(metricsParts, each, view)).toBe(
    'fd00::2 age 0.520sec cwnd 269 rtt 1515us rttvar 3022us source fd00::1',
  );
  expect(JSON.stringify(toJson(metricsParts, each, view))).toBe(
    '{"dst":"fd00::2","age":0.52,"cwnd":269,"rtt":0.001515,"rttvar":0.003022,"source":"fd00::1"}',
  );
});

it('tells what fast open remembers', () => {
  const each = message({
    addrIpv4: '10.0.0.2',
    fopenMss: 1460,
    fopenSynDrops: 2,
    fopenSynDropTs: 1500n,
    fopenCookie: Uint8Array.of(1, 0xab),
  });
  expect(toText(metricsParts, each, view)).toBe('10.0.0.2 fo_mss 1460 fo_syn_drops 2/1.500sec ago fo_cookie 01ab');
});
