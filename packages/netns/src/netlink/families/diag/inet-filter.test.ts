import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../test/codec/fixture.ts';
import { loadFixtures } from '../../../../test/codec/load.ts';
import { addressIs, cgroupIs, compileInetFilter, deviceIs, type InetFilter, markIs, portIs } from './inet-filter.ts';

const address = (...bytes: number[]) => Uint8Array.from(bytes);
const hex = (filter: InetFilter) => toHex(compileInetFilter(filter) ?? new Uint8Array());

describe('a filter for the kernel', () => {
  it('is what ss sends for the same question', () => {
    const sent = loadFixtures().filter(({ title }) => title.startsWith('socket-dump-filtered'));
    const [program] = sent.flatMap(({ decoded }) => {
      const { attributes } = decoded as { attributes?: { bytecode?: { bytes: string } } };
      return attributes?.bytecode === undefined ? [] : [attributes.bytecode.bytes];
    });
    // ss writes the other way round, and as it pleases; both must mean the same.
    const ours = compileInetFilter({
      all: [
        { any: [portIs('source', 8080), addressIs('destination', address(127, 0, 0, 0), 8)] },
        portIs('source', 1024, 65535),
      ],
    });
    const theirs = Uint8Array.from(program?.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    expect(theirs.length).toBeGreaterThan(0);
    for (const sport of [80, 1024, 8080, 9000])
      for (const first of [10, 127]) {
        const facts = { ...someone, sport, destination: address(first, 0, 0, 1) };
        expect(runInetFilter(ours as Uint8Array, facts), `${sport} ${first}`).toBe(runInetFilter(theirs, facts));
      }
  });

  it('has the operands of each question', () => {
    expect(hex(portIs('source', 80))).toBe('070c10000000000050000000');
    expect(hex(portIs('destination', 1, 2))).toBe('0408140000000100' + '05080c0000000200');
    expect(hex(addressIs('source', address(10, 0, 0, 0), 8))).toBe('0710140002080000ffffffff0a000000');
    expect(hex(deviceIs(3))).toBe('09080c0003000000');
    expect(hex(markIs(7, 15))).toBe('0a0c1000070000000f000000');
    expect(hex(cgroupIs(0x1_0000_0001n))).toBe('0d0c10000100000001000000');
  });

  it('is none where everything passes, and passes nothing where there is no choice', () => {
    expect(compileInetFilter({ all: [] })).toBeUndefined();
    expect(runInetFilter(compileInetFilter({ any: [] }) as Uint8Array, someone)).toBe(false);
  });

  it('may not be longer than its jumps', () => {
    const many = Array.from({ length: 6000 }, (_, port) => portIs('source', port));
    expect(() => compileInetFilter({ any: many })).toThrow(RangeError);
  });

  it('means what it says', () => {
    const condition = fc.oneof(
      fc.tuple(fc.constantFrom('source', 'destination'), fc.nat(3), fc.nat(3)).map(([end, first, more]) => ({
        filter: portIs(end as 'source', first, first + more),
        holds: ({ sport, dport }: InetFacts) => {
          const port = end === 'source' ? sport : dport;
          return port >= first && port <= first + more;
        },
      })),
      fc.nat(3).map((index) => ({ filter: deviceIs(index), holds: (of: InetFacts) => of.ifindex === index })),
      fc.tuple(fc.nat(3), fc.constantFrom(0, 8, 31, 32)).map(([last, length]) => ({
        filter: addressIs('source', address(10, 0, 0, last), length),
        holds: ({ source }: InetFacts) =>
          length <= 8 || (length === 32 ? source[3] === last : (source[3] ?? 0) >> 1 === last >> 1),
      })),
    );
    const tree: fc.Arbitrary<{ filter: InetFilter; holds(of: InetFacts): boolean }> = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 3 }, condition, tie('all'), tie('any')),
      all: fc.array(tie('tree'), { maxLength: 3 }).map((parts) => {
        const all = parts as { filter: InetFilter; holds(of: InetFacts): boolean }[];
        return {
          filter: { all: all.map(({ filter }) => filter) },
          holds: (of: InetFacts) => all.every((each) => each.holds(of)),
        };
      }),
      any: fc.array(tie('tree'), { maxLength: 3 }).map((parts) => {
        const any = parts as { filter: InetFilter; holds(of: InetFacts): boolean }[];
        return {
          filter: { any: any.map(({ filter }) => filter) },
          holds: (of: InetFacts) => any.some((each) => each.holds(of)),
        };
      }),
    })).tree as never;
    fc.assert(
      fc.property(
        tree,
        fc.nat(6),
        fc.nat(6),
        fc.nat(3),
        fc.nat(3),
        ({ filter, holds }, sport, dport, ifindex, last) => {
          const facts = { ...someone, sport, dport, ifindex, source: address(10, 0, 0, last) };
          const program = compileInetFilter(filter);
          expect(program === undefined || runInetFilter(program, facts)).toBe(holds(facts));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** What a program is asked of. */
interface InetFacts {
  readonly family: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sport: number;
  readonly dport: number;
  readonly ifindex: number;
}

const someone: InetFacts = {
  family: 2,
  source: address(10, 0, 0, 1),
  destination: address(10, 0, 0, 2),
  sport: 80,
  dport: 0,
  ifindex: 0,
};

/** Runs a program as the kernel does, as far as ports, addresses and devices go. */
function runInetFilter(program: Uint8Array, of: InetFacts): boolean {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let at = 0;
  while (at < program.length) at += holds(view, at, of) ? view.getUint8(at + 1) : view.getUint16(at + 2, true);
  return at === program.length;
}

function holds(view: DataView, at: number, of: InetFacts): boolean {
  switch (view.getUint8(at)) {
    case 2:
      return of.sport >= view.getUint16(at + 6, true);
    case 3:
      return of.sport <= view.getUint16(at + 6, true);
    case 4:
      return of.dport >= view.getUint16(at + 6, true);
    case 5:
      return of.dport <= view.getUint16(at + 6, true);
    case 7:
      return isHost(view, at + 4, of.family, of.sport, of.source);
    case 8:
      return isHost(view, at + 4, of.family, of.dport, of.destination);
    case 9:
      return view.getUint32(at + 4, true) === of.ifindex;
    default:
      return false;
  }
}

function isHost(view: DataView, at: number, family: number, port: number, known: Uint8Array): boolean {
  const wanted = view.getInt32(at + 4, true);
  const of = view.getUint8(at);
  if ((wanted !== -1 && wanted !== port) || (of !== 0 && of !== family)) return false;
  for (let bit = 0; bit < view.getUint8(at + 1); bit++) {
    const mask = 0x80 >> (bit & 7);
    if ((view.getUint8(at + 8 + (bit >> 3)) & mask) !== ((known[bit >> 3] ?? 0) & mask)) return false;
  }
  return true;
}
