import { misuse } from '../ip/exit.ts';

/** What stands in front of the object. */
export interface TcOptions {
  statistics: boolean;
  details: boolean;
  json: boolean;
  pretty: boolean;
  iec: boolean;
  force: boolean;
  batch?: string;
  netns?: string;
  timestamp: boolean;
  timestampShort: boolean;
}

interface Row {
  readonly word: string;
  apply?(options: TcOptions, take: () => string): void;
}

const rows: readonly Row[] = [
  { word: 'statistics', apply: (options) => void Object.assign(options, { statistics: true }) },
  { word: 'stats', apply: (options) => void Object.assign(options, { statistics: true }) },
  { word: 'details', apply: (options) => void Object.assign(options, { details: true }) },
  { word: 'raw' },
  { word: 'pretty', apply: (options) => void Object.assign(options, { pretty: true }) },
  { word: 'graph' },
  { word: 'Version' },
  { word: 'iec', apply: (options) => void Object.assign(options, { iec: true }) },
  { word: 'help' },
  { word: 'force', apply: (options) => void Object.assign(options, { force: true }) },
  { word: 'batch', apply: (options, take) => void Object.assign(options, { batch: take() }) },
  { word: 'netns', apply: (options, take) => void Object.assign(options, { netns: take() }) },
  { word: 'Numeric' },
  { word: 'names' },
  { word: 'nm' },
  { word: 'color' },
  { word: 'timestamp', apply: (options) => void Object.assign(options, { timestamp: true }) },
  { word: 'tshort', apply: (options) => void Object.assign(options, { timestamp: true, timestampShort: true }) },
  { word: 'json', apply: (options) => void Object.assign(options, { json: true }) },
  { word: 'oneline' },
];

/** Options that change nothing of what is shown here. */
const harmless: readonly string[] = ['color', 'Numeric'];

/** Reads the options in front of the object. Throws Exit. */
export function readTcOptions(argv: readonly string[]): {
  options: TcOptions;
  rest: readonly string[];
  asked: 'Version' | 'help' | undefined;
} {
  const options: TcOptions = {
    statistics: false,
    details: false,
    json: false,
    pretty: false,
    iec: false,
    force: false,
    timestamp: false,
    timestampShort: false,
  };
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-') || word === '-') break;
    const name = word.replace(/^--?/, '').replace(/=.*/, '');
    const row = rows.find((each) => each.word.startsWith(name) && name !== '');
    if (row === undefined) throw misuse(`Option "${word}" is unknown, try "tc -help".\n`);
    if (row.word === 'Version' || row.word === 'help') return { options, rest: [], asked: row.word };
    if (row.apply === undefined) {
      if (harmless.includes(row.word)) continue;
      throw misuse(`The option "-${row.word}" is not implemented by netns yet\n`);
    }
    row.apply(options, () => {
      at += 1;
      const value = argv[at];
      if (value === undefined) throw misuse('Command line is not complete. Try option "help"\n');
      return value;
    });
  }
  return { options, rest: argv.slice(at), asked: undefined };
}
