import { invalidArgument, missingArgument, misuse } from './exit.ts';
import { leadingInteger, parseUnsigned } from './numbers.ts';
import { usage } from './usage.ts';
import { isPrefix } from './words.ts';

/** What `-family` chooses; `link` means devices only, without addresses. */
export type Family = (typeof families)[number];
const families = ['inet', 'inet6', 'link', 'mpls', 'bridge'] as const;

export type ColorChoice = (typeof colorChoices)[number];
const colorChoices = ['always', 'auto', 'never'] as const;

/** The global options of `ip`. Counted ones say more the more often they are given. */
export interface Options {
  family: Family | undefined;
  loops: number;
  humanReadable: boolean;
  iec: boolean;
  statistics: number;
  details: number;
  resolve: boolean;
  oneline: boolean;
  timestamp: boolean;
  timestampShort: boolean;
  force: boolean;
  batch: string | undefined;
  brief: boolean;
  json: boolean;
  pretty: boolean;
  receiveBuffer: number | undefined;
  color: ColorChoice;
  numeric: boolean;
  all: boolean;
  echo: boolean;
}

export function defaultOptions(): Options {
  return {
    family: undefined,
    loops: 10,
    humanReadable: false,
    iec: false,
    statistics: 0,
    details: 0,
    resolve: false,
    oneline: false,
    timestamp: false,
    timestampShort: false,
    force: false,
    batch: undefined,
    brief: false,
    json: false,
    pretty: false,
    receiveBuffer: undefined,
    color: 'never',
    numeric: false,
    all: false,
    echo: false,
  };
}

/** What some options do at once, at their place in the command line. */
export interface OptionEffects {
  /** `-netns NAME`; the word is missing when NAME is. */
  enterNamespace(name: string | undefined): Promise<void>;
  /** `-Version` ends the command. */
  printVersion(): never;
}

interface Row {
  readonly words: readonly string[];
  /** Only the whole word counts. */
  readonly exact?: true;
  /** The option takes the next word; a message calls it by this name when it is missing. */
  readonly value?: string;
  /** The option takes the next word, and says itself what it thinks of a missing one. */
  readonly takes?: (value: string | undefined, effects: OptionEffects) => Promise<void>;
  apply?(options: Options, value: string, effects: OptionEffects): void;
}

/** In the order in which `ip` compares them: the first one that begins with the given word wins. */
const rows: readonly Row[] = [
  { words: ['-loops'], value: 'loop count', apply: (o, value) => set(o, 'loops', leadingInteger(value)) },
  { words: ['-family'], value: 'family type', apply: (o, value) => set(o, 'family', parseFamily(value)) },
  { words: ['-4'], exact: true, apply: (o) => set(o, 'family', 'inet') },
  { words: ['-6'], exact: true, apply: (o) => set(o, 'family', 'inet6') },
  { words: ['-0'], exact: true, apply: (o) => set(o, 'family', 'link') },
  { words: ['-M'], exact: true, apply: (o) => set(o, 'family', 'mpls') },
  { words: ['-B'], exact: true, apply: (o) => set(o, 'family', 'bridge') },
  { words: ['-human', '-human-readable'], apply: (o) => set(o, 'humanReadable', true) },
  { words: ['-iec'], apply: (o) => set(o, 'iec', true) },
  { words: ['-stats', '-statistics'], apply: (o) => set(o, 'statistics', o.statistics + 1) },
  { words: ['-details'], apply: (o) => set(o, 'details', o.details + 1) },
  { words: ['-resolve'], apply: (o) => set(o, 'resolve', true) },
  { words: ['-oneline'], apply: (o) => set(o, 'oneline', true) },
  { words: ['-timestamp'], apply: (o) => set(o, 'timestamp', true) },
  {
    words: ['-tshort'],
    apply: (o) => {
      o.timestamp = true;
      o.timestampShort = true;
    },
  },
  { words: ['-Version'], apply: (_o, _value, effects) => effects.printVersion() },
  { words: ['-force'], apply: (o) => set(o, 'force', true) },
  { words: ['-batch'], value: 'batch file', apply: (o, value) => set(o, 'batch', value) },
  { words: ['-brief'], apply: (o) => set(o, 'brief', true) },
  { words: ['-json'], apply: (o) => set(o, 'json', true) },
  { words: ['-pretty'], apply: (o) => set(o, 'pretty', true) },
  { words: ['-rcvbuf'], value: 'rcvbuf size', apply: (o, value) => set(o, 'receiveBuffer', parseBufferSize(value)) },
  { words: ['-color'], apply: (o, value) => set(o, 'color', value === '' ? 'always' : (value as ColorChoice)) },
  {
    words: ['-help'],
    apply: () => {
      throw misuse(usage);
    },
  },
  { words: ['-netns'], takes: (value, effects) => effects.enterNamespace(value) },
  { words: ['-Numeric'], apply: (o) => set(o, 'numeric', true) },
  { words: ['-all'], apply: (o) => set(o, 'all', true) },
  { words: ['-echo'], exact: true, apply: (o) => set(o, 'echo', true) },
];

/**
 * Reads the options in front of the object (`link`, `netns`, …) and gives the words from the object on.
 * Throws Exit (255) for an option that is unknown or lacks its value.
 */
export async function parseOptions(
  argv: readonly string[],
  effects: OptionEffects,
): Promise<{ options: Options; rest: readonly string[] }> {
  const options = defaultOptions();
  let next = 0;
  while (next < argv.length) {
    const word = argv[next] ?? '';
    if (word === '--') {
      next += 1;
      break;
    }
    if (!word.startsWith('-')) break;
    next += 1;
    const option = word.startsWith('--') ? word.slice(1) : word;
    const row = rows.find((candidate) => matches(candidate, option));
    if (row === undefined) throw misuse(`Option "${option}" is unknown, try "ip -help".\n`);
    if (row.takes !== undefined) {
      await row.takes(argv[next], effects);
      next += 1;
      continue;
    }
    let value = colorValue(option);
    if (row.value !== undefined) {
      const given = argv[next];
      if (given === undefined) throw missingArgument(row.value);
      value = given;
      next += 1;
    }
    row.apply?.(options, value, effects);
  }
  return { options, rest: argv.slice(next) };
}

function matches(row: Row, option: string): boolean {
  if (row.words[0] !== '-color') {
    return row.words.some((word) => (row.exact === true ? word === option : isPrefix(option, word)));
  }
  const choice = colorValue(option);
  const known = choice === '' || (colorChoices as readonly string[]).includes(choice);
  return known && isPrefix(option.split('=', 1)[0] ?? '', '-color');
}

/** What stands after the `=` of `-color=always`; empty without one. */
function colorValue(option: string): string {
  const equals = option.indexOf('=');
  return equals < 0 ? '' : option.slice(equals + 1);
}

function parseFamily(word: string): Family {
  if (word === 'help') throw misuse(usage);
  const family = families.find((name) => name === word);
  if (family === undefined) throw invalidArgument(word, 'invalid protocol family');
  return family;
}

function parseBufferSize(word: string): number {
  const size = parseUnsigned(word, 32);
  if (size === undefined) throw misuse(`Invalid rcvbuf size '${word}'\n`);
  return size;
}

function set<K extends keyof Options>(options: Options, key: K, value: Options[K]): void {
  options[key] = value;
}
