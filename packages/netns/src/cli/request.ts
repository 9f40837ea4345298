import { areIpWords } from './ip-objects.ts';

/** The verbs, by name. */
export const verbNames = [
  'add',
  'attach',
  'del',
  'ls',
  'why',
  'leaks',
  'listen',
  'capture',
  'peer',
  'graph',
  'snapshot',
  'diff',
  'watch',
  'show',
  'export',
  'apply',
  'set',
  'ids',
  'identify',
  'pids',
  'stats',
  'sysctl',
  'firewall',
  'shape',
  'conntrack',
  'sockets',
  'exec',
  'run',
  'monitor',
  'doctor',
  'completion',
  'version',
  'help',
] as const;

/** Programs of util-linux: by their own name, or as the first word. */
export const utilLinuxNames = ['unshare', 'nsenter', 'lsns'] as const;

export type VerbName = (typeof verbNames)[number];
export type UtilLinuxName = (typeof utilLinuxNames)[number];

const asOptions: Readonly<Record<string, VerbName>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-V': 'version',
};

/** As with `ip`, this may stand in front of what it is for. */
const inFront = ['--json', '-j'];

/** What a command line asks for, and the words that are left for it; `unknown` leaves the one that nobody knows. */
export interface Request {
  readonly of: VerbName | UtilLinuxName | 'ip' | 'tc' | 'unknown';
  /** What it is called by: `ip` behaves by its name. */
  readonly name: string;
  readonly words: readonly string[];
  /** Words of `ip` without `ip` in front of them. */
  readonly bare?: true;
}

/** Reads the words behind the name that the command was called by. */
export function requestOf(argv: readonly string[], name: string): Request {
  if (name.startsWith('ip')) return { of: 'ip', name, words: argv }; // called as `ip`, `ipnetns`, …
  const own = utilLinuxNames.find((each) => each === name);
  if (own !== undefined) return { of: own, name, words: argv };
  if (name === 'tc') return { of: 'tc', name, words: argv };
  const [first = 'help', ...words] = argv;
  if (first === 'ip') return { of: 'ip', name: 'ip', words };
  if (first === 'tc') return { of: 'tc', name: 'tc', words };
  const isVerb = (word: string | undefined) => verbNames.some((each) => each === word);
  if (areIpWords(argv, isVerb)) return { of: 'ip', name: 'ip', words: argv, bare: true };
  if (inFront.includes(first) && isVerb(words[0])) return requestOf([words[0] ?? '', first, ...words.slice(1)], name);
  const word = Object.hasOwn(asOptions, first) ? asOptions[first] : first;
  const of = [...verbNames, ...utilLinuxNames].find((each) => each === word);
  return of === undefined ? { of: 'unknown', name, words: [first] } : { of, name, words };
}

/** The name that the front of the command was called by, without directories. */
export function calledAs(env: { readonly NETNS_ARGV0?: string | undefined }): string {
  const path = env.NETNS_ARGV0 ?? 'netns';
  return path.slice(path.lastIndexOf('/') + 1);
}
