import { type RouteMessage, routeFlags } from '../../../../netlink/families/route/route.ts';
import { fixed } from '../json.ts';
import { named, tables } from '../route-names.ts';
import { type Part, type View, value, when, words } from '../show/fields.ts';

export interface MulticastView extends View {
  deviceName(index: number): string;
  /** The table was asked for. */
  readonly withTable: boolean;
}

const unresolved = 1 << Number(Object.entries(routeFlags).find(([, name]) => name === 'unresolved')?.[0]);

type Shown = Part<RouteMessage, MulticastView>;

const ends: Shown = ({ attributes }, { host }) => {
  const [src, dst] = [attributes.src, attributes.dst].map((each) => each && host(each));
  return {
    text: `(${src ?? 'unknown'},${dst ?? 'unknown'})`.padEnd(32),
    ...(src !== undefined && dst !== undefined && { json: { src, dst } }),
  };
};

/** The links that it goes out to; each with the least time to live that a packet must have, unless that is one. */
const outputs: Shown = ({ attributes: { multipath } }, { deviceName }) => {
  if (multipath === undefined) return undefined;
  const oifs = multipath.map(({ header: { ifindex, hops } }) => ({ oif: deviceName(ifindex), ttl: hops }));
  const texts = oifs.map(({ oif, ttl }) => `${oif}${ttl > 1 ? `(ttl ${ttl})` : ''} `);
  return {
    text: texts.length === 0 ? '' : `Oifs: ${texts.join('')}`,
    json: { multipath: oifs.map(({ oif, ttl }) => (ttl > 1 ? { oif, ttl } : { oif })) },
  };
};

export const multicastRouteParts: readonly Shown[] = [
  ends,
  words(' Iif: '),
  value(
    'iif',
    (name) => `${String(name).padEnd(10)} `,
    ({ attributes: { iif } }, { deviceName }) => (iif === undefined ? undefined : deviceName(iif)),
  ),
  words(({ attributes: { iif } }) => (iif === undefined ? 'unresolved ' : '')),
  outputs,
  value('state', ' State: %', ({ header: { flags } }) => ((flags & unresolved) === 0 ? 'resolved' : 'unresolved')),
  when(
    (_, { withTable }) => withTable,
    [
      value('table', ' Table: %', ({ header, attributes: { table } }, { options }) =>
        named(tables, table ?? header.table, options),
      ),
    ],
  ),
  when(
    (_, { options }) => options.statistics > 0,
    [
      value(
        'packets',
        (count, { newline }) => `${newline}  ${count} packets`,
        ({ attributes: { mfcStats } }) => mfcStats?.packets,
      ),
      value('bytes', ', % bytes', ({ attributes: { mfcStats } }) => mfcStats?.bytes),
      value('wrong_if', ', % arrived on wrong iif.', ({ attributes: { mfcStats } }) =>
        mfcStats === undefined || mfcStats.wrongIf === 0n ? undefined : mfcStats.wrongIf,
      ),
      // In hundredths of a second: the kernel's clock for programs.
      value(
        'expires',
        (age) => `, Age ${(age as { literal: string }).literal}`,
        ({ attributes: { mfcExpires, mfcExpires6 = mfcExpires } }) =>
          mfcExpires6 === undefined ? undefined : fixed(Number(mfcExpires6) / 100, 2),
      ),
    ],
  ),
];
