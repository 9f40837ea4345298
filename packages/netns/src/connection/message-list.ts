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

/** Where datagrams are kept; everything in them begins at a multiple of four. */
interface Memory extends Slice {
  /** The same bytes: reading them so takes a third less than by the view. There is a word behind the last message, too. */
  readonly words: Uint32Array;
}

/** Messages that stand one behind the other in a datagram. */
interface Stretch {
  readonly memory: Memory;
  readonly start: number;
  readonly end: number;
}

/** No more than 256 KiB are received at once: a place is the number of the stretch, and so many bits. */
const placeBits = 18;
const lastInDatagram = (1 << placeBits) - 1;

/**
 * The messages of a table as they were received: kept as bytes, and decoded when they are looked at. For large tables of which little is
 * wanted: their number, some of them, or one field of all.
 *
 * A malformed message throws DecodeError when it is looked at.
 *
 * `using` (or `Symbol.dispose`) gives the memory back at once, which makes the next long table cheaper. What was looked at lazily must not be
 * looked at any more then.
 */
export class MessageList<Message extends Parts> implements Iterable<LazyMessage<Message>>, Disposable {
  readonly #declaration: ViewedDeclaration;
  /** The datagram that was kept last. */
  #kept = noBytes;
  readonly #memory: Memory[] = [];
  readonly #stretches: Stretch[] = [];
  #length = 0;
  /** Each message, once somebody asks for one by its number: the number of its stretch, and where it starts in there. */
  #places: number[] | undefined;
  /** A message said that the table changed meanwhile. @internal */
  interrupted = false;

  constructor(declaration: ViewedDeclaration) {
    this.#declaration = declaration;
  }

  get length(): number {
    return this.#length;
  }

  /** The message with this number, from 0; undefined when there is none. */
  at(index: number): LazyMessage<Message> | undefined {
    this.#places ??= this.#allPlaces();
    const place = this.#places[index];
    if (place === undefined) return undefined;
    return this.#viewAt(this.#stretches[place >>> placeBits] as Stretch, place & lastInDatagram);
  }

  *[Symbol.iterator](): Generator<LazyMessage<Message>> {
    for (const stretch of this.#stretches)
      for (let at = stretch.start; at < stretch.end; at = behind(stretch, at)) yield this.#viewAt(stretch, at);
  }

  /** One attribute of every message, without looking at the others. */
  column<Name extends keyof Message['attributes'] & string>(name: Name): Message['attributes'][Name][] {
    const set = this.#declaration.shape.attributes;
    const declared = set.byName.get(name);
    if (declared !== undefined && isSimple(declared)) return this.#columnOf(declared, set) as never[];
    return Array.from(this, (message) => attributeOf(message, name)) as never[];
  }

  /** One walk over the attributes of each, which reads no other value. */
  #columnOf(field: SimpleField, set: AttributeSet): unknown[] {
    const { number, name, shape } = field;
    const fits = (size: number) => shape.sizes === undefined || shape.sizes.includes(size);
    const anyFamily = field.family === undefined && set.slots.get(number)?.length === 1;
    const first = NLMSG_HDRLEN + align4(this.#declaration.shape.header.size);
    // Says what is wrong with a message.
    const whole = (stretch: Stretch, start: number) => attributeOf(this.#viewAt(stretch, start), name);
    const values = new Array<unknown>(this.#length);
    let index = 0;
    for (const stretch of this.#stretches) {
      const { bytes, view, words } = stretch.memory;
      for (let start = stretch.start; start < stretch.end; ) {
        const end = start + (words[start >>> 2] as number);
        let value: unknown;
        // When it is there twice the last one counts, as in the kernel.
        for (let at = start + first; at < end; ) {
          // Length and number at once.
          const head = words[at >>> 2] as number;
          const length = head & 0xffff;
          const next = at + length;
          if (length < 4 || next > end) {
            value = whole(stretch, start);
            break;
          }
          if (((head >>> 16) & NLA_TYPE_MASK) === number) {
            if (!fits(length - 4)) {
              value = whole(stretch, start);
              break;
            }
            if (anyFamily || slotOf(set, number, bytes[start + NLMSG_HDRLEN] as number) === field)
              value = shape.read(bytes, view, at + 4, next);
          }
          at = align4(next);
        }
        values[index++] = value;
        start = align4(end);
      }
    }
    return values;
  }

  #allPlaces(): number[] {
    const places: number[] = [];
    for (const [number, stretch] of this.#stretches.entries())
      for (let at = stretch.start; at < stretch.end; at = behind(stretch, at)) places.push((number << placeBits) | at);
    return places;
  }

  #viewAt({ memory: { bytes, view } }: Stretch, origin: number): LazyMessage<Message> {
    const end = origin + view.getUint32(origin, true);
    const payload = { bytes, view, start: origin + NLMSG_HDRLEN, end, origin };
    return this.#declaration.view(payload) as LazyMessage<Message>;
  }

  /** Keeps a copy of a datagram, of which messages are then added. @internal */
  keep({ bytes, start, end }: Slice): void {
    const memory = memoryFor(end - start);
    memory.bytes.set(bytes.subarray(start, end));
    this.#kept = memory;
    this.#memory.push(memory);
  }

  /** Gives the memory back, for what is received later: sooner than the garbage collector could. There are no messages in it then. */
  [Symbol.dispose](): void {
    for (const memory of this.#memory) {
      if (spareBytes + memory.bytes.length > mostSpare) break;
      spareBytes += memory.bytes.length;
      spare.push(memory);
    }
    this.clear();
  }

  /**
   * Adds the messages that answer `sequence`, from byte `at` of the datagram that was kept last, and says where the first stands that is
   * something else. @internal
   */
  add({ view, start, end }: Slice, at: number, sequence: number): number {
    const from = at;
    while (end - at >= NLMSG_HDRLEN) {
      const length = view.getUint32(at, true);
      const isAnswer = view.getUint16(at + 4, true) > NLMSG_OVERRUN && view.getUint32(at + 8, true) === sequence;
      if (!isAnswer || length < NLMSG_HDRLEN || length > end - at) break;
      if (view.getUint16(at + 6, true) & NLM_F_DUMP_INTR) this.interrupted = true;
      this.#length++;
      at += align4(length);
    }
    if (at > from) this.#stretches.push({ memory: this.#kept, start: from - start, end: at - start });
    return at;
  }

  /** Begins anew. @internal */
  clear(): void {
    this.#stretches.length = this.#memory.length = this.#length = 0;
    this.#kept = noBytes;
    this.#places = undefined;
    this.interrupted = false;
  }
}

/** Memory that lists gave back, for all connections of a thread. */
const spare: Memory[] = [];
let spareBytes = 0;
const mostSpare = 4 << 20;

function memoryFor(length: number): Memory {
  const index = spare.findIndex(({ bytes }) => bytes.length >= length + 4);
  const [memory] = index < 0 ? [] : spare.splice(index, 1);
  if (memory === undefined) {
    const words = new Uint32Array((align4(length) >>> 2) + 1);
    return { ...sliceOf(new Uint8Array(words.buffer)), words };
  }
  spareBytes -= memory.bytes.length;
  return memory;
}

const noBytes = memoryFor(0);

/** Where the next message starts. */
function behind({ memory: { view } }: Stretch, at: number): number {
  return align4(at + view.getUint32(at, true));
}

function attributeOf(message: LazyMessage<Parts>, name: string): unknown {
  return (message.attributes as Record<string, unknown>)[name];
}

type SimpleField = Field & { readonly shape: Leaf };

/** One value without parts. */
function isSimple(declared: Field | Pair): declared is SimpleField {
  return declared.form === 'field' && declared.shape.form === 'leaf' && declared.count === 'one';
}
