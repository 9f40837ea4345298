import type { ClassMessageInput, QdiscMessageInput } from '../../../../netlink/families/route/qdisc.ts';
import { TC_H_INGRESS, TC_H_ROOT } from '../../../../netlink/families/route/tcmsg.ts';
import { handleNumber } from '../../../../network/shaping/handle.ts';
import { parseMicroseconds } from '../../../shaping/units.ts';
import { type Exit, failure, notImplemented } from '../../ip/exit.ts';
import type { Words } from '../../ip/words.ts';
import type { Kind, ReadContext } from '../kinds/kind.ts';
import { kindOf } from '../kinds/kinds.ts';
import { illegal, linkLayer, next, number } from '../kinds/read.ts';

/** A change, read: whose header has no device yet when none was named. */
export interface Change<Input> {
  readonly device: string | undefined;
  readonly message: Input;
}

/** `est 1sec 4sec`: how often the rate is looked at, and how long it remembers, as the kernel has it. */
interface Estimator {
  readonly interval: number;
  readonly ewmaLog: number;
}

/** Reads the words behind `tc qdisc add` and its like. Throws Exit. */
export function readQdisc(words: Words, context: ReadContext): Change<QdiscMessageInput> {
  const header = { handle: 0, parent: 0 };
  let device: string | undefined;
  let estimator: Estimator | undefined;
  let stab: SizeTable | undefined;
  let ingressBlock: number | undefined;
  let egressBlock: number | undefined;
  let name: string | undefined;
  let data: unknown;
  const place = (parent: number, word: string) => {
    if (header.parent !== 0) throw failure(`Error: "${word}" is duplicate parent ID`, 255);
    header.parent = parent;
  };
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'dev') device = next(words);
    else if (word === 'handle') header.handle = majorOf(next(words));
    else if (word === 'root') place(TC_H_ROOT, word);
    else if (word === 'clsact' || word === 'ingress') {
      place(TC_H_INGRESS, word);
      header.handle = 0xffff_0000;
      name = word;
      if (words.peek() === 'help') throw failure(`Usage: ... ${word}`);
      data = kindOf(word)?.read?.(words, context);
      break;
    } else if (word === 'parent') place(classId(next(words)), 'parent');
    else if (isEstimator(word)) estimator = readEstimator(words);
    else if (word === 'stab') stab = readSizeTable(words);
    else if (word === 'ingress_block') ingressBlock = number(next(words), 'ingress_block');
    else if (word === 'egress_block') egressBlock = number(next(words), 'egress_block');
    else {
      name = word;
      const kind = kindOf(word);
      if (kind === undefined && words.peek() !== undefined)
        throw failure(`Unknown qdisc "${word}", hence option "${words.peek()}" is unparsable`);
      data = readKind(kind, `The settings of qdisc "${word}"`, words, context);
      break;
    }
  }
  const attributes = {
    ...kindAttributes(name, data, kindOf(name ?? '') !== undefined),
    ...(estimator === undefined ? {} : { rate: estimator }),
    ...(stab === undefined ? {} : { stab: sizeTable(stab) }),
    ...(ingressBlock === undefined ? {} : { ingressBlock }),
    ...(egressBlock === undefined ? {} : { egressBlock }),
  };
  return { device, message: { header, attributes: ordered(attributes) as never } };
}

/** Reads the words behind `tc class add` and its like. Throws Exit. */
export function readClass(words: Words, context: ReadContext): Change<ClassMessageInput> {
  const header = { handle: 0, parent: 0 };
  let device: string | undefined;
  let estimator: Estimator | undefined;
  let name: string | undefined;
  let data: unknown;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'dev') device = next(words);
    else if (word === 'classid') header.handle = classId(next(words));
    else if (word === 'handle') throw failure('Error: try "classid" instead of "handle"');
    else if (word === 'root') header.parent = TC_H_ROOT;
    else if (word === 'parent') header.parent = classId(next(words));
    else if (isEstimator(word)) estimator = readEstimator(words);
    else {
      name = word;
      const kind = kindOf(word);
      if (kind?.class === undefined && words.peek() !== undefined)
        throw failure(`Error: Qdisc "${word}" is classless.`);
      data = readKind(kind?.class, `The settings of a class of "${word}"`, words, context);
      break;
    }
  }
  const attributes = {
    ...kindAttributes(name, data, kindOf(name ?? '')?.class?.read !== undefined),
    ...(estimator === undefined ? {} : { rate: estimator }),
  };
  return { device, message: { header, attributes: ordered(attributes) as never } };
}

function readKind(kind: Pick<Kind, 'read'> | undefined, what: string, words: Words, context: ReadContext): unknown {
  if (kind?.read !== undefined) return kind.read(words, context);
  if (words.peek() === undefined) return undefined;
  throw notImplemented(what, 'are');
}

/** What the kernel knows by a name, with its settings; settings are there only for kinds whose declaration this library has. */
function kindAttributes(name: string | undefined, data: unknown, known: boolean): object {
  if (name === undefined) return {};
  if (!known) return { kind: 'other', name };
  return data === undefined ? { kind: name } : { kind: name, data };
}

/** The estimator stands between the kind and its settings, as `tc` sends it. */
function ordered(attributes: object): object {
  const { kind, name, rate, data, ...rest } = attributes as Record<string, unknown>;
  const all = { kind, name, rate, data, ...rest };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function majorOf(word: string): number {
  const match = /^([0-9a-f]{1,4}):?$/i.exec(word);
  if (match === null) throw invalidHandle(word, 'invalid qdisc ID');
  return (Number.parseInt(match[1] ?? '', 16) << 16) >>> 0;
}

export function classId(word: string): number {
  if (word === 'root') return TC_H_ROOT;
  if (word === 'none') return 0;
  const handle = handleNumber(word.includes(':') ? word : '');
  if (handle === undefined) throw invalidHandle(word, 'Invalid parent ID');
  return handle;
}

function invalidHandle(word: string, reason: string): Exit {
  return failure(`Error: argument "${word}" is wrong: ${reason}`, 255);
}

function isEstimator(word: string): boolean {
  return word.length >= 2 && 'estimator'.startsWith(word);
}

/** Two times, of which the kernel takes powers of two of a quarter of a second, and how many of the first are in the second. */
function readEstimator(words: Words): Estimator {
  const [every, constant] = [next(words), next(words)].map((word) => parseMicroseconds(word));
  if (every === undefined || constant === undefined) throw illegal('estimator');
  const interval = [0, 1, 2, 3, 4, 5].find((log) => every <= (1 << log) * 250_000);
  if (interval === undefined) throw failure('Illegal estimator parameters.');
  const length = (1 << interval) * 250_000;
  for (let log = 1; log < 32; log++) {
    const weight = 1 - 1 / (1 << log);
    if (length / -Math.log(weight) > constant) return { interval: interval - 2, ewmaLog: log - 1 };
  }
  throw failure('Illegal estimator parameters.');
}

interface SizeTable {
  mtu: number;
  mpu: number;
  overhead: number;
  tsize: number;
  layer: 'ethernet' | 'atm' | undefined;
}

function readSizeTable(words: Words): SizeTable {
  const table: SizeTable = { mtu: 0, mpu: 0, overhead: 0, tsize: 0, layer: undefined };
  for (let word = words.peek(); word !== undefined; word = words.peek()) {
    if (word !== 'mtu' && word !== 'mpu' && word !== 'overhead' && word !== 'tsize' && word !== 'linklayer') break;
    words.take();
    if (word === 'linklayer') table.layer = linkLayer(next(words));
    else table[word] = number(next(words), word, word === 'overhead');
  }
  return table;
}

/** A `struct tc_sizespec`, and the table of how long packets of each size are on the line. */
function sizeTable({ mtu: givenMtu, mpu, overhead, tsize: givenSize, layer = 'ethernet' }: SizeTable) {
  const linklayer = layer === 'atm' ? 2 : 1;
  const needed = layer !== 'ethernet' || mpu !== 0;
  const mtu = needed && givenMtu === 0 ? 2047 : givenMtu;
  const tsize = needed && givenSize === 0 ? 512 : givenSize;
  if (!needed) return { base: { linklayer, mpu, overhead, mtu, tsize } };
  let cellLog = 0;
  while (mtu >>> cellLog > tsize - 1) cellLog += 1;
  const lengths = Array.from({ length: tsize }, (_, row) => {
    const size = Math.max((row + 1) << cellLog, mpu);
    return layer === 'atm' ? Math.ceil(size / 48) * 53 : size;
  });
  // The lengths have to fit into 16 bits.
  let sizeLog = 0;
  while (Math.max(...lengths) >>> sizeLog > 0xffff) sizeLog += 1;
  const base = { cellLog, sizeLog, cellAlign: -1, overhead, linklayer, mpu, mtu, tsize };
  return { base, data: lengths.map((length) => length >>> sizeLog) };
}
