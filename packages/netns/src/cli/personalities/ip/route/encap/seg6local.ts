import { type encapSeg6Local, seg6LocalActions } from '../../../../../netlink/families/route/encap.ts';
import type { Out } from '../../../../../wire/shape.ts';
import { readProgram } from '../../bpf-programs.ts';
import { duplicateOrGarbage, invalidArgument, misuse } from '../../exit.ts';
import type { OptionRow } from '../../grammar.ts';
import { address, toText } from '../../inet.ts';
import { named, numberIn, tables } from '../../route-names.ts';
import { value } from '../../show/fields.ts';
import { unsigned } from '../../values.ts';
import { noProgram } from './bpf.ts';
import { type EncapContext, type EncapKind, encapValue } from './kind.ts';
import { describeSegments, readKey, readSegments, segmentHeader } from './segments.ts';

interface Draft {
  action?: number;
  table?: number;
  vrftable?: number;
  nh4?: string;
  nh6?: string;
  iif?: number;
  oif?: number;
  segments?: { readonly listed: readonly Uint8Array[]; readonly key: number };
  counters?: { readonly packets: bigint; readonly bytes: bigint; readonly errors: bigint };
  bpf?: { readonly prog: number; readonly progName: string };
  flavors?: { readonly operation: number; readonly lcblockBits?: number; readonly lcnodeFnBits?: number };
}

function once<K extends keyof Draft>(
  key: K,
  read: (word: string, context: EncapContext) => NonNullable<Draft[K]>,
): OptionRow<Draft, EncapContext> {
  return {
    words: key,
    apply: (draft, _take, context) => {
      const word = encapValue(context);
      if (draft[key] !== undefined) throw duplicateOrGarbage(key, word);
      draft[key] = read(word, context);
    },
  };
}

/** What an endpoint does besides (SEG6_LOCAL_FLV_OP_*, RFC 8986 and 9800): the number is the bit. */
const flavors: Readonly<Record<string, number>> = { psp: 1, usp: 2, usd: 3, 'next-csid': 4 };
const compressed = 1 << 4;

function readFlavors(word: string, { words }: EncapContext): NonNullable<Draft['flavors']> {
  let operation = 0;
  for (const each of word.split(',')) {
    const bit = flavors[each];
    if (bit === undefined || (operation & (1 << bit)) !== 0)
      throw invalidArgument(word, 'invalid "flavors" attribute\n');
    operation |= 1 << bit;
  }
  if ((operation & compressed) === 0) return { operation };
  // These belong to compressed segments, and stand right behind.
  const bits = (name: string, what: string) => {
    if (words.peek() !== name) return undefined;
    words.take();
    return unsigned(words.value(), 8, `"${what}" value is invalid\n`);
  };
  const lcblockBits = bits('lblen', 'locator-block length');
  const lcnodeFnBits = bits('nflen', 'locator-node function length');
  return {
    operation,
    ...(lcblockBits !== undefined && { lcblockBits }),
    ...(lcnodeFnBits !== undefined && { lcnodeFnBits }),
  };
}

function flavorNames(operation: number): readonly string[] {
  return Object.entries(flavors).flatMap(([name, bit]) => ((operation & (1 << bit)) === 0 ? [] : [name]));
}

/** End.B6 puts the header between those of the packet, End.B6.Encaps one around it. */
const between = seg6LocalActions.indexOf('End.B6');

/** `encap seg6local action End.X nh6 fd00::1`: what is done with packets that arrive for a segment. */
export const seg6LocalEncap: EncapKind<Out<typeof encapSeg6Local>, Draft> = {
  begin: () => ({}),
  rows: [
    once('action', (word) => {
      const action = (seg6LocalActions as readonly string[]).indexOf(word);
      if (action <= 0) throw invalidArgument(word, '"action" value is invalid\n');
      return action;
    }),
    once('table', (word) => numberIn(tables, word, 32, 'invalid table id\n')),
    once('vrftable', (word) => numberIn(tables, word, 32, 'invalid vrf table id\n')),
    once('nh4', (word) => toText(address(word, 'inet'))),
    once('nh6', (word) => toText(address(word, 'inet6'))),
    once('iif', (word, { devices }) => devices.needed(word)),
    once('oif', (word, { devices }) => devices.needed(word)),
    once('flavors', readFlavors),
    {
      words: 'srh',
      apply: (draft, take, { words }) => {
        const word = take();
        if (draft.segments !== undefined) throw duplicateOrGarbage('srh', word);
        if (word !== 'segs') throw invalidArgument(word, 'missing "segs" attribute for srh\n');
        const listed = readSegments(take());
        const signed = words.peek() === 'hmac';
        if (signed) words.take();
        draft.segments = { listed, key: signed ? readKey(take()) : 0 };
      },
    },
    {
      words: 'count',
      apply: (draft) => {
        if (draft.counters !== undefined) throw duplicateOrGarbage('count', 'count');
        draft.counters = { packets: 0n, bytes: 0n, errors: 0n };
      },
    },
    {
      words: 'endpoint',
      apply: (draft, take, { kept }) => {
        const { fd, name } = readProgram(take, kept, noProgram);
        draft.bpf = { prog: fd, progName: name };
      },
    },
  ],
  finish: ({ segments, ...draft }) => {
    if (draft.action === undefined) throw misuse('Missing action type\n');
    if (segments === undefined) return draft;
    return { ...draft, srh: segmentHeader(segments.listed, draft.action === between, segments.key) };
  },
  parts: [
    value('action', 'action % ', ({ action }) =>
      action === undefined ? undefined : (seg6LocalActions[action] ?? '<unknown>'),
    ),
    ({ srh }, view) => {
      if (srh === undefined) return undefined;
      const { text, json } = describeSegments(srh, view);
      return { text, json: { srh: json } };
    },
    value('table', 'table % ', ({ table }, { options }) =>
      table === undefined ? undefined : named(tables, table, options),
    ),
    value('vrftable', 'vrftable % ', ({ vrftable }, { options }) =>
      vrftable === undefined ? undefined : named(tables, vrftable, options),
    ),
    value('nh4', 'nh4 % ', ({ nh4 }) => nh4),
    value('nh6', 'nh6 % ', ({ nh6 }) => nh6),
    value('iif', 'iif % ', ({ iif }, view) => (iif === undefined ? undefined : view.deviceName(iif))),
    value('oif', 'oif % ', ({ oif }, view) => (oif === undefined ? undefined : view.deviceName(oif))),
    ({ bpf }) =>
      bpf?.progName === undefined ? undefined : { text: `endpoint ${bpf.progName} `, json: { endpoint: bpf.progName } },
    ({ counters }, { options }) => {
      if (counters === undefined || options.statistics === 0) return undefined;
      const { packets = 0n, bytes = 0n, errors = 0n } = counters;
      return {
        text: `packets ${packets} bytes ${bytes} errors ${errors} `,
        json: { stats64: { packets, bytes, errors } },
      };
    },
    ({ flavors: given }) => {
      if (given?.operation === undefined) return undefined;
      const names = flavorNames(given.operation);
      const { lcblockBits, lcnodeFnBits } = given;
      const known = [
        ['lblen', lcblockBits],
        ['nflen', lcnodeFnBits],
      ].filter(([, bits]) => bits !== undefined);
      return {
        text: `flavors ${names.join(',')} ${known.map(([name, bits]) => `${name} ${bits} `).join('')}`,
        json: { flavors: names, ...Object.fromEntries(known) },
      };
    },
  ],
};
