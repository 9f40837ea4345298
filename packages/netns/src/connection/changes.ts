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
  /** Serve those of one datagram after the other. */
  readonly #lines: Line[] = [];
  /** What is under way now: the first, and the one behind the last; nothing at the beginning and at the end. */
  #from = 0;
  #to = 0;

  /** `all` holds all messages, each at one of `starts`; `writer` takes those of one datagram after the other. */
  constructor(writer: Writer, all: Writer, starts: readonly number[], many: Many) {
    super(writer);
    this.#all = all;
    this.#starts = starts;
    this.#many = many;
  }

  advance(exchange: Exchange): boolean {
    for (;;) {
      if (this.#from === this.#to) {
        if (this.#to === this.#starts.length) return true;
        this.#fill();
        exchange.begin(this.writer, this.#lines);
      }
      if (!exchange.advance()) return false;
      for (let at = 0; at < this.#lines.length; at++) {
        const error = this.#lines[at]?.refusal;
        if (error !== undefined) this.result.push({ index: this.#from + at, error });
      }
      this.#from = this.#to;
    }
  }

  /** Takes the next ones into the datagram. */
  #fill(): void {
    const { writer } = this;
    const from = this.#from;
    const start = this.#starts[from] as number;
    const to = Math.min(from + mostLines, this.#starts.length);
    writer.truncate(0);
    writer.append(this.#all.bytes.subarray(start, this.#starts[to] ?? this.#all.length));
    this.#to = to;
    this.#lines.length = Math.min(this.#lines.length, to - from);
    for (let at = 0; at < to - from; at++) {
      this.#lines[at] ??= this.#lineAt(at);
      const line = this.#lines[at] as Line;
      line.start = (this.#starts[from + at] as number) - start;
      line.refusal = undefined;
    }
    addFlags(writer.view, this.#lines.at(-1)?.start ?? 0, NLM_F_ACK);
  }

  #lineAt(at: number): Line {
    const { declaration, verb, operation } = this.#many;
    return lineAt(0, declaration, verb, () => operation(this.#from + at));
  }
}
