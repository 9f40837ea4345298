import { TransactionError } from '../errors.ts';
import { addFlags, NLM_F_ACK, NLM_F_ECHO } from '../netlink/header.ts';
import type { Writer } from '../wire/writer.ts';
import { Question } from './conversation.ts';
import type { Declaration } from './declaration.ts';
import type { Exchange } from './exchange.ts';
import { type Line, writeLine } from './line.ts';

/** One message of a transaction. */
export interface Statement {
  readonly declaration: Declaration;
  readonly verb: string;
  readonly value: unknown;
  readonly flags: number;
  /** What is being done, after "cannot". */
  readonly operation: Line['operation'];
  /** Which of the changes that were asked for this is, or is a part of. */
  readonly change: number;
}

/** What stands around the messages: the first says `begin`, the last `end`. */
export interface Frame {
  readonly declaration: Declaration;
  readonly value: unknown;
  readonly operation: string;
}

/**
 * Changes that the kernel makes all or not at all, in one datagram (`linux/netfilter/nfnetlink.h`). It looks at all of them, and tells of each
 * that it refuses; of the last it also tells that it is well. Fails with TransactionError, or, when it is refused as a whole, NetlinkError.
 */
export class Transaction extends Question<unknown[][]> {
  readonly #opening: Line;
  readonly #lines: Line[];
  readonly #changes: number[];
  #begun = false;

  /** Throws InvalidArgumentError. */
  constructor(writer: Writer, frame: Frame, statements: Iterable<Statement>) {
    const write = (verb: string) => writeLine(writer, frame.declaration, verb, frame.value, 0, frame.operation, 'done');
    const opening: Line = { ...write('begin'), opens: true };
    super(writer);
    this.#opening = opening;
    this.#lines = [opening];
    this.#changes = [-1];
    for (const { declaration, verb, value, flags, operation, change } of statements) {
      const line = writeLine(writer, declaration, verb, value, flags, operation, 'acknowledged');
      // Who asks for an echo also hears that there is a new generation.
      const echoed = (flags & NLM_F_ECHO) !== 0;
      this.#lines.push(echoed ? { ...line, answeredBy: Object.values(declaration.types) } : line);
      this.#changes.push(change);
    }
    addFlags(writer.view, this.#lines.at(-1)?.start ?? 0, NLM_F_ACK);
    write('end');
  }

  /** How many messages there are between the first and the last. */
  get size(): number {
    return this.#lines.length - 1;
  }

  /** What came back for each message, if something was asked for. */
  get result(): unknown[][] {
    return this.#lines.slice(1).map(({ answers }) => answers ?? []);
  }

  advance(exchange: Exchange): boolean {
    if (!this.#begun) exchange.begin(this.writer, this.#lines);
    this.#begun = true;
    if (!exchange.advance()) return false;
    if (this.#opening.refusal !== undefined) throw this.#opening.refusal;
    const refusals = this.#lines.flatMap(({ refusal }, index) =>
      refusal === undefined ? [] : [{ change: this.#changes[index] as number, error: refusal }],
    );
    if (refusals.length > 0) throw new TransactionError(refusals);
    return true;
  }
}
