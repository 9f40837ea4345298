import { expect, it } from 'vitest';
import type { LinkMessage } from '../../../../netlink/families/route/link.ts';
import { statistics } from './statistics.ts';
import { linkOf, viewOf } from './testing.ts';

type Counters = NonNullable<LinkMessage['attributes']['stats64']>;

const zero: Counters = {
  rxPackets: 0n,
  txPackets: 0n,
  rxBytes: 0n,
  txBytes: 0n,
  rxErrors: 0n,
  txErrors: 0n,
  rxDropped: 0n,
  txDropped: 0n,
  multicast: 0n,
  collisions: 0n,
  rxLengthErrors: 0n,
  rxOverErrors: 0n,
  rxCrcErrors: 0n,
  rxFrameErrors: 0n,
  rxFifoErrors: 0n,
  rxMissedErrors: 0n,
  txAbortedErrors: 0n,
  txCarrierErrors: 0n,
  txFifoErrors: 0n,
  txHeartbeatErrors: 0n,
  txWindowErrors: 0n,
  rxCompressed: 0n,
  txCompressed: 0n,
};

const show = (counters: Partial<Counters>, options: Parameters<typeof viewOf>[0] = { statistics: 1 }) =>
  statistics(linkOf({}, { stats64: { ...zero, ...counters }, carrierChanges: 2 }), viewOf(options));

const busy = { rxBytes: 3672n, rxPackets: 8n, txBytes: 311336308n, txPackets: 208004n };

it('stands in columns', () => {
  expect(show(busy)?.text).toBe(`\
    RX:  bytes packets errors dropped  missed   mcast${' '.repeat(11)}
          3672       8      0       0       0       0${' '}
    TX:  bytes packets errors dropped carrier collsns${' '.repeat(11)}
     311336308  208004      0       0       0       0${' '}`);
});

it('makes room for large numbers in every line', () => {
  expect(show({ txBytes: 123456789012n })?.text).toContain('    RX:    bytes packets');
});

it('shows errors when asked twice', () => {
  expect(show({ rxOverErrors: 3n }, { statistics: 2 })?.text?.split('\n')).toEqual([
    `    RX:  bytes packets errors dropped  missed   mcast${' '.repeat(11)}`,
    '             0       0      0       0       0       0 ',
    '    RX errors:  length    crc   frame    fifo overrun',
    '                     0      0       0       0       3 ',
    `    TX:  bytes packets errors dropped carrier collsns${' '.repeat(11)}`,
    '             0       0      0       0       0       0 ',
    '    TX errors: aborted   fifo  window heartbt transns',
    '                     0      0       0       0       2 ',
  ]);
});

it('is short for people', () => {
  expect(show(busy, { statistics: 1, humanReadable: true })?.text).toContain('\n          311M    208k ');
});

it('has exact numbers in JSON', () => {
  expect(show(busy, { statistics: 1, humanReadable: true })?.json).toEqual({
    stats64: {
      rx: { bytes: 3672n, packets: 8n, errors: 0n, dropped: 0n, over_errors: 0n, multicast: 0n },
      tx: { bytes: 311336308n, packets: 208004n, errors: 0n, dropped: 0n, carrier_errors: 0n, collisions: 0n },
    },
  });
});
