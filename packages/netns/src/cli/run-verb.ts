import { helpText } from './help/help-text.ts';
import type { Io } from './io.ts';
import { parseLine } from './options.ts';
import { report } from './report.ts';
import type { Options, OptionValues, Verb } from './verb.ts';

/** Runs a verb with the words that follow it; gives the exit status. */
export async function runVerb(verb: Verb, argv: readonly string[], io: Io): Promise<number> {
  try {
    const { words, values } = parseLine(verb, argv);
    if (values.help !== undefined) {
      io.stdout.write(helpText(verb));
      return 0;
    }
    const options = values as OptionValues<Options>; // parseLine has gone by the table
    return await verb.run({ words, options, json: values.json !== undefined, io });
  } catch (error) {
    return report(io, error, verb);
  }
}
