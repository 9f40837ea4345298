import { NLM_F_DUMP_INTR, NLMSG_HDRLEN, NLMSG_OVERRUN } from '../netlink/header.ts';
import { NLA_TYPE_MASK, slotOf } from '../wire/attributes.ts';
import type { LazyMessage } from '../wire/lazy.ts';
import type { AttributeSet, Field, Leaf, Pair } from '../wire/shape.ts';
import { align4, type Slice, sliceOf } from '../wire/slice.ts';
import type { Declaration } from './declaration.ts';

/** A declaration that can be looked at without decoding all of it. */
export interface ViewedDeclaration extends Declaration {
  view(payload: Slice): unknown;
}

export interface Parts {
  readonly header: unknown;
  readonly attributes: unknown;
}

/** No more than 256 KiB are received at once: a place is the number of the datagram, and so many bits. */
const placeBits = 18;
const lastInDatagram = (1 << placeBits) - 1;

/**
 * The messages of a table as they were received: kept as bytes, and decoded when they are looked at. For large tables of which little is
 * wanted: their number, some of them, or one field of all.
 *
 * A malformed message throws DecodeError when it is looked at.
 */
export class MessageList<Message extends Parts> implements Iterable<LazyMessage<Message>> {
  readonly #declaration: ViewedDeclaration;
  readonly #datagrams: Slice[] = [];
  /** A message said that the table changed meanwhile. @internal */
  interrupted = false;
  /** Each message: the number of its datagram, and where it starts in there. */
  readonly #places: number[] = [];

  constructor(declaration: ViewedDeclaration) {
    this.#declaration = declaration;
  }

  get length(): number {
    return this.#places.length;
  }

  /** The message with this number, from 0; undefined when there is none. */
  at(index: number): LazyMessage<Message> | undefined {
    const place = this.#places[index];
    if (place === undefined) return undefined;
    return this.#declaration.view(this.#sliceAt(place)) as LazyMessage<Message>;
  }

  *[Symbol.iterator](): Generator<LazyMessage<Message>> {
    for (const place of this.#places) yield this.#declaration.view(this.#sliceAt(place)) as LazyMessage<Message>;
  }

  /** One attribute of every message, without looking at the others. */
  column<Name extends keyof Message['attributes'] & string>(name: Name): Message['attributes'][Name][] {
    const set = this.#declaration.shape.attributes;
    const declared = set.byName.get(name);
    if (declared !== undefined && isSimple(declared)) return this.#columnOf(declared, set) as never[];
    return this.#places.map((_, index) => this.#lookAt(index, name)) as never[];
  }

  /** One walk over the attributes of each, which reads no other value. */
  #columnOf(field: SimpleField, set: AttributeSet): unknown[] {
    const { number, name, shape } = field;
    const [size = -1, ...others] = shape.sizes ?? [];
    const anyFamily = field.family === undefined && set.slots.get(number)?.length === 1;
    const first = NLMSG_HDRLEN + align4(this.#declaration.shape.header.size);
    const places = this.#places;
    const values = new Array<unknown>(places.length);
    for (let index = 0; index < places.length; index++) {
      const place = places[index] as number;
      const { bytes, view } = this.#datagrams[place >>> placeBits] as Slice;
      const start = place & lastInDatagram;
      const end = start + view.getUint32(start, true);
      let value: unknown;
      // When it is there twice the last one counts, as in the kernel.
      for (let at = start + first; at < end; ) {
        const length = end - at < 4 ? 0 : view.getUint16(at, true);
        const wanted = length >= 4 && (view.getUint16(at + 2, true) & NLA_TYPE_MASK) === number;
        const fits = size < 0 || length === size + 4 || others.includes(length - 4);
        // Looking at it says what is wrong.
        if (length < 4 || at + length > end || (wanted && !fits)) value = this.#lookAt(index, name);
        else if (wanted && (anyFamily || slotOf(set, number, bytes[start + NLMSG_HDRLEN] as number) === field))
          value = shape.read(bytes, view, at + 4, at + length);
        at = length < 4 ? end : align4(at + length);
      }
      values[index] = value;
    }
    return values;
  }

  #lookAt(index: number, name: string): unknown {
    return (this.at(index)?.attributes as Record<string, unknown> | undefined)?.[name];
  }

  #sliceAt(place: number): Slice {
    const { bytes, view } = this.#datagrams[place >>> placeBits] as Slice;
    const origin = place & lastInDatagram;
    return { bytes, view, start: origin + NLMSG_HDRLEN, end: origin + view.getUint32(origin, true), origin };
  }

  /** Keeps a copy of a datagram, of which messages are then added. @internal */
  keep({ bytes, start, end }: Slice): void {
    this.#datagrams.push(sliceOf(bytes.slice(start, end)));
  }

  /**
   * Adds the messages that answer `sequence`, from byte `at` of the datagram that was kept last, and says where the first stands that is
   * something else. @internal
   */
  add({ view, start, end }: Slice, at: number, sequence: number): number {
    const base = ((this.#datagrams.length - 1) << placeBits) - start;
    while (end - at >= NLMSG_HDRLEN) {
      const length = view.getUint32(at, true);
      const isAnswer = view.getUint16(at + 4, true) > NLMSG_OVERRUN && view.getUint32(at + 8, true) === sequence;
      if (!isAnswer || length < NLMSG_HDRLEN || length > end - at) break;
      if (view.getUint16(at + 6, true) & NLM_F_DUMP_INTR) this.interrupted = true;
      this.#places.push(base + at);
      at += align4(length);
    }
    return at;
  }

  /** Begins anew. @internal */
  clear(): void {
    this.#datagrams.length = this.#places.length = 0;
    this.interrupted = false;
  }
}

type SimpleField = Field & { readonly shape: Leaf };

/** One value without parts. */
function isSimple(declared: Field | Pair): declared is SimpleField {
  return declared.form === 'field' && declared.shape.form === 'leaf' && declared.count === 'one';
}
