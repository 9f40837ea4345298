import type { Writer } from '../wire/writer.ts';
import type { Exchange } from './exchange.ts';
import { answersTo, type Line } from './line.ts';

/** What is said to the kernel and what it answers: a request, a dump, or a batch of changes. */
export interface Conversation {
  /** Holds what is said, from before its turn until its end. */
  readonly writer: Writer;
  /** Goes on as far as it can without waiting, from when its turn has come; true at the end. Throws when it fails. */
  advance(exchange: Exchange): boolean;
  /** Tells those who wait that it has come to its end. */
  settle(): void;
  /** Tells them that it failed. */
  fail(error: unknown): void;
}

export interface Promised<T> {
  resolve(result: T): void;
  reject(error: unknown): void;
}

/** A conversation with one result. Fails with NetlinkError when the kernel refuses. */
export abstract class Question<T> implements Conversation {
  readonly writer: Writer;
  abstract readonly result: T;
  #promised: Promised<T> | undefined;

  constructor(writer: Writer) {
    this.writer = writer;
  }

  abstract advance(exchange: Exchange): boolean;

  /** For one who must wait; mostly nobody has to. */
  promise(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#promised = { resolve, reject };
    });
  }

  settle(): void {
    this.#promised?.resolve(this.result);
  }

  fail(error: unknown): void {
    this.#promised?.reject(error);
  }
}

/** One message and its answers. */
export class Request extends Question<unknown> {
  readonly #line: Line;
  #begun = false;

  constructor(writer: Writer, line: Line) {
    super(writer);
    this.#line = line;
  }

  get result(): unknown {
    return answersTo(this.#line);
  }

  advance(exchange: Exchange): boolean {
    if (!this.#begun) exchange.begin(this.writer, [this.#line]);
    this.#begun = true;
    if (!exchange.advance()) return false;
    if (this.#line.refusal !== undefined) throw this.#line.refusal;
    return true;
  }
}

/** The answer to a dump. */
export interface DumpResult<T> {
  readonly messages: T[];
  /** The table kept changing through every attempt: entries may be missing or there twice. */
  readonly interrupted: boolean;
}

const dumpAttempts = 10;

/** A whole table. A dump that a change interrupted is asked for again. */
export class Dump<T> extends Question<T> {
  readonly #line: Line;
  readonly #finish: (messages: never[], interrupted: boolean) => T;
  #attempts = 0;
  #interrupted = false;

  /** `finish` makes of the answers what is wanted. */
  constructor(writer: Writer, line: Line, finish: (messages: never[], interrupted: boolean) => T) {
    super(writer);
    this.#line = line;
    this.#finish = finish;
  }

  get result(): T {
    return this.#finish((this.#line.answers ?? []) as never[], this.#interrupted);
  }

  advance(exchange: Exchange): boolean {
    if (this.#attempts === 0) this.#begin(exchange);
    while (exchange.advance()) {
      if (this.#line.refusal !== undefined) throw this.#line.refusal;
      this.#interrupted = exchange.interrupted;
      if (!this.#interrupted || this.#attempts === dumpAttempts) return true;
      this.#begin(exchange);
    }
    return false;
  }

  #begin(exchange: Exchange): void {
    this.#attempts++;
    this.#line.answers = undefined;
    this.#line.list?.clear();
    exchange.begin(this.writer, [this.#line]);
  }
}
