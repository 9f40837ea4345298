import type { LinkMessage } from '../../../../netlink/families/route/link.ts';
import type { JsonObject } from '../json.ts';
import type { Part, View } from '../show/fields.ts';
import { humanCount } from '../show/human.ts';
import type { LinkView } from './view.ts';

type Counters = NonNullable<LinkMessage['attributes']['stats64']>;
/** With its place, where one before it may be missing. */
type Column = readonly [heading: string, count: bigint, place?: number];

/** The counters of a link: a line for each direction, and with a second `-stats` another one for its errors. */
export const statistics: Part<LinkMessage, LinkView> = (link, view) => {
  const counters = link.attributes.stats64;
  if (counters === undefined) return undefined;
  return trafficCounters(counters, link.attributes.carrierChanges, view);
};

/** The counters that every link has, wherever they came from. */
export function trafficCounters(counters: Counters, carrierChanges: number | undefined, view: View) {
  return {
    text: layOut(linesOf(counters, carrierChanges), view),
    json: { stats64: toMembers(counters, carrierChanges, view.options.statistics > 1) },
  };
}

interface Line {
  readonly label: string;
  readonly columns: readonly Column[];
}

function linesOf(c: Counters, carrierChanges: number | undefined): readonly [Line, Line, Line, Line] {
  const changes: Column = carrierChanges === undefined ? ['', 0n] : ['transns', BigInt(carrierChanges)];
  const { rxNohandler = 0n, rxOtherhostDropped = 0n } = c;
  const unhandled: Column[] = [
    ...(rxNohandler === 0n ? [] : ([['nohandler', rxNohandler]] as const)),
    ...(rxOtherhostDropped === 0n ? [] : ([['otherhost', rxOtherhostDropped, 6]] as const)),
  ];
  return [
    {
      label: 'RX:',
      columns: [
        ['bytes', c.rxBytes],
        ['packets', c.rxPackets],
        ['errors', c.rxErrors],
        ['dropped', c.rxDropped],
        ['missed', c.rxMissedErrors],
        ['mcast', c.multicast],
        [c.rxCompressed > 0n ? 'compressed' : '', c.rxCompressed],
      ],
    },
    {
      label: 'RX errors:',
      columns: [
        ['length', c.rxLengthErrors],
        ['crc', c.rxCrcErrors],
        ['frame', c.rxFrameErrors],
        ['fifo', c.rxFifoErrors],
        ['overrun', c.rxOverErrors],
        ...unhandled,
      ],
    },
    {
      label: 'TX:',
      columns: [
        ['bytes', c.txBytes],
        ['packets', c.txPackets],
        ['errors', c.txErrors],
        ['dropped', c.txDropped],
        ['carrier', c.txCarrierErrors],
        ['collsns', c.collisions],
        [c.txCompressed > 0n ? 'compressed' : '', c.txCompressed],
      ],
    },
    {
      label: 'TX errors:',
      columns: [
        ['aborted', c.txAbortedErrors],
        ['fifo', c.txFifoErrors],
        ['window', c.txWindowErrors],
        ['heartbt', c.txHeartbeatErrors],
        changes,
      ],
    },
  ];
}

/** How wide the columns are at least; those of the errors stand one to the right. */
const minimumWidths = [10, 7, 6, 7, 7, 7, 10, 9] as const;

function layOut([rx, rxErrors, tx, txErrors]: readonly [Line, Line, Line, Line], view: View): string {
  const withErrors = view.options.statistics > 1;
  const shown = (count: bigint) => (view.options.humanReadable ? humanCount(count, view.options.iec) : String(count));
  const widths: number[] = [...minimumWidths];
  const widen = (columns: readonly Column[], shift: number) => {
    for (const [index, [, count, place = index]] of columns.entries()) {
      widths[place + shift] = Math.max(widths[place + shift] ?? 0, shown(count).length);
    }
  };
  for (const line of [rx, tx]) widen(line.columns, 0);
  if (withErrors) for (const line of [rxErrors, txErrors]) widen(line.columns, 1);
  const width = (index: number) => widths[index] ?? 0;

  const total = ({ label, columns }: Line) => {
    const headings = columns.map(([heading], index) => heading.padStart(width(index) - (index === 0 ? 4 : 0)));
    const counts = columns.map(([heading, count], index) =>
      heading === '' ? '' : `${shown(count).padStart(width(index))} `,
    );
    return `    ${label} ${headings.join(' ')}${view.newline}    ${counts.join('')}`;
  };
  const errors = ({ label, columns }: Line) => {
    const headings = columns.map(([heading, , place], index) => ` ${heading.padStart(width((place ?? index) + 1))}`);
    const counts = columns.map(([heading, count, place], index) =>
      heading === '' ? '' : `${shown(count).padStart(width((place ?? index) + 1))} `,
    );
    const indent = ' '.repeat(width(0) + 5);
    return `${view.newline}    ${label.padEnd(width(0))}${headings.join('')}${view.newline}${indent}${counts.join('')}`;
  };
  return `${total(rx)}${withErrors ? errors(rxErrors) : ''}${view.newline}${total(tx)}${withErrors ? errors(txErrors) : ''}`;
}

function toMembers(c: Counters, carrierChanges: number | undefined, withErrors: boolean): JsonObject {
  return {
    rx: {
      bytes: c.rxBytes,
      packets: c.rxPackets,
      errors: c.rxErrors,
      dropped: c.rxDropped,
      over_errors: c.rxOverErrors,
      multicast: c.multicast,
      ...(c.rxCompressed > 0n && { compressed: c.rxCompressed }),
      ...(withErrors && {
        length_errors: c.rxLengthErrors,
        crc_errors: c.rxCrcErrors,
        frame_errors: c.rxFrameErrors,
        fifo_errors: c.rxFifoErrors,
        missed_errors: c.rxMissedErrors,
        ...(c.rxNohandler !== undefined && c.rxNohandler > 0n && { nohandler: c.rxNohandler }),
        ...(c.rxOtherhostDropped !== undefined && c.rxOtherhostDropped > 0n && { otherhost: c.rxOtherhostDropped }),
      }),
    },
    tx: {
      bytes: c.txBytes,
      packets: c.txPackets,
      errors: c.txErrors,
      dropped: c.txDropped,
      carrier_errors: c.txCarrierErrors,
      collisions: c.collisions,
      ...(c.txCompressed > 0n && { compressed: c.txCompressed }),
      ...(withErrors && {
        aborted_errors: c.txAbortedErrors,
        fifo_errors: c.txFifoErrors,
        window_errors: c.txWindowErrors,
        heartbeat_errors: c.txHeartbeatErrors,
        ...(carrierChanges !== undefined && { carrier_changes: carrierChanges }),
      }),
    },
  };
}
