import { type ematches, ematchKinds } from '../../../../netlink/families/route/filters/kinds.ts';
import type { Out } from '../../../../wire/shape.ts';
import { failure, notImplemented } from '../../ip/exit.ts';
import { number } from '../kinds/read.ts';
import type { Say } from '../say.ts';

type Seen = Out<typeof ematches>;
type SeenMatch = NonNullable<Seen['list']>[number];

/** How a match is joined with the one behind it, and whether it is turned round. */
const and = 1;
const or = 2;
const not = 4;
const container = 0;

interface Match {
  readonly kind: number;
  flags: number;
  readonly rest: Uint8Array;
  /** What is in parentheses, for a container. */
  readonly inner?: readonly Match[];
}

/** Reads conditions: `cmp(u8 at 9 layer network eq 6) and not (… or …)`. Throws Exit. */
export function readEmatches(text: string): object {
  const tokens = tokensOf(text);
  const all = readSequence(tokens);
  if (tokens.length > 0) throw wrong(text);
  const flat: Match[] = [];
  flatten(all, flat);
  const list = flat.map(({ kind, flags, rest, inner }) => ({
    kind,
    flags,
    rest: inner === undefined ? rest : numbers([flat.indexOf(inner[0] as Match), 4]),
  }));
  return { hdr: { nmatches: list.length, progid: 0 }, list };
}

function wrong(text: string): Error {
  return failure(`Illegal "ematch" ${text}`);
}

/** Words, parentheses, and texts in quotes (which keep theirs). */
function tokensOf(text: string): string[] {
  return text.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? [];
}

function readSequence(tokens: string[]): Match[] {
  const found: Match[] = [];
  for (;;) {
    const match = readMatch(tokens);
    found.push(match);
    const joint = tokens[0];
    if (joint !== 'and' && joint !== 'or') return found;
    tokens.shift();
    match.flags |= joint === 'and' ? and : or;
  }
}

function readMatch(tokens: string[]): Match {
  const word = tokens.shift();
  if (word === 'not') {
    const match = readMatch(tokens);
    match.flags |= not;
    return match;
  }
  if (word === '(') {
    const inner = readSequence(tokens);
    if (tokens.shift() !== ')') throw wrong(')');
    return { kind: container, flags: 0, rest: new Uint8Array(), inner };
  }
  const kind = Object.hasOwn(kinds, word ?? '') ? kinds[word ?? ''] : undefined;
  if (word === undefined || kind === undefined) {
    if (word === 'ipset' || word === 'ipt' || word === 'canid') throw notImplemented(`The extended match "${word}"`);
    throw failure(`Unknown ematch "${word ?? ''}"`);
  }
  if (tokens.shift() !== '(') throw wrong(word);
  const end = tokens.indexOf(')');
  if (end === -1) throw wrong(word);
  const words = tokens.splice(0, end + 1).slice(0, -1);
  return { kind: ematchKinds.indexOf(word as 'cmp'), flags: 0, rest: kind.read(words) };
}

/** Those of one level stand together; what is in parentheses behind all of them. */
function flatten(level: readonly Match[], all: Match[]): void {
  if (all.length === 0) all.push(...level);
  for (const { inner } of level) {
    if (inner === undefined) continue;
    all.push(...inner);
    flatten(inner, all);
  }
}

function numbers(...values: readonly (readonly [value: number, bytes: number])[]): Uint8Array {
  const bytes: number[] = [];
  for (const [value, size] of values)
    for (let at = 0; at < size; at++) bytes.push(Number((BigInt(value) >> BigInt(8 * at)) & 0xffn));
  return Uint8Array.from(bytes);
}

interface EmatchKind {
  read(words: readonly string[]): Uint8Array;
  print(view: DataView, bytes: Uint8Array): string;
}

const comparisons = ['eq', 'gt', 'lt'] as const;
const layers: Readonly<Record<string, number>> = { link: 0, network: 1, transport: 2 };

/** Takes words from the front; what is expected and is not there is an error. */
class Reader {
  readonly #words: string[];
  constructor(words: readonly string[]) {
    this.#words = [...words];
  }
  take(): string {
    const word = this.#words.shift();
    if (word === undefined) throw wrong('');
    return word;
  }
  has(word: string): boolean {
    if (this.#words[0] !== word) return false;
    this.#words.shift();
    return true;
  }
  get rest(): number {
    return this.#words.length;
  }
}

function layerOf(word: string): number {
  return layers[word] ?? number(word, 'layer');
}

const kinds: Readonly<Record<string, EmatchKind>> = {
  cmp: {
    read(words) {
      const from = new Reader(words);
      const align = { u8: 1, u16: 2, u32: 4 }[from.take()];
      if (align === undefined || !from.has('at')) throw wrong('cmp');
      const off = number(from.take(), 'at');
      let [layer, mask, flags] = [1, 0, 0];
      for (;;) {
        if (from.has('layer')) layer = layerOf(from.take());
        else if (from.has('mask')) mask = number(from.take(), 'mask');
        else if (from.has('trans')) flags = 1;
        else break;
      }
      const operand = comparisons.indexOf(from.take() as 'eq');
      if (operand === -1) throw wrong('cmp');
      const value = number(from.take(), 'cmp');
      return numbers([value, 4], [mask, 4], [off, 2], [align | (flags << 4), 1], [layer | (operand << 4), 1]);
    },
    print(view) {
      const align = view.getUint8(10) & 0xf;
      const mask = view.getUint32(4, true);
      const last = view.getUint8(11);
      return (
        `u${align * 8} at ${view.getUint16(8, true)} layer ${last & 0xf} ${mask === 0 ? '' : `mask 0x${mask.toString(16)} `}` +
        `${(view.getUint8(10) >> 4) & 1 ? 'trans ' : ''}${comparisons[last >> 4] ?? ''} ${view.getUint32(0, true)}`
      );
    },
  },
  nbyte: {
    read(words) {
      const from = new Reader(words);
      const needle = new TextEncoder().encode(from.take().replaceAll('"', ''));
      let [off, layer] = [0, 1];
      for (;;) {
        if (from.has('at')) off = number(from.take(), 'at');
        else if (from.has('layer')) layer = layerOf(from.take());
        else break;
      }
      const padded = new Uint8Array(4 * Math.ceil(needle.length / 4));
      padded.set(needle);
      return Uint8Array.from([...numbers([off, 2], [needle.length | (layer << 12), 2]), ...padded]);
    },
    print(view, bytes) {
      const word = view.getUint16(2, true);
      const needle = bytes.subarray(4, 4 + (word & 0xfff));
      const digits = Array.from(needle, (byte) => `${byte.toString(16).toUpperCase().padStart(2, '0')} `).join('');
      const text = Array.from(needle, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(
        '',
      );
      return `${digits}"${text}" at ${view.getUint16(0, true)} layer ${word >> 12}`;
    },
  },
  u32: {
    read(words) {
      const from = new Reader(words);
      const size = { u8: 1, u16: 2, u32: 4 }[from.take()];
      if (size === undefined) throw wrong('u32');
      const value = number(from.take(), 'u32');
      const mask = Number.parseInt(from.take(), 16);
      let [off, offmask] = [0, 0];
      if (from.has('at')) {
        const place = from.take();
        const behind = /^nexthdr\+(.*)$/.exec(place)?.[1];
        offmask = behind === undefined ? 0 : 0xffff_ffff;
        off = number(behind ?? place, 'at', true);
      }
      const shift = size === 4 ? 0 : 8 * (size === 2 ? ((off & 3) === 0 ? 2 : 0) : 3 - (off & 3));
      const key = new Uint8Array(16);
      const view = new DataView(key.buffer);
      view.setUint32(0, (mask << shift) >>> 0);
      view.setUint32(4, ((value & mask) << shift) >>> 0);
      view.setInt32(8, off & ~3, true);
      view.setUint32(12, offmask, true);
      return key;
    },
    print(view) {
      const eight = (at: number) => view.getUint32(at).toString(16).padStart(8, '0');
      return `${eight(4)}/${eight(0)} at ${view.getUint32(12, true) === 0 ? '' : 'nexthdr+'}${view.getInt32(8, true)}`;
    },
  },
  meta: { read: readMeta, print: printMeta },
};

/** What is known of a packet, by number (TCF_META_ID_*). */
const metaNames = [
  'value',
  'random',
  'loadavg_0',
  'loadavg_1',
  'loadavg_2',
  'dev',
  'priority',
  'protocol',
  'pkttype',
  'pktlen',
  'datalen',
  'maclen',
  'nf_mark',
  'tcindex',
  'rtclassid',
  'rtiif',
  'sk_family',
  'sk_state',
  'sk_reuse',
  'sk_bound_if',
  'sk_refcnt',
  'sk_shutdown',
  'sk_proto',
  'sk_type',
  'sk_rcvbuf',
  'sk_rmem',
  'sk_wmem',
  'sk_omem',
  'sk_wmem_queue',
  'sk_rcv_queue',
  'sk_snd_queue',
  'sk_err_queue',
  'sk_fwd_alloc',
  'sk_sndbuf',
  'sk_alloc',
  'sk_route_caps',
  'sk_hash',
  'sk_lingertime',
  'sk_ack_backlog',
  'sk_max_ack_backlog',
  'sk_prio',
  'sk_rcvlowat',
  'sk_rcvtimeo',
  'sk_sndtimeo',
  'sk_sendmsg_off',
  'sk_write_pend',
  'vlan',
  'rxhash',
] as const;

const isInteger = 1;

interface MetaSide {
  readonly kind: number;
  readonly shift: number;
  readonly bytes: Uint8Array;
}

function readMetaSide(from: Reader): MetaSide {
  const word = from.take();
  if (word.startsWith('"')) return { kind: 0, shift: 0, bytes: new TextEncoder().encode(word.slice(1, -1)) };
  if (/^[0-9]/.test(word)) return { kind: isInteger << 12, shift: 0, bytes: numbers([number(word, 'meta'), 4]) };
  const id = metaNames.indexOf(word as 'dev');
  if (id < 1) throw failure(`meta: unknown meta id`);
  let [shift, mask] = [0, 0];
  for (;;) {
    if (from.has('shift')) shift = number(from.take(), 'shift');
    else if (from.has('mask')) mask = number(from.take(), 'mask');
    else break;
  }
  return { kind: (isInteger << 12) | id, shift, bytes: numbers([mask, 4]) };
}

function readMeta(words: readonly string[]): Uint8Array {
  const from = new Reader(words);
  const left = readMetaSide(from);
  const operand = comparisons.indexOf(from.take() as 'eq');
  if (operand === -1) throw wrong('meta');
  const right = readMetaSide(from);
  const header = numbers([left.kind, 2], [left.shift, 1], [operand, 1], [right.kind, 2], [right.shift, 1], [0, 1]);
  return Uint8Array.from([...attribute(1, header), ...attribute(2, left.bytes), ...attribute(3, right.bytes)]);
}

function attribute(type: number, bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(4 + 4 * Math.ceil(bytes.length / 4));
  whole.set(numbers([4 + bytes.length, 2], [type, 2]));
  whole.set(bytes, 4);
  return whole;
}

function printMeta(_view: DataView, bytes: Uint8Array): string {
  const parts = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    const length = Math.max(view.getUint16(0, true), 4);
    parts.set(view.getUint16(2, true), bytes.subarray(at + 4, at + length));
    at += 4 * Math.ceil(length / 4);
  }
  const header = parts.get(1);
  if (header === undefined || header.length < 8) return '';
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const side = (at: number, value: Uint8Array | undefined) => {
    const kind = view.getUint16(at, true);
    const id = kind & 0x7ff;
    const wide = kind >> 12 === isInteger;
    if (id === 0) return wide ? String(integer(value)) : `"${new TextDecoder().decode(value)}"`;
    const shift = view.getUint8(at + 2);
    const mask = integer(value);
    return `${metaNames[id] ?? id}${shift === 0 ? '' : ` shift ${shift}`}${mask === 0 ? '' : ` mask 0x${mask.toString(16).padStart(8, '0')}`}`;
  };
  return `${side(0, parts.get(2))} ${comparisons[view.getUint8(3)] ?? ''} ${side(4, parts.get(3))}`;
}

function integer(bytes: Uint8Array | undefined): number {
  return bytes === undefined || bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

/** Conditions as `tc` shows them, each on a line. */
export function tellEmatches(say: Say, { list = [] }: Seen): void {
  if (list.length === 0) return;
  const text = sequenceText(list, 0, 1);
  say.value('ematch', '\n%', text.trim(), text);
}

function sequenceText(list: readonly SeenMatch[], first: number, depth: number): string {
  let text = '';
  let joint = '';
  for (let at = first; at < list.length; at++) {
    const match = list[at] as SeenMatch;
    text += '  '.repeat(depth) + joint + (match.flags & not ? 'NOT ' : '') + matchText(list, match, at, depth);
    joint = match.flags & and ? 'AND ' : match.flags & or ? 'OR ' : '';
    if (joint === '') break;
  }
  return text;
}

function matchText(list: readonly SeenMatch[], { kind, rest }: SeenMatch, at: number, depth: number): string {
  const bytes = rest ?? new Uint8Array();
  if (kind === container) {
    const inner = integer(bytes);
    return `(\n${inner > at ? sequenceText(list, inner, depth + 1) : ''}${'  '.repeat(depth)}) `;
  }
  const name = ematchKinds[kind] ?? String(kind);
  const known = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  return `${name}(${known?.print(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), bytes) ?? '[unknown]'})\n`;
}
