import type { NamespaceType } from '../../../namespaces/type.ts';
import { failure } from '../util-linux/failure.ts';
import { type GetoptMatch, getopt } from '../util-linux/getopt.ts';
import { helpOf, versionOf } from '../util-linux/help.ts';
import { mostUnsigned, parseUnsigned, parseWhole, rangeError } from '../util-linux/numbers.ts';
import { closeFile, openFile, openNamespaceArgument } from './open.ts';
import { nsenterOptions, nsenterSentence } from './options.ts';

const program = 'nsenter';

/** What a command line asks for; what it names by a path is open already. */
export interface Request {
  target: { readonly pid: number; readonly inode: bigint | undefined } | undefined;
  all: boolean;
  /** For each type that is to be entered, its file, or undefined for that of the target. */
  namespaces: Map<NamespaceType, number | undefined>;
  netSocket: number | undefined;
  userParent: boolean;
  uid: number | 'follow' | undefined;
  gid: number | 'follow' | undefined;
  root: number | 'target' | undefined;
  wd: number | 'target' | undefined;
  /** Alone, `-W` says nothing but that it is not `-w`. */
  wdns: { readonly directory: string | undefined } | undefined;
  env: boolean;
  fork: boolean;
  joinCgroup: boolean;
  preserveCredentials: boolean;
  keepCaps: boolean;
  followContext: boolean;
  command: readonly string[];
}

const typeOfOption: Readonly<Record<string, NamespaceType>> = {
  mount: 'mnt',
  uts: 'uts',
  ipc: 'ipc',
  net: 'net',
  pid: 'pid',
  user: 'user',
  cgroup: 'cgroup',
  time: 'time',
};

function nothing(): Request {
  return {
    target: undefined,
    all: false,
    namespaces: new Map(),
    netSocket: undefined,
    userParent: false,
    uid: undefined,
    gid: undefined,
    root: undefined,
    wd: undefined,
    wdns: undefined,
    env: false,
    fork: true,
    joinCgroup: false,
    preserveCredentials: false,
    keepCaps: false,
    followContext: false,
    command: [],
  };
}

/** Reads a command line from left to right, and opens what it names: the first thing that is wrong is what is said. */
export function readRequest(argv: readonly string[]): Request {
  const request = nothing();
  const options = getopt(nsenterOptions, argv, program);
  for (;;) {
    const next = options.next();
    if (next.done) {
      request.command = next.value;
      break;
    }
    readTarget(request, next.value);
    readPlaces(request, next.value);
    readCredentials(request, next.value);
  }
  return request;
}

type Match = GetoptMatch<typeof nsenterOptions>;

/** `-n=/path`: the letter's value may have an equals sign in front. */
function withoutEquals(value: string): string {
  return value.startsWith('=') ? value.slice(1) : value;
}

function readTarget(request: Request, { name, value }: Match): void {
  const type = typeOfOption[name];
  if (type !== undefined) {
    const file = value === undefined ? undefined : openNamespaceArgument(withoutEquals(value), type);
    if (file !== undefined) closeFile(request.namespaces.get(type));
    if (file !== undefined || !request.namespaces.has(type)) request.namespaces.set(type, file);
  }
  switch (name) {
    case 'target':
      if (request.target !== undefined) throw failure(program, 'option --target may be given only once');
      request.target = targetOf(value ?? '');
      break;
    case 'all':
      request.all = true;
      break;
    case 'net-socket': {
      const parsed = parseUnsigned(value ?? '', 0, 0x7fff_ffff);
      if ('errno' in parsed) throw failure(program, `failed to parse file descriptor: '${value}'`, rangeError(parsed));
      request.netSocket = parsed.value;
      break;
    }
    case 'user-parent':
      request.userParent = true;
      break;
    case 'join-cgroup':
      request.joinCgroup = true;
      break;
    case 'env':
      request.env = true;
      break;
    case 'no-fork':
      request.fork = false;
      break;
  }
}

function targetOf(word: string): NonNullable<Request['target']> {
  const [pid = '', ...more] = word.split(':');
  const parsed = parseUnsigned(pid, 1, 0x7fff_ffff);
  if ('errno' in parsed) throw failure(program, `failed to parse PID argument '${pid}'`, parsed.errno);
  if (more.length === 0) return { pid: parsed.value, inode: undefined };
  const inode = parseWhole(more.join(':'), 0n, mostUnsigned);
  if ('errno' in inode) throw failure(program, `failed to parse inode argument '${more.join(':')}'`, inode.errno);
  return { pid: parsed.value, inode: inode.value };
}

function readPlaces(request: Request, { name, value }: Match): void {
  switch (name) {
    case 'help':
      throw helpOf(program, nsenterSentence, nsenterOptions);
    case 'version':
      throw versionOf(program);
    case 'root':
      request.root = placeOf(request.root, value);
      break;
    case 'wd':
      request.wd = placeOf(request.wd, value === undefined ? undefined : withoutEquals(value));
      break;
    case 'wdns':
      request.wdns = { directory: value === undefined ? undefined : withoutEquals(value) };
      break;
  }
  if (request.wd !== undefined && request.wdns !== undefined)
    throw failure(program, `options --${name === 'wd' ? 'wdns and --wd' : 'wd and --wdns'} cannot be combined`);
}

/** The last one counts. */
function placeOf(before: number | 'target' | undefined, path: string | undefined): number | 'target' {
  const opened = path === undefined ? 'target' : openFile(path);
  if (typeof before === 'number') closeFile(before);
  return opened;
}

function readCredentials(request: Request, { name, value = '' }: Match): void {
  switch (name) {
    case 'setuid':
      request.uid = idOf('uid', value);
      break;
    case 'setgid':
      request.gid = idOf('gid', value);
      break;
    case 'preserve-credentials':
      request.preserveCredentials = true;
      break;
    case 'keep-caps':
      request.keepCaps = true;
      break;
    case 'follow-context':
      request.followContext = true;
      break;
  }
}

function idOf(kind: 'uid' | 'gid', word: string): number | 'follow' {
  if (word === 'follow') return 'follow';
  const parsed = parseUnsigned(word);
  if ('errno' in parsed) throw failure(program, `failed to parse ${kind}: '${word}'`, rangeError(parsed));
  return parsed.value;
}
