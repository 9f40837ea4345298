import { type PrefixedIn, type PrefixedOut, prefixed } from './attributes.ts';
import { type CompiledDecoder, compile, MALFORMED } from './compile.ts';
import { type CompiledEncoder, compileEncoder, WORTH_COMPILING } from './compile-encoder.ts';
import { encodeValue } from './encode.ts';
import { cursorOf, readPrefixed } from './interpret.ts';
import { type LazyMessage, type LazyViewer, lazyViewer } from './lazy.ts';
import type { AttributeSet, Out, Prefixed, Struct, Typed } from './shape.ts';
import { type Slice, sliceOf } from './slice.ts';
import { Writer } from './writer.ts';

/** What a message declaration says. */
export interface MessageParts<N extends string, H, A, T> {
  /** The first word of paths in errors: `link.linkinfo.data.id`. */
  readonly name: N;
  /** The word in the kernel's names: `LINK` as in RTM_NEWLINK. Other names than RTM_* with `*` for the verb: `NFT_MSG_*TABLE`. */
  readonly kernelName: string;
  /** The netlink protocol that carries it (NETLINK_ROUTE is 0). */
  readonly protocol: number;
  /** Message numbers by verb: `{ new: 16, del: 17, get: 18, set: 19 }`. */
  readonly types: T;
  readonly header: H;
  readonly attributes: A;
  /** Given where the numbers mean one thing on their way to the kernel and another on their way back. */
  readonly direction?: Direction | undefined;
  /**
   * Given where the numbers serve several declarations: the address families, in the first byte, that this one is for. None where no message
   * says by itself that it is meant, and only who asked knows.
   */
  readonly families?: readonly number[] | undefined;
}

export type Direction = 'sent' | 'received';

type AnyStruct = Typed<Struct, unknown>;
type AnySet = Typed<AttributeSet, unknown>;
type Verbs = Readonly<Record<string, number>>;

/** A message declaration with its codecs. */
export interface MessageDeclaration<N extends string, H extends AnyStruct, A extends AnySet, T extends Verbs>
  extends MessageParts<N, H, A, T> {
  readonly shape: Prefixed;
  /** Types only: what decoding gives and what encoding takes. */
  readonly phantom?: readonly [out: PrefixedOut<H, A>, input: PrefixedIn<H, A>];
  /** Decodes a payload (without nlmsghdr). Throws DecodeError. */
  decode(payload: Uint8Array | Slice): PrefixedOut<H, A>;
  /**
   * A view that decodes a field when it is read: for listings that need few of many. It reads from the received bytes, so
   * use it before they are received into again. Throws DecodeError, for a malformed field when that field is read.
   */
  view(payload: Uint8Array | Slice): LazyMessage<PrefixedOut<H, A>>;
  /** Encodes a payload. Throws InvalidArgumentError for a value that does not fit. */
  encode(value: PrefixedIn<H, A>): Uint8Array;
  /** Appends an encoded payload to `writer`. */
  write(writer: Writer, value: PrefixedIn<H, A>): void;
}

/** Any message: what its values are is not known. */
export type AnyMessage = MessageDeclaration<string, AnyStruct, AnySet, Verbs>;

/** Declares a message once; type, encoder and decoders follow. */
export function message<const N extends string, H extends AnyStruct, A extends AnySet, const T extends Verbs>(
  parts: MessageParts<N, H, A, T>,
): MessageDeclaration<N, H, A, T> {
  const { name, kernelName, protocol, types, header, attributes, direction, families } = parts;
  const shape = prefixed(header, attributes) as Prefixed;
  const write = adaptiveEncoder(shape, name);
  let viewer: LazyViewer | undefined;
  // Written out, what is not given, too: V8 finds a property soonest where all objects have the same ones.
  return {
    name,
    kernelName,
    protocol,
    types,
    header,
    attributes,
    direction,
    families,
    shape,
    decode: adaptiveDecoder(shape, name) as (payload: Uint8Array | Slice) => PrefixedOut<H, A>,
    view(payload) {
      viewer ??= lazyViewer(shape, name);
      return viewer(sliceOf(payload)) as LazyMessage<PrefixedOut<H, A>>;
    },
    encode(value) {
      const writer = new Writer();
      write(writer, value);
      return writer.finish();
    },
    write,
  };
}

/** Of a declaration, what a request needs. */
type Sending<N extends string, H extends AnyStruct, A extends AnySet, T extends Verbs> = Pick<
  MessageDeclaration<N, H, A, T>,
  'name' | 'kernelName' | 'protocol' | 'types' | 'shape' | 'encode' | 'write'
>;

/** Requests of one declaration whose answers are of another. `shape` is the request's: it names what the kernel refuses. */
export interface Exchange<
  N extends string,
  H extends AnyStruct,
  S extends AnySet,
  T extends Verbs,
  Answer extends Typed<{ readonly decode: unknown; readonly view: unknown }, unknown>,
> extends Sending<N, H, S, T>,
    Pick<Answer, 'decode' | 'view'> {
  /** Types only: what decoding gives and what encoding takes. */
  readonly phantom?: readonly [out: Out<Answer>, input: PrefixedIn<H, S>];
  readonly sent: MessageDeclaration<N, H, S, T>;
  readonly received: Answer;
}

/** Joins the two declarations of a message whose requests hold other attributes than its answers. */
export function exchange<
  N extends string,
  H extends AnyStruct,
  S extends AnySet,
  T extends Verbs,
  Answer extends Typed<{ readonly decode: unknown; readonly view: unknown }, unknown>,
>(sent: MessageDeclaration<N, H, S, T>, received: Answer): Exchange<N, H, S, T, Answer> {
  const { name, kernelName, protocol, types, shape, encode, write } = sent;
  const { decode, view } = received;
  return { name, kernelName, protocol, types, shape, encode, write, decode, view, sent, received };
}

/** As how many messages one counts: those with thousands of elements are worth many. */
function weightOf(bytes: number): number {
  return 1 + (bytes >> 11);
}

function adaptiveDecoder(shape: Prefixed, name: string): (payload: Uint8Array | Slice) => unknown {
  let decoded = 0;
  let compiled: CompiledDecoder | undefined;
  return (payload) => {
    const slice = sliceOf(payload);
    if (compiled !== undefined) {
      try {
        return compiled(slice);
      } catch (error) {
        if (error !== MALFORMED) throw error;
      }
    } else if (decoded < WORTH_COMPILING) {
      decoded += weightOf(slice.end - slice.start);
      if (decoded >= WORTH_COMPILING) compiled = compile(shape);
    }
    return readPrefixed(shape, cursorOf(slice, name), slice.start, slice.end);
  };
}

/** Interprets the first messages, and those that compiled code refuses: the interpreter says why, or writes them after all. */
function adaptiveEncoder(shape: Prefixed, name: string): (writer: Writer, value: unknown) => void {
  let encoded = 0;
  let compiled: CompiledEncoder | undefined;
  return (writer, value) => {
    const start = writer.length;
    if (compiled !== undefined) {
      try {
        return compiled(writer, value);
      } catch {
        writer.discard(start);
      }
    }
    encodeValue(shape, writer, value, name);
    if (encoded < WORTH_COMPILING) {
      encoded += weightOf(writer.length - start);
      if (encoded >= WORTH_COMPILING) compiled = compileEncoder(shape);
    }
  };
}
