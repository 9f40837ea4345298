import { xfrmDefaults, xfrmPolicyCount, xfrmPolicyDefault } from '../../../../netlink/families/xfrm/xfrm.ts';
import type { Out } from '../../../../wire/shape.ts';
import { duplicateArgument, invalidArgument } from '../exit.ts';
import { parseUnsigned } from '../numbers.ts';
import type { Command } from '../session.ts';
import { Words } from '../words.ts';
import { placeOf } from './values.ts';
import { withXfrm } from './xfrm.ts';

/** From which lengths of prefixes on policies are found by hash. */
export const setThresholds: Command = (session, list) => {
  const words = new Words(list);
  const attributes: { ipv4Hthresh?: Threshold; ipv6Hthresh?: Threshold } = {};
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word !== 'hthresh4' && word !== 'hthresh6') throw invalidArgument(word, 'unknown');
    const name = word === 'hthresh4' ? 'ipv4Hthresh' : 'ipv6Hthresh';
    if (attributes[name] !== undefined) throw duplicateArgument(word, word);
    attributes[name] = readThreshold(word, words);
  }
  return withXfrm(session, async (connection) => {
    const request = { header: { flags: 0xffffffff }, attributes };
    await connection.request(xfrmPolicyCount, 'new', request, { operation: 'change thresholds' });
    return 0;
  });
};

interface Threshold {
  readonly lbits: number;
  readonly rbits: number;
}

function readThreshold(name: 'hthresh4' | 'hthresh6', words: Words): Threshold {
  const most = name === 'hthresh4' ? 32 : 128;
  const read = (what: string) => {
    const text = words.value();
    const bits = parseUnsigned(text, 8);
    if (bits === undefined || bits > most) throw invalidArgument(text, `${name} ${what} value is invalid`);
    return bits;
  };
  const lbits = read('LBITS');
  return { lbits, rbits: read('RBITS') };
}

const ways = ['in', 'fwd', 'out'] as const;

/** What becomes of packets that no policy is for; ways that are not named stay as they are. */
export const setDefaults: Command = (session, list) => {
  const words = new Words(list);
  const header: { in?: number; fwd?: number; out?: number } = {};
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const way = ways.find((each) => each === word);
    if (way === undefined) throw invalidArgument(word, 'unknown direction');
    header[way] = placeOf(words.value(), xfrmDefaults, `${way} policy value is invalid`);
  }
  return withXfrm(session, async (connection) => {
    await connection.request(xfrmPolicyDefault, 'set', { header }, { operation: 'change defaults' });
    return 0;
  });
};

export function defaultsText({ header }: Out<typeof xfrmPolicyDefault>): string {
  const word = (value: number) => xfrmDefaults[value] ?? 'unknown';
  return `Default policies:\n in:  ${word(header.in)}\n fwd: ${word(header.fwd)}\n out: ${word(header.out)}\n`;
}

/** Whatever is said behind it. */
export const getDefaults: Command = (session) =>
  withXfrm(session, async (connection) => {
    for (const each of await connection.request(xfrmPolicyDefault, 'get', {}, { operation: 'ask for defaults' }))
      session.output.write(defaultsText(each));
    return 0;
  });
