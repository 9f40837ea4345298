import { Fifo } from './fifo.ts';

interface Reader<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Events waiting for whoever iterates: `push` never blocks, the iterator never misses one.
 *
 * Ending the loop (`break`, an error, `return()`) runs `onEnd` once, so the source can be closed. Several readers get the events in
 * the order in which they asked.
 */
export class EventQueue<T> implements AsyncIterableIterator<T> {
  readonly #events = new Fifo<T>();
  readonly #readers = new Fifo<Reader<T>>();
  #ended = false;
  /** Thrown to one reader, behind the last event. */
  #failure: { readonly error: unknown } | undefined;
  readonly #onEnd: () => void;
  readonly #look: (() => void) | undefined;

  /** `look` pushes what has happened already: it is called when a reader asks and nothing is here, before that reader has to wait. */
  constructor(onEnd: () => void, look?: () => void) {
    this.#onEnd = onEnd;
    this.#look = look;
  }

  /** How many events nobody has taken yet. */
  get waiting(): number {
    return this.#events.length;
  }

  push(event: T): void {
    if (this.#ended) return;
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ done: false, value: event });
    else this.#events.push(event);
  }

  /** No more events; those already there are still delivered, then `error`, if any, is thrown. */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    if (error !== undefined) this.#failure = { error };
    this.#onEnd();
    for (let reader = this.#readers.shift(); reader !== undefined; reader = this.#readers.shift())
      this.#deliver(reader);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#events.length === 0 && !this.#ended) this.#look?.();
    if (this.#events.length > 0) return Promise.resolve({ done: false, value: this.#events.shift() as T });
    return new Promise((resolve, reject) => this.#deliver({ resolve, reject }));
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#events.clear();
    this.#failure = undefined;
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** To a reader for whom there is no event. */
  #deliver(reader: Reader<T>): void {
    const failure = this.#failure;
    if (!this.#ended) {
      this.#readers.push(reader);
    } else if (failure) {
      this.#failure = undefined;
      reader.reject(failure.error);
    } else {
      reader.resolve({ done: true, value: undefined });
    }
  }
}
