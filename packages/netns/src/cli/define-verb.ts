import type { Io } from './io.ts';
import { runVerb } from './run-verb.ts';
import type { Options, Verb } from './verb.ts';

/** A verb that can be run: what a file of `verbs/` exports, and the only thing that the dispatcher knows of it. */
export interface DefinedVerb<O extends Options = Options> extends Verb<O> {
  /** Runs it with the words that follow it; gives the exit status. */
  main(argv: readonly string[], io: Io): Promise<number>;
}

/** Makes a verb of its table; keeps the option names and kinds in the type. */
export function defineVerb<const O extends Options>(table: Verb<O>): DefinedVerb<O> {
  return { ...table, main: (argv, io) => runVerb(table, argv, io) };
}
