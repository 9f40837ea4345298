import { addFlags, NLM_F_ACK } from '../netlink/header.ts';
import type { Writer } from '../wire/writer.ts';
import type { Conversation } from './conversation.ts';
import type { Exchange } from './exchange.ts';
import { answersTo, type Line } from './line.ts';

/** So many, because the kernel's answers must fit into the socket's buffer should it refuse them all. */
export const mostLines = 64;
const mostBytes = 32768;

/**
 * Changes that were asked for at once, in one datagram. The kernel acknowledges the last; of the others it speaks only when it refuses
 * one, and goes on with the next. Each has a promise of its own; the batch fails only when nobody knows what became of it.
 */
export class Batch implements Conversation {
  readonly writer: Writer;
  readonly #lines: Line[] = [];
  readonly #resolves: ((answers: unknown) => void)[] = [];
  readonly #rejects: ((error: unknown) => void)[] = [];
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
  add(line: Line): Promise<unknown> {
    this.#lines.push(line);
    return new Promise((resolve, reject) => {
      this.#resolves.push(resolve);
      this.#rejects.push(reject);
    });
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
    // Counted, not iterated: batches are the fast way to make thousands.
    for (let index = 0; index < this.#lines.length; index++) {
      const line = this.#lines[index] as Line;
      if (line.refusal === undefined) this.#resolves[index]?.(answersTo(line));
      else this.#rejects[index]?.(line.refusal);
    }
  }

  /** What was refused until then is certain; of the rest nobody knows. */
  fail(error: unknown): void {
    for (const [index, { refusal }] of this.#lines.entries()) this.#rejects[index]?.(refusal ?? error);
  }
}
