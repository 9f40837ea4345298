import { parseArgs } from 'node:util';
import { closest } from './closest.ts';
import { commonOptions, type Option, type Options, UsageError, type Verb } from './verb.ts';

/** A command line, read. */
export interface ParsedLine {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string | true>>;
}

/** Reads a command line by a verb's table. Throws UsageError. */
export function parseLine(verb: Verb, argv: readonly string[]): ParsedLine {
  const known: Options = { ...commonOptions, ...verb.options };
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(Object.entries(known).map(([name, option]) => [name, description(option)])),
    strict: false, // its messages name no near option, and it knows no optional values
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | true> = {};
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (verb.optionsFirst) return { words: argv.slice(token.index), values };
      words.push(token.value);
    } else if (token.kind === 'option') {
      values[token.name] = readValue(token, known);
    }
  }
  return { words, values };
}

function description(option: Option) {
  const type = option.value !== undefined && !option.valueIsOptional ? ('string' as const) : ('boolean' as const);
  return option.letter === undefined ? { type } : { type, short: option.letter };
}

function readValue(
  token: { readonly name: string; readonly rawName: string; readonly value: string | undefined },
  known: Options,
): string | true {
  const { rawName, value } = token;
  const option = Object.hasOwn(known, token.name) ? known[token.name] : undefined;
  if (option === undefined) throw new UsageError(unknownOption(rawName, known));
  if (option.value === undefined && value !== undefined) throw new UsageError(`option '${rawName}' takes no value`);
  if (option.value !== undefined && !option.valueIsOptional && value === undefined)
    throw new UsageError(`option '${rawName}' needs a value: ${rawName} ${option.value}`);
  return value ?? true;
}

function unknownOption(rawName: string, known: Options): string {
  const near = closest(rawName.replace(/^-+/, ''), Object.keys(known));
  return `unknown option '${rawName}'${near === undefined ? '' : `; did you mean '--${near}'?`}`;
}
