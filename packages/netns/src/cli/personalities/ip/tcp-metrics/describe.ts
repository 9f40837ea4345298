import type { TcpMetricsMessage } from '../../../../netlink/families/generic/tcp-metrics.ts';
import { fixed, type Json, type Literal } from '../json.ts';
import { host, type Part, type View, value } from '../show/fields.ts';

type Shown = Part<TcpMetricsMessage, View>;

export function destinationOf({ attributes }: TcpMetricsMessage): string | undefined {
  return attributes.addrIpv4 ?? attributes.addrIpv6;
}

export function sourceOf({ attributes }: TcpMetricsMessage): string | undefined {
  return attributes.saddrIpv4 ?? attributes.saddrIpv6;
}

const painted =
  (prefix: string) =>
  (text: Json, { paint }: View) =>
    `${prefix}${paint(String(text).includes(':') ? 'inet6' : 'inet', String(text))}`;

const milliseconds = (count: bigint | undefined): Literal | undefined =>
  count === undefined ? undefined : fixed(Number(count) / 1000, 3);

/** A time as JSON has numbers: seconds, without zeros at the end. */
function time(name: string, inMicroseconds: (message: TcpMetricsMessage) => number | undefined): Shown {
  return (message) => {
    const count = inMicroseconds(message);
    return count === undefined ? undefined : { text: ` ${name} ${count}us`, json: { [name]: count / 1_000_000 } };
  };
}

export const metricsParts: readonly Shown[] = [
  host('dst', painted(''), destinationOf),
  (message) => {
    const age = milliseconds(message.attributes.age);
    return age === undefined ? undefined : { text: ` age ${age.literal}sec`, json: { age: Number(age.literal) } };
  },
  (message) => {
    const { twTsval, twTsStamp } = message.attributes;
    if (twTsval === undefined || twTsStamp === undefined) return undefined;
    return { text: ` tw_ts ${twTsval}/${twTsStamp}sec ago`, json: { tw_ts_stamp: twTsStamp, tw_ts: twTsval } };
  },
  value('ssthresh', ' ssthresh %', ({ attributes: { vals } }) => vals?.ssthresh),
  value('cwnd', ' cwnd %', ({ attributes: { vals } }) => vals?.cwnd),
  value('reordering', ' reordering %', ({ attributes: { vals } }) => vals?.reordering),
  time('rtt', ({ attributes: { vals } }) => vals?.rttUs ?? inMicroseconds(vals?.rtt)),
  time('rttvar', ({ attributes: { vals } }) => vals?.rttvarUs ?? inMicroseconds(vals?.rttvar)),
  value('fopen_miss', ' fo_mss %', ({ attributes: { fopenMss } }) => fopenMss),
  (message) => {
    const { fopenSynDrops, fopenSynDropTs = 0n } = message.attributes;
    if (fopenSynDrops === undefined) return undefined;
    const ago = fixed(Number(fopenSynDropTs) / 1000, 3);
    return {
      text: ` fo_syn_drops ${fopenSynDrops}/${ago.literal}sec ago`,
      json: { fo_syn_drops: fopenSynDrops, fopen_syn_drop_ts: Number(ago.literal) },
    };
  },
  value('fo_cookie', ' fo_cookie %', ({ attributes: { fopenCookie } }) =>
    fopenCookie === undefined ? undefined : Buffer.from(fopenCookie).toString('hex'),
  ),
  host('source', painted(' source '), sourceOf),
];

/** Older kernels tell milliseconds only. */
function inMicroseconds(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count * 1000;
}
