import { XFRM_OFFLOAD_INBOUND, XFRM_OFFLOAD_PACKET } from '../../../../netlink/families/xfrm/attributes.ts';
import {
  xfrmEncaps,
  xfrmModes,
  xfrmStateExtraFlags,
  xfrmStateFlags,
} from '../../../../netlink/families/xfrm/structs.ts';
import { type XfrmStateInput, xfrmState, xfrmStateNumber } from '../../../../netlink/families/xfrm/xfrm.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../../../../netlink/header.ts';
import { DeviceNames } from '../device-names.ts';
import { duplicateArgument, failure, invalidArgument, missingArgument, misuse } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { parseHex } from '../hex.ts';
import { address, prefix } from '../inet.ts';
import { parseUnsigned } from '../numbers.ts';
import type { Command, Session } from '../session.ts';
import { Words } from '../words.ts';
import { isRouting, type ReadId, readId } from './id.ts';
import { readSelector } from './selector.ts';
import { writeState } from './state-describe.ts';
import {
  directionNumber,
  type Lifetime,
  modeNumber,
  noLimits,
  number32,
  preferredFamily,
  protocolText,
  readFlags,
  readLimit,
  readMark,
  securityContext,
  wireAddress,
} from './values.ts';
import { withXfrm } from './xfrm.ts';

type Attributes = {
  -readonly [K in keyof NonNullable<XfrmStateInput['attributes']>]: NonNullable<XfrmStateInput['attributes']>[K];
};

/** What the words say of a state. */
interface StateDraft {
  id?: ReadId;
  selector?: ReturnType<typeof readSelector>['selector'];
  mode: number;
  reqid: number;
  seq: number;
  flags: number;
  extraFlags: number;
  replayWindow: number;
  replay: { seq?: number; oseq?: number; seqHi?: number; oseqHi?: number };
  readonly lifetime: Lifetime;
  readonly attributes: Attributes;
  /** The sorts of algorithms that were named. */
  readonly algorithms: Set<string>;
  min?: number;
  max?: number;
}

const fresh = (): StateDraft => ({
  mode: 0,
  reqid: 0,
  seq: 0,
  flags: 0,
  extraFlags: 0,
  replayWindow: 0,
  replay: {},
  lifetime: noLimits(),
  attributes: {},
  algorithms: new Set(),
});

const algorithmNames = ['enc', 'auth', 'auth-trunc', 'aead', 'comp'];

interface Surroundings {
  readonly session: Session;
  readonly devices: () => DeviceNames;
}

/** `ip xfrm state add` and `update`. */
export function changeState(verb: 'new' | 'upd'): Command {
  return async (session, list) => {
    const draft = await read(session, list, readOption);
    const { id } = draft;
    if (id === undefined) throw failure('Not enough information: ID is required');
    check(draft, id);
    const flags = NLM_F_CREATE | (verb === 'new' ? NLM_F_EXCL : NLM_F_REPLACE);
    return withXfrm(session, async (connection) => {
      await connection.request(xfrmState, verb, messageOf(draft, id), { operation: 'change a state', flags });
      return 0;
    });
  };
}

/** `ip xfrm state allocspi`. */
export const allocateState: Command = async (session, list) => {
  const draft = await read(session, list, readAllocation);
  const { id, min, max } = draft;
  if (id === undefined) throw failure('Not enough information: ID is required');
  if (id.spi !== undefined) throw failure('"spi" is invalid');
  if (min !== undefined && max === undefined) throw failure('"max" is missing');
  if (max !== undefined && min === undefined) throw failure('"min" is missing');
  if (min !== undefined && max !== undefined && min > max)
    throw failure('value after "min" is larger than value after "max"');
  // any number, or any that compression can have; those below are reserved
  const compression = protocolText(id.proto) === 'comp';
  const range = { min: min ?? 0x100, max: max ?? (compression ? 0xffff : 0x0fffffff) };
  const { header, attributes } = messageOf(draft, id);
  return withXfrm(session, async (connection) => {
    const { mark } = attributes ?? {};
    const request = { header: { info: header, ...range }, attributes: { ...(mark !== undefined && { mark }) } };
    for (const state of await connection.request(xfrmStateNumber, 'alloc', request, { operation: 'choose a number' }))
      writeState(session, state, { hidden: false, devices: new DeviceNames(await session.connection()) });
    return 0;
  });
};

type ReadOption = (word: string, words: Words, draft: StateDraft, surroundings: Surroundings) => boolean;

/** Words that are no option name the state, once. */
async function read(session: Session, list: readonly string[], option: ReadOption): Promise<StateDraft> {
  const connection = await session.connection();
  const surroundings: Surroundings = { session, devices: () => new DeviceNames(connection) };
  const words = new Words(list);
  const draft = fresh();
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (option(word, words, draft, surroundings)) continue;
    if (draft.id !== undefined) throw invalidArgument(word, 'unknown');
    words.putBack();
    draft.id = readId(words, preferredFamily(session), false);
  }
  return draft;
}

const readAllocation: ReadOption = (word, words, draft) => {
  if (word === 'mode') draft.mode = modeNumber(words.value());
  else if (word === 'mark') draft.attributes.mark = readMark(words);
  else if (word === 'reqid') draft.reqid = number32(words.value(), 'REQID value is invalid');
  else if (word === 'seq') draft.seq = number32(words.value(), 'SEQ value is invalid');
  else if (word === 'min' || word === 'max') draft[word] = number32(words.value(), `value after "${word}" is invalid`);
  else return false;
  return true;
};

const replays: Readonly<Record<string, keyof StateDraft['replay']>> = {
  'replay-seq': 'seq',
  'replay-seq-hi': 'seqHi',
  'replay-oseq': 'oseq',
  'replay-oseq-hi': 'oseqHi',
};

const readOption: ReadOption = (word, words, draft, { session, devices }) => {
  const { attributes } = draft;
  const replay = replays[word];
  if (replay !== undefined) draft.replay[replay] = number32(words.value(), `value after "${word}" is invalid`);
  else if (algorithmNames.includes(word)) readAlgorithm(word, words, draft);
  else if (word === 'mode') draft.mode = modeNumber(words.value());
  else if (word === 'mark') attributes.mark = readMark(words);
  else if (word === 'reqid') draft.reqid = number32(words.value(), 'REQID value is invalid');
  else if (word === 'seq') draft.seq = number32(words.value(), 'SEQ value is invalid');
  else if (word === 'replay-window')
    draft.replayWindow = number32(words.value(), 'value after "replay-window" is invalid');
  else if (word === 'flag') draft.flags = readFlags(words, xfrmStateFlags);
  else if (word === 'extra-flag') draft.extraFlags = readFlags(words, xfrmStateExtraFlags);
  else if (word === 'limit') readLimit(words, draft.lifetime);
  else if (word === 'ctx') attributes.secCtx = securityContext(words.value());
  else if (word === 'coa')
    attributes.coaddr = wireAddress(prefix(words.value(), draft.id?.family ?? preferredFamily(session)));
  else if (word === 'if_id') attributes.ifId = number32(words.value(), 'value after "if_id" is invalid');
  else if (word === 'tfcpad') attributes.tfcpad = number32(words.value(), 'value after "tfcpad" is invalid');
  else if (word === 'dir') attributes.saDir = directionNumber(words.value()) + 1;
  else if (word === 'sel') {
    words.value();
    words.putBack();
    draft.selector = readSelector(words, preferredFamily(session), devices).selector;
  } else if (word === 'encap') attributes.encap = readEncap(words);
  else if (word === 'offload') attributes.offloadDev = readOffload(words, devices);
  else if (word === 'output-mark') {
    attributes.setMark = number32(words.value(), 'value after "output-mark" is invalid');
    if (words.peek() === 'mask') {
      words.take();
      attributes.setMarkMask = number32(words.value(), 'mask value is invalid\n');
    }
  } else return false;
  return true;
};

function readEncap(words: Words): NonNullable<Attributes['encap']> {
  const name = words.value();
  const type = Object.entries(xfrmEncaps).find(([, each]) => each === name)?.[0];
  if (type === undefined) throw invalidArgument(name, 'ENCAP-TYPE value is invalid');
  const port = (what: string) => {
    const text = words.value();
    const value = parseUnsigned(text, 16);
    if (value === undefined) throw invalidArgument(text, `${what} value after "encap" is invalid`);
    return value;
  };
  const sport = port('SPORT');
  const dport = port('DPORT');
  return { type: Number(type), sport, dport, oa: wireAddress(address(words.value())) };
}

function readOffload(words: Words, devices: () => DeviceNames): NonNullable<Attributes['offloadDev']> {
  let flags = 0;
  let ifindex = 0;
  let word = words.value();
  if (word === 'crypto' || word === 'packet') {
    if (word === 'packet') flags = XFRM_OFFLOAD_PACKET;
    word = words.value();
  }
  if (word === 'dev') {
    const name = words.value();
    ifindex = devices().indexOf(name);
    if (ifindex === 0) throw invalidArgument(name, 'value after "offload dev" is invalid');
    word = words.value();
  }
  if (word !== 'dir') throw invalidArgument(word, 'value after "offload dir" is invalid');
  const direction = words.value();
  if (direction !== 'in' && direction !== 'out') throw invalidArgument(direction, 'DIR value is invalid');
  return { ifindex, flags: flags | (direction === 'in' ? XFRM_OFFLOAD_INBOUND : 0) };
}

/** Only one of the sorts that encrypt, and one of those that sign. */
const attributeOf = {
  enc: 'algCrypt',
  aead: 'algAead',
  auth: 'algAuth',
  'auth-trunc': 'algAuthTrunc',
  comp: 'algComp',
} as const;
const sameSort: Readonly<Record<string, string>> = {
  enc: 'enc',
  aead: 'enc',
  auth: 'auth',
  'auth-trunc': 'auth',
  comp: 'comp',
};

function readAlgorithm(word: string, words: Words, draft: StateDraft): void {
  const sort = word as keyof typeof attributeOf;
  if ([...draft.algorithms].some((each) => sameSort[each] === sameSort[word]))
    throw duplicateArgument('ALGO-TYPE', word);
  draft.algorithms.add(word);
  const name = words.take();
  if (name === undefined) throw missingArgument('ALGO-NAME');
  if (sort === 'comp') {
    draft.attributes.algComp = { name };
    return;
  }
  const text = words.take();
  if (text === undefined) throw missingArgument('ALGO-KEYMAT');
  const key = keyOf(text);
  const algorithm = { name, keyLen: key.length * 8, rest: key };
  if (sort === 'auth-trunc') {
    const length = words.take();
    if (length === undefined) throw missingArgument('ALGO-TRUNC-LEN');
    const truncLen = number32(length, 'ALGO-TRUNC-LEN value is invalid');
    draft.attributes.algAuthTrunc = { ...algorithm, truncLen };
  } else if (sort === 'aead') {
    const length = words.take();
    if (length === undefined) throw missingArgument('ALGO-ICV-LEN');
    draft.attributes.algAead = { ...algorithm, icvLen: number32(length, 'ALGO-ICV-LEN value is invalid') };
  } else draft.attributes[attributeOf[sort]] = algorithm;
}

/** Hexadecimal behind `0x`, an odd digit first by itself; else the text as it stands. */
function keyOf(text: string): Uint8Array {
  if (!text.startsWith('0x')) return new TextEncoder().encode(text);
  const digits = text.slice(2);
  const key = parseHex(digits.length % 2 === 0 ? digits : `0${digits}`);
  if (key === undefined) throw invalidArgument(text, 'ALGO-KEYMAT value is invalid');
  return key;
}

const esn = 1 << xfrmStateFlags.indexOf('esn');
const bitsOfHeader = 32;
const mode = (name: (typeof xfrmModes)[number]) => xfrmModes.indexOf(name);
const modesOf: Readonly<Record<string, readonly number[]>> = {
  esp: [mode('transport'), mode('tunnel'), mode('beet')],
  ah: [mode('transport'), mode('tunnel')],
  comp: [mode('transport'), mode('tunnel')],
  route2: [mode('ro'), mode('in_trigger')],
  hao: [mode('ro'), mode('in_trigger')],
};

/** What does not go together. Throws Exit (1). */
function check({ mode: chosen, algorithms, attributes }: StateDraft, { proto }: ReadId): void {
  const name = protocolText(proto);
  const behind = `with XFRM-PROTO value "${name}"`;
  if (isRouting(proto) && chosen === 0) throw failure(`"mode" is required ${behind}`);
  if (!(modesOf[name] ?? []).includes(chosen)) throw failure(`MODE value is invalid ${behind}`);
  const has = (...sorts: string[]) => sorts.some((sort) => algorithms.has(sort));
  if (name === 'esp') {
    if (has('comp')) throw failure(`ALGO-TYPE value "comp" is invalid ${behind}`);
    if (!has('enc', 'aead')) throw failure(`ALGO-TYPE value "enc" or "aead" is required ${behind}`);
  } else if (name === 'ah') {
    if (has('enc', 'aead', 'comp')) throw failure(`ALGO-TYPE values "enc", "aead", and "comp" are invalid ${behind}`);
    if (!has('auth', 'auth-trunc')) throw failure(`ALGO-TYPE value "auth" or "auth-trunc" is required ${behind}`);
  } else if (name === 'comp') {
    if (has('enc', 'aead', 'auth', 'auth-trunc'))
      throw failure(`ALGO-TYPE values "enc", "aead", "auth", and "auth-trunc" are invalid ${behind}`);
    if (!has('comp')) throw failure(`ALGO-TYPE value "comp" is required ${behind}`);
  } else if (algorithms.size > 0) throw failure(`ALGO is invalid ${behind}`);
  if (isRouting(proto)) {
    if (attributes.coaddr === undefined) throw failure(`"coa" is required ${behind}`);
  } else if (attributes.coaddr !== undefined) throw failure(`"coa" is invalid ${behind}`);
}

/** In the order of the network, as `ip` sends it. */
function swapped(number: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, number);
  return view.getUint32(0, true);
}

function messageOf(draft: StateDraft, id: ReadId): XfrmStateInput {
  const { flags, extraFlags, replayWindow, replay, attributes, selector } = draft;
  // What has more than the header has room for is in an attribute of its own.
  if ((flags & esn) !== 0 && replayWindow === 0) throw misuse('Error: esn flag set without replay-window.\n');
  const extended = (flags & esn) !== 0 || replayWindow > bitsOfHeader;
  const { seq = 0, oseq = 0, seqHi = 0, oseqHi = 0 } = replay;
  const bmpLen = Math.ceil(replayWindow / 32);
  return {
    header: {
      ...(selector !== undefined && { sel: selector }),
      id: {
        ...(id.dst !== undefined && { daddr: wireAddress(id.dst) }),
        spi: id.spi ?? 0,
        proto: id.proto,
      },
      ...(id.src !== undefined && { saddr: wireAddress(id.src) }),
      lft: draft.lifetime,
      family: familyNumber(id.family ?? 'inet'),
      mode: draft.mode,
      reqid: draft.reqid,
      seq: swapped(draft.seq),
      flags: flags & 0xff,
      replayWindow: extended ? 0 : replayWindow,
    },
    attributes: {
      ...attributes,
      ...(extraFlags !== 0 && { saExtraFlags: extraFlags }),
      ...(extended
        ? { replayEsnVal: { bmpLen, oseq, seq, oseqHi, seqHi, replayWindow, rest: new Uint8Array(bmpLen * 4) } }
        : (seq !== 0 || oseq !== 0) && { replayVal: { oseq, seq } }),
    },
  };
}
