import { addFlags, NLM_F_ACK } from '../netlink/header.ts';
import type { Writer } from '../wire/writer.ts';
import type { Conversation, Promised } from './conversation.ts';
import type { Exchange } from './exchange.ts';
import type { Line } from './line.ts';

/** So many, because the kernel's answers must fit into the socket's buffer should it refuse them all. */
const mostLines = 64;
const mostBytes = 32768;

/**
 * Changes that were asked for at once, in one datagram. The kernel acknowledges the last; of the others it speaks only when it refuses
 * one, and goes on with the next. Each has a promise of its own; the batch fails only when nobody knows what became of it.
 */
export class Batch implements Conversation {
  readonly writer: Writer;
  readonly #lines: Line[] = [];
  readonly #promised: Promised<unknown[]>[] = [];
  #begun = false;

  constructor(writer: Writer) {
    this.writer = writer;
  }

  get empty(): boolean {
    return this.#lines.length === 0;
  }

  get full(): boolean {
    return this.#lines.length >= mostLines || this.writer.length >= mostBytes;
  }

  /** Takes in a change that was written to `writer`. */
  add(line: Line): Promise<unknown[]> {
    this.#lines.push(line);
    return new Promise((resolve, reject) => void this.#promised.push({ resolve, reject }));
  }

  advance(exchange: Exchange): boolean {
    if (!this.#begun) {
      addFlags(this.writer.view, this.#lines.at(-1)?.start ?? 0, NLM_F_ACK);
      exchange.begin(this.writer, this.#lines);
    }
    this.#begun = true;
    return exchange.advance();
  }

  settle(): void {
    for (const [index, { refusal, answers }] of this.#lines.entries()) {
      if (refusal === undefined) this.#promised[index]?.resolve(answers ?? []);
      else this.#promised[index]?.reject(refusal);
    }
  }

  /** What was refused until then is certain; of the rest nobody knows. */
  fail(error: unknown): void {
    for (const [index, { refusal }] of this.#lines.entries()) this.#promised[index]?.reject(refusal ?? error);
  }
}
