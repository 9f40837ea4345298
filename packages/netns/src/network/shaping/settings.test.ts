import { describe, expect, it } from 'vitest';
import { toHex } from '../../../test/codec/fixture.ts';
import { loadFixtures } from '../../../test/codec/load.ts';
import { InvalidArgumentError } from '../../errors.ts';
import { qdisc } from '../../netlink/families/route/qdisc.ts';
import { decodeKind, encodeKind, qdiscSettings } from './settings.ts';

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

  const whole: Readonly<Record<string, object>> = {
    pfifo: { limit: 5 },
    bfifo: { limit: 5 },
    prio: { bands: 3, priorityMap: Array.from({ length: 16 }, () => 1) },
    tbf: { rate: 1e6, burst: 5000, latency: 50, peakRate: 2e6, peakBurst: 1600, overhead: 4 },
    htb: { defaultClass: '10', directQueueLength: 5, quantumRatio: 10 },
    hfsc: { defaultClass: '1' },
    netem: { delay: 10, jitter: 2, loss: 0.1, rate: 1e6, limit: 5, lossModel: { model: 'gemodel', p: 0.1, r: 0.2 } },
    fq_codel: { target: 5, interval: 100, limit: 10, flows: 16, quantum: 300, ecn: true },
    fq: { flowLimit: 5, maximumRate: 1e6, pacing: true },
    codel: { target: 5, interval: 100, limit: 10 },
    pie: { target: 5, updateInterval: 10, limit: 10 },
    cake: { bandwidth: 1e6, roundTripTime: 50 },
    sfq: { perturb: 10, quantum: 1500, limit: 100 },
  };
  const wrong: readonly unknown[] = [
    5n,
    'x',
    '',
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    -1,
    0.5,
    2 ** 60,
    true,
    null,
    {},
    [],
    [5n],
    () => 1,
  ];

  it.each(Object.entries(whole))(
    'of another type are taken, or refused by name, never something else: %s',
    (kind, options) => {
      const encoded = (given: unknown) =>
        qdisc.encode({ attributes: encodeKind(qdiscSettings, { kind, options: given }) as never });
      expect(encoded(options).length).toBeGreaterThan(20);
      const refused = (given: unknown) => {
        try {
          encoded(given);
          return undefined;
        } catch (error) {
          return (error as { code?: string }).code ?? String(error);
        }
      };
      const seen = new Set<string | undefined>();
      for (const value of wrong) {
        if (value !== undefined) seen.add(refused(value));
        for (const key of Object.keys(options)) seen.add(refused({ ...options, [key]: value }));
      }
      expect(seen).toContain('ERR_NETNS_INVALID');
      expect([...seen].filter((code) => code !== undefined && !/^ERR_NETNS_(INVALID|ENCODE)/.test(code))).toEqual([]);
    },
  );

  it('of kinds that are not known are kept', () => {
    const raw = Uint8Array.of(1, 2, 3, 4);
    const seen = decodeKind(qdiscSettings, { kind: 'other', name: 'fancy', raw });
    expect(seen).toEqual({ kind: 'other', name: 'fancy', raw });
    expect(encodeKind(qdiscSettings, seen)).toEqual({ kind: 'other', name: 'fancy', raw });
  });
});
