import { describe, expect, it } from 'vitest';
import { route } from '../../../../netlink/families/route/route.ts';
import { formatJson } from '../json.ts';
import { defaultOptions } from '../options.ts';
import { toJson, toText } from '../show/fields.ts';
import { plain } from '../show/paint.ts';
import { multicastRouteParts } from './describe.ts';

const names: Readonly<Record<number, string>> = { 2: 'v0', 3: 'v1' };
const view = (statistics: number, withTable = false) => ({
  options: { ...defaultOptions(), statistics },
  paint: plain,
  newline: '\n',
  host: String,
  deviceName: (index: number) => names[index] ?? '?',
  withTable,
});
/** As the kernel would send it. */
const message = (hops: readonly (readonly [ifindex: number, hops: number])[], flags = 0, iif: number | undefined = 2) =>
  route.decode(
    route.encode({
      header: { family: 128, type: 5, table: 253, flags },
      attributes: {
        src: '10.0.0.9',
        dst: '239.1.2.3',
        iif,
        multipath: hops.map(([ifindex, ttl]) => ({ header: { ifindex, hops: ttl } })),
        mfcStats: { packets: 7n, bytes: 700n, wrongIf: 0n },
        mfcExpires: 5n,
      },
    }),
  );

describe('a multicast route', () => {
  it.each([
    [message([[3, 1]]), 0, '(10.0.0.9,239.1.2.3)             Iif: v0         Oifs: v1  State: resolved'],
    [
      message([
        [2, 1],
        [3, 2],
      ]),
      0,
      '(10.0.0.9,239.1.2.3)             Iif: v0         Oifs: v0 v1(ttl 2)  State: resolved',
    ],
    [message([]), 0, '(10.0.0.9,239.1.2.3)             Iif: v0          State: resolved'],
    [
      message([[3, 1]]),
      1,
      '(10.0.0.9,239.1.2.3)             Iif: v0         Oifs: v1  State: resolved\n  7 packets, 700 bytes, Age 0.05',
    ],
  ])('is told as ip tells it: %#', (each, statistics, text) => {
    expect(toText(multicastRouteParts, each, view(statistics))).toBe(text);
  });

  it('has its table where that was asked for, and says that it is not resolved', () => {
    expect(toText(multicastRouteParts, message([], 0x20), view(0, true))).toMatch(/ State: unresolved Table: default$/);
  });

  it('is told in JSON', () => {
    expect(
      formatJson(
        toJson(
          multicastRouteParts,
          message([
            [2, 1],
            [3, 2],
          ]),
          view(1),
        ),
        false,
      ),
    ).toBe(
      '{"src":"10.0.0.9","dst":"239.1.2.3","iif":"v0","multipath":[{"oif":"v0"},{"oif":"v1","ttl":2}],"state":"resolved","packets":7,"bytes":700,"expires":0.05}',
    );
  });
});
