import type { NetlinkError } from '../errors.ts';
import { NLM_F_REQUEST, type PayloadWriter, writeMessage } from '../netlink/header.ts';
import type { Writer } from '../wire/writer.ts';
import type { Declaration } from './declaration.ts';
import type { MessageList, Parts } from './message-list.ts';

/** One message of a request, and what the kernel answers to it. */
export interface Line {
  readonly declaration: Declaration;
  readonly verb: string;
  /** What is being done, after "cannot"; a function where it is seldom asked for. */
  readonly operation: string | (() => string);
  /** Where in the request it starts. */
  start: number;
  /**
   * What ends it: an acknowledgement (the end of a dump is one), or, for a question, the one message that answers it. `done`: an
   * acknowledgement, and nobody wants answers.
   */
  readonly until: 'acknowledged' | 'answered' | 'done';
  /** What is made of each answer, if it is not kept as it is; undefined is not kept. */
  readonly read: ((message: never) => unknown) | undefined;
  /** A refusal of this one ends it all: the kernel does not look at those behind it. */
  readonly opens?: true;
  /** Numbers of the messages that are its answers, where others come as well. */
  readonly answeredBy?: readonly number[];
  /** Keeps the answers as bytes instead; then none is decoded. */
  list?: MessageList<Parts>;
  /** Decoded; the memory that they came in is used again. */
  answers: unknown[] | undefined;
  /** Why the kernel does not do it. */
  refusal: NetlinkError | undefined;
}

/** Appends a message; its sequence number comes later. Throws InvalidArgumentError, and then `writer` is as it was. */
export function writeLine(
  writer: Writer,
  declaration: Declaration,
  verb: string,
  value: unknown,
  flags: number,
  operation: Line['operation'],
  until: Line['until'],
  read?: Line['read'],
): Line {
  return lineAt(writeRequest(writer, declaration, verb, value, flags), declaration, verb, operation, until, read);
}

/** The same without a line: where it starts. */
export function writeRequest(
  writer: Writer,
  declaration: Declaration,
  verb: string,
  value: unknown,
  flags: number,
): number {
  writer.align();
  const start = writer.length;
  const header = { type: declaration.types[verb] ?? 0, flags: NLM_F_REQUEST | flags };
  try {
    writeMessage(writer, header, declaration as PayloadWriter<unknown>, value);
  } catch (error) {
    writer.discard(start);
    throw error;
  }
  return start;
}

/** The line of a message that is written already. */
export function lineAt(
  start: number,
  declaration: Declaration,
  verb: string,
  operation: Line['operation'],
  until: Line['until'] = 'done',
  read: Line['read'] = undefined,
): Line {
  return { declaration, verb, operation, start, until, read, answers: undefined, refusal: undefined };
}

/** What the kernel answered; undefined when nobody wants to know. */
export function answersTo({ until, answers }: Line): unknown[] | undefined {
  return until === 'done' ? undefined : (answers ?? []);
}
