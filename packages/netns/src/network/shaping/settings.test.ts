import { describe, expect, it } from 'vitest';
import { toHex } from '../../../test/codec/fixture.ts';
import { loadFixtures } from '../../../test/codec/load.ts';
import { tryWrong } from '../../../test/codec/wrong.ts';
import { InvalidArgumentError } from '../../errors.ts';
import { filter } from '../../netlink/families/route/filter.ts';
import { qdisc, trafficClass } from '../../netlink/families/route/qdisc.ts';
import type { Links } from '../links.ts';
import { TrafficFilters } from './filters.ts';
import { classSettings, decodeKind, encodeKind, qdiscSettings } from './settings.ts';

const captured = loadFixtures();

/** The settings that `tc` sent in a fixture, and the same as the library encodes them. */
function both(file: string, kind: string, options: object) {
  const sent = captured.find(({ title, direction }) => title.startsWith(`${file}.json`) && direction === 'sent');
  const theirs = qdisc.decode(sent?.bytes.subarray(16) ?? new Uint8Array());
  const ours = encodeKind(qdiscSettings, { kind, options });
  const bytes = (attributes: object) => toHex(qdisc.encode({ attributes: attributes as never }));
  const { data } = theirs.attributes as { data?: unknown };
  return [bytes(ours), bytes({ kind, data })];
}

/** Filters as the kernel would get them. */
class Encoding extends TrafficFilters {
  bytes(spec: Parameters<TrafficFilters['add']>[0]): Uint8Array {
    return filter.encode(this.encode(spec, 'new'));
  }
}
const encoding = new Encoding(undefined as never, { index: () => 1 } as unknown as Links);

describe('what the library sends is what tc sends', () => {
  it.each([
    ['tc-netem', 'netem', { lossModel: { model: 'gemodel', p: 0.01, r: 0.1, h: 0.3, k1: 0.001 } }],
    [
      'tc-netem-slot',
      'netem',
      { rate: 100e9, slot: { minimumDelay: 0.8, maximumDelay: 1, packets: 32, bytes: 65_536 } },
    ],
  ])('%s', (file, kind, options) => {
    const [ours, theirs] = both(file, kind, options);
    expect(ours).toBe(theirs);
  });
});

describe('settings', () => {
  it.each([
    ['netem', { delay: Number.NaN }],
    ['netem', { jitter: -1 }],
    ['netem', { loss: 2 }],
    ['netem', { reorder: 0.5 }],
    ['netem', { rate: -8 }],
    ['netem', { lossModel: { model: 'gemodel', p: 2 } }],
    ['htb', { defaultClass: 'x' }],
    ['codel', { target: '5' }],
    ['fq', { maximumRate: Number.POSITIVE_INFINITY }],
    ['cake', { bandwidth: -1 }],
  ])('that cannot be right are refused: %s %j', (kind, options) => {
    expect(() => encodeKind(qdiscSettings, { kind, options })).toThrow(InvalidArgumentError);
  });

  it.each(
    Object.entries({
      pfifo: { limit: 5 },
      bfifo: { limit: 5 },
      prio: { bands: 3, priorityMap: Array.from({ length: 16 }, () => 1) },
      tbf: { rate: 1e6, burst: 5000, latency: 50, peakRate: 2e6, peakBurst: 1600, overhead: 4 },
      htb: { defaultClass: '10', directQueueLength: 5, rateToQuantum: 10 },
      hfsc: { defaultClass: '1' },
      netem: { delay: 10, jitter: 2, loss: 0.1, rate: 1e6, limit: 5, lossModel: { model: 'gemodel', p: 0.1, r: 0.2 } },
      fq_codel: { target: 5, interval: 100, limit: 10, flows: 16, quantum: 300, ecn: true },
      fq: { flowLimit: 5, maximumRate: 1e6, pacing: true },
      codel: { target: 5, interval: 100, limit: 10 },
      pie: { target: 5, updateEvery: 10, limit: 10 },
      cake: { bandwidth: 1e6, roundTrip: 50 },
      sfq: { perturb: 10, quantum: 1500, limit: 100 },
    }),
  )('of another type are taken, or refused by name, never something else: %s', (kind, options) => {
    const encode = (given: { options: never }) =>
      qdisc.encode({ attributes: encodeKind(qdiscSettings, given) as never });
    expect(tryWrong({ kind, options }, encode)).toEqual({ refused: true, strange: [] });
  });

  it.each(
    Object.entries({
      htb: { rate: 1e6, ceiling: 2e6, burst: 1600, ceilingBurst: 1600, priority: 1, quantum: 1500, overhead: 4 },
      hfsc: { realTime: { rate: 1e6, delay: 5, firstRate: 2e6 }, linkShare: { rate: 1e6 } },
      drr: { quantum: 1500 },
      qfq: { weight: 2, maximumPacket: 1500 },
    }),
  )('of classes, too: %s', (kind, options) => {
    const encode = (given: { options: never }) =>
      trafficClass.encode({ attributes: encodeKind(classSettings, given) as never });
    expect(tryWrong({ kind, options }, encode)).toEqual({ refused: true, strange: [] });
  });

  it.each([
    {
      kind: 'u32',
      options: { matches: [{ value: 1, mask: 255, at: 0, nextHeader: true }], hashTable: 1, linkTo: 1 },
      actions: [
        { kind: 'gact', verdict: { chain: 1 }, index: 3 },
        { kind: 'police', rate: 1e6, burst: 1600, mtu: 1500, exceed: 'drop', conform: 'pass' },
        { kind: 'raw', of: 'csum', data: { parms: { action: 1 } } },
      ],
    },
    {
      kind: 'flower',
      options: {
        from: '10.0.0.0/8',
        to: '10.0.0.1',
        ipProtocol: 6,
        sourcePort: 3,
        sourceMac: '02:00:00:00:00:01',
        ttl: 3,
      },
      actions: [{ kind: 'mirred', link: 'lo', mode: 'redirect', direction: 'egress' }],
    },
    { kind: 'matchall', actions: [{ kind: 'vlan', mode: 'push', id: 3, protocol: 0x8100, priority: 2 }] },
    { kind: 'fw', options: { mask: 3 }, actions: [{ kind: 'skbedit', mark: 1, markMask: 3, priority: 3, queue: 1 }] },
    { kind: 'bpf', options: { fd: 3, name: 'x', instructions: new Uint8Array(8), directAction: true } },
    { kind: 'basic', options: {} },
  ])('of filters and their actions, too: $kind', (spec) => {
    const whole = {
      link: 'lo',
      parent: '1:',
      protocol: 'ip',
      priority: 3,
      handle: 1,
      classId: '1:1',
      chain: 0,
      ...spec,
    };
    expect(tryWrong(whole, (given) => encoding.bytes(given))).toEqual({ refused: true, strange: [] });
  });

  it.each([-1, 0.5, 65_536])('of a filter have no priority %d, which would be cut to another', (priority) => {
    const spec = { link: 'lo', parent: '1:', kind: 'matchall', priority } as const;
    expect(() => encoding.bytes(spec)).toThrow(InvalidArgumentError);
  });

  it('of kinds that are not known are kept', () => {
    const raw = Uint8Array.of(1, 2, 3, 4);
    const seen = decodeKind(qdiscSettings, { kind: 'other', name: 'fancy', raw });
    expect(seen).toEqual({ kind: 'other', name: 'fancy', raw });
    expect(encodeKind(qdiscSettings, seen)).toEqual({ kind: 'other', name: 'fancy', raw });
  });
});
