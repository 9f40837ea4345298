import { addFlags, NLM_F_ACK } from '../netlink/header.ts';
import type { Writer } from '../wire/writer.ts';
import { mostLines } from './batch.ts';
import { Question } from './conversation.ts';
import type { Exchange } from './exchange.ts';
import { type Line, lineAt } from './line.ts';

/** A change that the kernel refused: which of them, and why. */
export interface Refusal {
  readonly index: number;
  readonly error: Error;
}

/** What many changes have in common. */
export type Many = Pick<Line, 'declaration' | 'verb'> & {
  /** What the one with this number does, after "cannot". */
  readonly operation: (index: number) => string;
};

/**
 * Many changes that are one conversation with one result: what was refused. As in a {@link Batch} the kernel acknowledges the last of each
 * datagram, but no promise is made for each, which would cost as much as writing it.
 */
export class Changes extends Question<readonly Refusal[]> {
  readonly result: Refusal[] = [];
  readonly #all: Writer;
  readonly #starts: readonly number[];
  readonly #many: Many;
  /** What is under way now. */
  #lines: Line[] = [];
  /** How many have been sent. */
  #sent = 0;

  /** `all` holds all messages, each at one of `starts`; `writer` takes those of one datagram after the other. */
  constructor(writer: Writer, all: Writer, starts: readonly number[], many: Many) {
    super(writer);
    this.#all = all;
    this.#starts = starts;
    this.#many = many;
  }

  advance(exchange: Exchange): boolean {
    for (;;) {
      if (this.#lines.length === 0) {
        if (this.#sent === this.#starts.length) return true;
        this.#fill();
        exchange.begin(this.writer, this.#lines);
      }
      if (!exchange.advance()) return false;
      const first = this.#sent - this.#lines.length;
      for (let at = 0; at < this.#lines.length; at++) {
        const error = this.#lines[at]?.refusal;
        if (error !== undefined) this.result.push({ index: first + at, error });
      }
      this.#lines = [];
    }
  }

  /** Takes the next ones into the datagram. */
  #fill(): void {
    const { writer } = this;
    const from = this.#starts[this.#sent] as number;
    const end = Math.min(this.#sent + mostLines, this.#starts.length);
    const to = this.#starts[end] ?? this.#all.length;
    writer.truncate(0);
    writer.append(this.#all.bytes.subarray(from, to));
    const { declaration, verb, operation } = this.#many;
    for (let index = this.#sent; index < end; index++)
      this.#lines.push(lineAt((this.#starts[index] as number) - from, declaration, verb, () => operation(index)));
    addFlags(writer.view, this.#lines.at(-1)?.start ?? 0, NLM_F_ACK);
    this.#sent = end;
  }
}
