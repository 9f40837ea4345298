import { type NamespaceType, namespaceFlags } from '../../../namespaces/type.ts';
import { MS_PRIVATE, MS_REC, MS_SHARED, MS_SLAVE } from '../../../native/constants.ts';
import type { SplitRange } from '../../../process/plan/id-map.ts';
import { failure } from '../util-linux/failure.ts';
import { type GetoptMatch, getopt } from '../util-linux/getopt.ts';
import { helpOf, versionOf } from '../util-linux/help.ts';
import { leastSigned, mostSigned, parseWhole, rangeError } from '../util-linux/numbers.ts';
import { signalArgument } from '../util-linux/signal-argument.ts';
import { mappedId, ownerArgument, plainId, rangesArgument, subidRange } from './id-arguments.ts';
import { unshareOptions, unshareSentence } from './options.ts';

const program = 'unshare';

/** What a command line asks for. */
export interface Request {
  flags: number;
  persist: { type: NamespaceType; file: string }[];
  fork: boolean;
  forwardSignals: boolean;
  killSignal: number | undefined;
  proc: string | undefined;
  binfmt: string | undefined;
  interpreter: string | undefined;
  mapUser: number | 'current' | undefined;
  mapGroup: number | 'current' | undefined;
  userRanges: SplitRange[];
  groupRanges: SplitRange[];
  owner: { readonly uid: number; readonly gid: number } | undefined;
  /** Undefined: unchanged. */
  propagation: number | undefined;
  setgroups: 'allow' | 'deny' | undefined;
  keepCaps: boolean;
  uid: number | undefined;
  gid: number | undefined;
  root: string | undefined;
  wd: string | undefined;
  monotonic: string | undefined;
  boottime: string | undefined;
  clearEnv: boolean;
  keepEnv: string[];
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

const propagations: Readonly<Record<string, number | undefined>> = {
  private: MS_REC | MS_PRIVATE,
  slave: MS_REC | MS_SLAVE,
  shared: MS_REC | MS_SHARED,
  unchanged: undefined,
};

function nothing(): Request {
  return {
    flags: 0,
    persist: [],
    fork: false,
    forwardSignals: false,
    killSignal: undefined,
    proc: undefined,
    binfmt: undefined,
    interpreter: undefined,
    mapUser: undefined,
    mapGroup: undefined,
    userRanges: [],
    groupRanges: [],
    owner: undefined,
    propagation: propagations.private,
    setgroups: undefined,
    keepCaps: false,
    uid: undefined,
    gid: undefined,
    root: undefined,
    wd: undefined,
    monotonic: undefined,
    boottime: undefined,
    clearEnv: false,
    keepEnv: [],
    command: [],
  };
}

/** Reads a command line from left to right, as unshare(1) does: the first thing that is wrong is what is said. Throws Failure. */
export function readRequest(argv: readonly string[]): Request {
  const request = nothing();
  const options = getopt(unshareOptions, argv, program);
  for (;;) {
    const next = options.next();
    if (next.done) {
      request.command = next.value;
      break;
    }
    readNamespaces(request, next.value);
    readMaps(request, next.value);
    readOther(request, next.value);
  }
  if ((request.monotonic ?? request.boottime) !== undefined && (request.flags & namespaceFlags.time) === 0)
    throw failure(program, 'options --monotonic and --boottime require unsharing of a time namespace (-T)');
  if (request.setgroups === 'allow' && request.mapGroup !== undefined && request.groupRanges.length === 0)
    throw failure(program, 'options --setgroups=allow and --map-group are mutually exclusive');
  return request;
}

type Match = GetoptMatch<typeof unshareOptions>;

function readNamespaces(request: Request, { name, value }: Match): void {
  const type = typeOfOption[name];
  if (type !== undefined) {
    request.flags |= namespaceFlags[type];
    if (value !== undefined)
      request.persist = [...request.persist.filter((each) => each.type !== type), { type, file: value }];
  }
  switch (name) {
    case 'fork':
      request.fork = true;
      break;
    case 'forward-signals':
      request.fork = request.forwardSignals = true;
      break;
    case 'kill-child':
      request.fork = true;
      request.killSignal = signalOf(value ?? 'KILL');
      break;
    case 'mount-proc':
      request.flags |= namespaceFlags.mnt;
      request.proc = value ?? '/proc';
      break;
    case 'mount-binfmt':
      useBinfmt(request, value);
      break;
    case 'load-interp':
      useBinfmt(request, request.binfmt);
      request.interpreter = value;
      break;
    case 'propagation':
      if (!Object.hasOwn(propagations, value ?? '')) throw failure(program, `unsupported propagation mode: ${value}`);
      request.propagation = propagations[value ?? ''];
      break;
  }
}

function useBinfmt(request: Request, directory: string | undefined): void {
  request.flags |= namespaceFlags.mnt | namespaceFlags.user;
  request.binfmt = directory ?? '/proc/sys/fs/binfmt_misc';
  if (directory === undefined) request.proc ??= '/proc';
}

function signalOf(word: string): number {
  const number = signalArgument(word);
  if (number === undefined) throw failure(program, `unknown signal: ${word}`);
  return number;
}

function readMaps(request: Request, { name, value = '' }: Match): void {
  switch (name) {
    case 'map-user':
      request.mapUser = mappedId('uid', value);
      break;
    case 'map-group':
      request.mapGroup = mappedId('gid', value);
      break;
    case 'map-root-user':
      request.mapUser = request.mapGroup = 0;
      break;
    case 'map-current-user':
      request.mapUser = request.mapGroup = 'current';
      break;
    case 'map-users':
      request.userRanges.push(...rangesArgument('uid', value));
      break;
    case 'map-groups':
      request.groupRanges.push(...rangesArgument('gid', value));
      break;
    case 'map-auto':
    case 'map-subids':
      request.userRanges.push(subidRange('uid', name === 'map-subids'));
      request.groupRanges.push(subidRange('gid', name === 'map-subids'));
      break;
    case 'owner':
      request.owner = ownerArgument(value);
      break;
    default:
      return;
  }
  request.flags |= namespaceFlags.user;
}

function readOther(request: Request, { name, value = '' }: Match): void {
  switch (name) {
    case 'help':
      throw helpOf(program, unshareSentence, unshareOptions);
    case 'version':
      throw versionOf(program);
    case 'setgroups':
      if (value !== 'allow' && value !== 'deny') throw failure(program, `unsupported --setgroups argument '${value}'`);
      request.setgroups = value;
      break;
    case 'keep-caps':
      request.keepCaps = true;
      break;
    case 'setuid':
      request.uid = plainId('uid', value);
      break;
    case 'setgid':
      request.gid = plainId('gid', value);
      break;
    case 'root':
      request.root = value;
      break;
    case 'wd':
      request.wd = value;
      break;
    case 'monotonic':
    case 'boottime': {
      const parsed = parseWhole(value, leastSigned, mostSigned);
      if ('errno' in parsed) throw failure(program, `failed to parse ${name} offset: '${value}'`, rangeError(parsed));
      request[name] = String(parsed.value);
      break;
    }
    case 'clear-env':
      request.clearEnv = true;
      break;
    case 'whitelist-env':
      request.clearEnv = true;
      request.keepEnv.push(...value.split(',').filter((each) => each !== ''));
      break;
  }
}
