import { expect, it, onTestFinished } from 'vitest';
import { toHex } from '../../test/codec/fixture.ts';
import { loadFixtures } from '../../test/codec/load.ts';
import { mutate, randomOf } from '../../test/codec/mutate.ts';
import { DecodeError } from '../errors.ts';
import { type CompiledDecoder, compile, MALFORMED } from '../wire/compile.ts';
import { encodeValue } from '../wire/encode.ts';
import { cursorOf, readPrefixed } from '../wire/interpret.ts';
import { type LazyViewer, lazyViewer } from '../wire/lazy.ts';
import { sliceOf } from '../wire/slice.ts';
import { Writer } from '../wire/writer.ts';
import { catalogue, declarationOf, type KnownMessage } from './catalogue.ts';
import { describeMessage } from './describe.ts';
import { isAcknowledgement, readAcknowledgement } from './extended-ack.ts';
import { NLMSG_HDRLEN, splitDatagram } from './header.ts';

const INPUTS = 100_000;
const seed = Number(process.env.NETNS_FUZZ_SEED ?? 1);

interface Subject {
  readonly declaration: KnownMessage;
  readonly compiled: CompiledDecoder;
  readonly view: LazyViewer;
  readonly keys: readonly string[];
}

const subjects = catalogue.map((declaration): Subject => {
  const compiled = compile(declaration.shape);
  if (compiled === undefined) throw new Error('code generation is forbidden here');
  const { byName, pairs } = declaration.attributes;
  const inline = pairs.some(({ name }) => name === undefined) ? ['kind', 'name', 'data', 'raw'] : [];
  const keys = [...byName.keys(), ...inline, 'unknown'];
  return { declaration, compiled, view: lazyViewer(declaration.shape, declaration.name), keys };
});

// Small messages much more often than large ones: damage in a dump mostly lands in counters.
const corpus = loadFixtures();
const small = corpus.filter(({ bytes }) => bytes.length < 400);

it(`${INPUTS} damaged messages give a value or a DecodeError, the same from all decoders`, { timeout: 180_000 }, () => {
  // Most inputs are errors, and collecting their stacks would take most of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  onTestFinished(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });
  const random = randomOf(seed);
  const seen = { values: 0, errors: 0 };
  for (let input = 0; input < INPUTS; input++) {
    const { bytes: whole, protocol } = pick(random(20) === 0 ? corpus : small, random);
    const bytes = mutate(whole, pick(small, random).bytes, random);
    try {
      for (const subject of subjectsFor(bytes, protocol, random))
        checkPayload(subject, bytes.subarray(NLMSG_HDRLEN), seen);
      if (input % 4 === 0) checkMessage(bytes, protocol);
    } catch (error) {
      throw new Error(`input ${input} of seed ${seed} (NETNS_FUZZ_SEED): ${toHex(bytes)}`, { cause: error });
    }
  }
  // The damage must leave both kinds, or the comparison above compares nothing.
  expect(seen.values).toBeGreaterThan(INPUTS / 10);
  expect(seen.errors).toBeGreaterThan(INPUTS / 10);
});

/** The declaration that the message number asks for, and now and then one that it was never meant for. */
function subjectsFor(bytes: Uint8Array, protocol: number | undefined, random: (below: number) => number): Subject[] {
  const type = (bytes[4] ?? 0) | ((bytes[5] ?? 0) << 8);
  const known = declarationOf(type, protocol, random(2) === 0 ? 'sent' : 'received', bytes[NLMSG_HDRLEN]);
  const own = subjects.find(({ declaration }) => declaration === known);
  return own === undefined || random(8) === 0 ? [pick(subjects, random)] : [own];
}

function checkPayload(
  { declaration, compiled, view, keys }: Subject,
  payload: Uint8Array,
  seen: { values: number; errors: number },
): void {
  const { name, shape } = declaration;
  const slice = sliceOf(payload);
  const interpreted = attempt(() => readPrefixed(shape, cursorOf(slice, name), slice.start, slice.end));
  const fast = attempt(() => compiled(slice));
  const lazy = attempt(() => {
    const { header, attributes } = view(slice);
    return { header, attributes: Object.fromEntries(present(attributes as object, keys)) };
  });
  if (interpreted === FAILED) {
    seen.errors++;
    if (fast !== FAILED) throw new Error('the compiled decoder accepts what the interpreter refuses');
    return;
  }
  seen.values++;
  if (!same(fast, interpreted)) throw new Error('the compiled decoder gives another value');
  if (!same(lazy, interpreted)) throw new Error('the lazy view gives another value');
  const writer = new Writer();
  encodeValue(shape, writer, interpreted, name);
  const again = sliceOf(writer.finish());
  if (!same(meaning(readPrefixed(shape, cursorOf(again, name), again.start, again.end)), meaning(interpreted)))
    throw new Error('what was encoded decodes to another value');
}

function checkMessage(bytes: Uint8Array, protocol: number | undefined): void {
  describeMessage(bytes, 'received', protocol);
  const messages = attempt(() => splitDatagram(bytes));
  if (!Array.isArray(messages)) return;
  for (const message of messages.filter(isAcknowledgement))
    for (const { declaration } of subjects) attempt(() => readAcknowledgement(message, { bytes, declaration }));
}

const FAILED = Symbol('failed');

function attempt(decode: () => unknown): unknown {
  try {
    return decode();
  } catch (error) {
    if (error === MALFORMED || error instanceof DecodeError) return FAILED;
    throw error;
  }
}

function* present(attributes: object, keys: readonly string[]): Iterable<[string, unknown]> {
  for (const key of keys) {
    const value = (attributes as Record<string, unknown>)[key];
    if (value !== undefined) yield [key, value];
  }
}

/** Deep equality, many times faster than the general one; the order of keys does not matter. */
function same(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || left === null || typeof right !== 'object' || right === null)
    return Object.is(left, right);
  if (left instanceof Uint8Array || right instanceof Uint8Array)
    return left instanceof Uint8Array && right instanceof Uint8Array && toHex(left) === toHex(right);
  const keys = Object.keys(left);
  if (Array.isArray(left) !== Array.isArray(right) || keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => key in right && same((left as Bag)[key], (right as Bag)[key]));
}

type Bag = Record<string, unknown>;

/** A value without what encoding may leave out: `ttlInherit: false`. */
function meaning(value: unknown): unknown {
  const data = (value as { attributes: { linkinfo?: { data?: { ttlInherit?: boolean } } } }).attributes.linkinfo?.data;
  if (data?.ttlInherit === false) delete data.ttlInherit;
  return value;
}

function pick<T>(from: readonly T[], random: (below: number) => number): T {
  return from[random(from.length)] as T;
}
