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

  it('of kinds that are not known are kept', () => {
    const raw = Uint8Array.of(1, 2, 3, 4);
    const seen = decodeKind(qdiscSettings, { kind: 'other', name: 'fancy', raw });
    expect(seen).toEqual({ kind: 'other', name: 'fancy', raw });
    expect(encodeKind(qdiscSettings, seen)).toEqual({ kind: 'other', name: 'fancy', raw });
  });
});
