import { ChildProcess } from 'node:child_process';
import { release } from 'node:os';
import { EINVAL, ENOSYS } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { AF_UNIX, AT_FDCWD, F_DUPFD_CLOEXEC, F_SETFD, O_CLOEXEC, O_RDWR } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { makeBlocking } from '../native/inherit.ts';
import { processEnds } from '../native/process-ends.ts';
import { type Spawned, spawnProgram } from '../native/spawn.ts';
import { check, type SyscallStep, syscall } from '../native/syscall.ts';
import { signalName } from './plan/signals.ts';

/** What Node's ChildProcess does with the native object behind it. */
interface ProcessHandle {
  spawn(...given: readonly unknown[]): number;
  kill(signal: number): number;
  ref(): void;
  unref(): void;
  hasRef(): boolean;
  onexit(exitCode: number, signal: string): void;
  pid?: number;
}

interface HandleOptions {
  readonly stdio: readonly HandleStream[];
  readonly envPairs?: readonly string[];
}

/** Node's own account of one entry of `stdio`. */
interface HandleStream {
  readonly type: 'pipe' | 'overlapped' | 'ignore' | 'inherit' | 'fd' | 'wrap';
  readonly fd?: number;
  readonly handle?: { readonly fd?: number; open?(fd: number): unknown };
}

export interface NativeStart {
  /** What is tried one after the other, and how the program is called. */
  readonly paths: readonly string[];
  readonly argv: readonly string[];
  /** As `environmentBlock` has it; undefined: that of this process, to which nothing can be added. */
  readonly environment: string | undefined;
  readonly stdio: unknown;
  readonly cwd: string | undefined;
  readonly detached: boolean;
  /** Descriptors of ours that follow those of `stdio` in the child. */
  readonly descriptors: readonly number[];
  /** What the child does last before it becomes the program. */
  readonly steps: readonly SyscallStep[];
}

const WNOHANG = 1;

const [kernel = 0, patchLevel = 0] = release().split('.').map(Number);

/** Whether this Node and this kernel allow `startNatively`; where not, `child_process.spawn` does the same more slowly. */
export function nativeStartWorks(): boolean {
  if (kernel < 5 || (kernel === 5 && patchLevel < 4)) return false;
  return typeof (ChildProcess.prototype as { spawn?: unknown }).spawn === 'function';
}

/**
 * A real ChildProcess of Node, whose process is started by our own native code: Node's fork(2) takes the longer the more
 * memory the process has (38 ms for a gigabyte), ours does not. Everything else (streams, events, kill, ref) is Node's.
 *
 * Throws as `spawnProgram` does, and KernelError ENOSYS in a Node whose ChildProcess is made otherwise.
 */
export function startNatively(start: NativeStart): ChildProcess {
  const child = new ChildProcess() as ChildProcess & { _handle: ProcessHandle; spawn(options: object): number };
  const handle = child._handle as ProcessHandle | undefined;
  if (typeof handle?.spawn !== 'function' || typeof handle.onexit !== 'function')
    throw new KernelError({ errno: ENOSYS, syscall: 'spawn', operation: 'start a process natively' });
  let failure: unknown;
  handle.spawn = (...given) => {
    try {
      const options = optionsOf(given);
      const ends = processEnds();
      takeOver(handle, spawnWithStreams(start, options), ends);
      return 0;
    } catch (error) {
      failure = error;
      return -EINVAL; // Node closes the streams and throws
    }
  };
  const { argv, stdio, detached, cwd } = start;
  try {
    child.spawn({ file: argv[0], args: [...argv], envPairs: [], stdio, detached, cwd });
  } catch (error) {
    abandon(handle);
    throw failure ?? error;
  }
  return child;
}

/** One object until Node 24; since then file, arguments, directory, environment, streams and flags, one after the other. */
function optionsOf(given: readonly unknown[]): HandleOptions {
  const [file, , , envPairs, stdio] = given;
  const options = typeof file === 'object' ? file : { envPairs, stdio };
  if (Array.isArray((options as Partial<HandleOptions> | null)?.stdio)) return options as HandleOptions;
  // A Node that we do not know: whoever called us starts the program by other means.
  throw new KernelError({ errno: ENOSYS, syscall: 'spawn', operation: 'start a program by ourselves' });
}

/**
 * Node keeps its handle of a process that it did not start itself for ever: what belongs to it must not be kept as well. (To have it start
 * something that fails would make the handle one that can be closed, but Node 24 then frees memory that is in use.)
 */
function abandon(handle: object): void {
  for (const key of Reflect.ownKeys(handle)) Reflect.set(handle, key, undefined); // to delete them would take ten times as long
}

function spawnWithStreams(start: NativeStart, { stdio, envPairs = [] }: HandleOptions): Spawned {
  const theirs: Fd[] = [];
  try {
    const sources = stdio.map((stream, index) => sourceOf(stream, index, theirs));
    const steps = [
      ...descriptorSteps([...sources, ...start.descriptors]),
      ...(start.detached ? [['setsid'] as const] : []),
      ...(start.cwd === undefined ? [] : [['chdir', start.cwd] as const]),
      ...start.steps,
    ];
    return spawnProgram(steps, start.paths, start.argv, environmentWith(start.environment, envPairs));
  } finally {
    for (const fd of theirs) fd.close();
  }
}

/** Node adds variables of its own, for `ipc`. */
function environmentWith(environment: string | undefined, added: readonly string[]): string | null {
  if (environment === undefined) return null;
  return added.reduce((block, variable) => `${block}${variable}\0`, environment);
}

type Source = number | 'null' | undefined;

/** The descriptor that the child gets; a pipe's other end goes to Node. */
function sourceOf(stream: HandleStream, index: number, theirs: Fd[]): Source {
  switch (stream.type) {
    case 'ignore':
      return index < 3 ? 'null' : undefined;
    case 'pipe':
    case 'overlapped': {
      const [ours, other] = socketPair();
      theirs.push(other);
      stream.handle?.open?.(ours.release());
      return other.raw;
    }
    case 'wrap':
      return blockingIfStandard(stream.handle?.fd ?? stream.fd, index);
    default:
      return blockingIfStandard(stream.fd ?? index, index);
  }
}

/** As Node's own spawn has it: programs do not expect standard streams that do not block. */
function blockingIfStandard(fd: number | undefined, index: number): number | undefined {
  if (fd !== undefined && index < 3) makeBlocking(fd);
  return fd;
}

const SOCK_STREAM = 1;

function socketPair(): readonly [Fd, Fd] {
  const ends = new Int32Array(2);
  check(syscall('socketpair', AF_UNIX, SOCK_STREAM | O_CLOEXEC, 0, ends), 'socketpair', 'make a pipe for a child');
  return [Fd.adopt(ends[0] ?? -1, 'a pipe'), Fd.adopt(ends[1] ?? -1, 'a pipe')];
}

/** Puts each source at its place. What stands at another's place is first moved behind the last one, without being inherited. */
function descriptorSteps(sources: readonly Source[]): SyscallStep[] {
  const places = sources.length;
  const steps: SyscallStep[] = [];
  const moved = new Map<Source, { readonly result: number }>();
  const move = (source: number | { readonly result: number }) => {
    steps.push(['fcntl', source, F_DUPFD_CLOEXEC, places]);
    return { result: steps.length - 1 };
  };
  sources.forEach((source, place) => {
    if (source === undefined || moved.has(source)) return;
    if (source === 'null') {
      steps.push(['openat', AT_FDCWD, '/dev/null', O_RDWR | O_CLOEXEC]);
      moved.set(source, move({ result: steps.length - 1 }));
    } else if (source < places && source !== place) {
      moved.set(source, move(source));
    }
  });
  sources.forEach((source, place) => {
    if (source === undefined) return;
    const from = moved.get(source) ?? source;
    if (from === place) steps.push(['fcntl', place, F_SETFD, 0]);
    else if (from !== 'null') steps.push(['dup3', from, place, 0]);
  });
  return steps;
}

const status = new Int32Array(1);

/** From here on the handle is about our process, not about one that libuv knows. */
function takeOver(handle: ProcessHandle, { pid, pidfd }: Spawned, ends: ReturnType<typeof processEnds>): void {
  let referenced = true;
  const watch = ends.watch(pidfd, () => {
    if (syscall('wait4', pid, status, WNOHANG, null) === 0) return;
    watch.close();
    const code = status[0] ?? 0;
    const signal = code & 0x7f;
    handle.onexit(signal === 0 ? (code >> 8) & 0xff : 0, signal === 0 ? '' : signalName(signal));
    abandon(handle);
  });
  handle.pid = pid;
  handle.kill = (signal) => (pidfd.closed ? -3 : syscall('pidfd_send_signal', pidfd.raw, signal, null, 0));
  const keepAlive = (on: boolean) => {
    referenced = on;
    if (!pidfd.closed) watch.keepAlive(on);
  };
  handle.ref = () => keepAlive(true);
  handle.unref = () => keepAlive(false);
  handle.hasRef = () => referenced;
}
