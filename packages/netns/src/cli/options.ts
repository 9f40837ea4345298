import { closest } from '../closest.ts';
import { commonOptions, type Option, type Options, UsageError, type Verb } from './verb.ts';

/** A command line, read. */
export interface ParsedLine {
  readonly words: readonly string[];
  readonly values: Readonly<Record<string, string | true | readonly string[]>>;
}

/**
 * Reads a command line by a verb's table, as `util.parseArgs` of Node would; that names no near option, knows no optional values, and
 * takes longer to load than most verbs to run. Throws UsageError.
 */
export function parseLine(verb: Verb, argv: readonly string[]): ParsedLine {
  const known: Options = { ...commonOptions, ...verb.options };
  const values: Record<string, string | true | readonly string[]> = {};
  const words: string[] = [];
  let next = 0;
  const read = (name: string, rawName: string, attached: string | undefined) => {
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (option === undefined) throw new UsageError(unknownOption(rawName, known));
    if (option.value === undefined && attached !== undefined)
      throw new UsageError(`option '${rawName}' takes no value`);
    const value = attached ?? (needsValue(option) ? argv[next++] : true);
    if (value === undefined) throw new UsageError(`option '${rawName}' needs a value: ${rawName} ${option.value}`);
    const before = values[name];
    values[name] = option.many ? [...(Array.isArray(before) ? before : []), String(value)] : value;
  };
  const readLetters = (letters: string) => {
    for (let index = 0; index < letters.length; index++) {
      const letter = letters[index] ?? '';
      const [name, option] = Object.entries(known).find(([, each]) => each.letter === letter) ?? [letter];
      const rest = letters.slice(index + 1);
      if (option === undefined || !needsValue(option) || rest === '') {
        read(name, `-${letter}`, undefined);
        continue;
      }
      read(name, `-${letter}`, rest);
      return;
    }
  };
  while (next < argv.length) {
    const word = argv[next++] ?? '';
    if (word === '--') return { words: [...words, ...argv.slice(next)], values };
    if (word.startsWith('--')) {
      const equals = word.indexOf('=', 3);
      const rawName = equals < 0 ? word : word.slice(0, equals);
      read(rawName.slice(2), rawName, equals < 0 ? undefined : word.slice(equals + 1));
    } else if (word.length > 1 && word.startsWith('-')) {
      readLetters(word.slice(1));
    } else if (verb.optionsFirst) {
      return { words: argv.slice(next - 1), values };
    } else {
      words.push(word);
    }
  }
  return { words, values };
}

function needsValue(option: Option): boolean {
  return option.value !== undefined && !option.valueIsOptional;
}

function unknownOption(rawName: string, known: Options): string {
  const near = closest(rawName.replace(/^-+/, ''), Object.keys(known));
  return `unknown option '${rawName}'${near === undefined ? '' : `; did you mean '--${near}'?`}`;
}
