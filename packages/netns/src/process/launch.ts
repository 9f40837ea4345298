import type { ChildProcess, SpawnOptions as NodeSpawnOptions } from 'node:child_process';
import type { Readable } from 'node:stream';
import { E2BIG, EINTR, ENOENT, EPERM } from '../errno-numbers.ts';
import { InvalidArgumentError, KernelError } from '../errors.ts';
import { nsexecPath } from '../native/addon.ts';
import { builtin } from '../native/builtin.ts';
import { O_CLOEXEC, UV_READABLE } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import type { StartFailure } from '../native/spawn.ts';
import { type SyscallStep, syscall } from '../native/syscall.ts';
import { watchDescriptor } from '../native/watch.ts';
import { directSteps, pathsOf } from './direct.ts';
import { environmentBlock, isOwnEnvironment } from './environment.ts';
import { nativeStartWorks, startNatively } from './native-process.ts';
import { encodeSteps, type PlannedStep } from './plan/step.ts';

/** A child process inside a namespace: Node's own ChildProcess, and a promise that tells when the command itself has started. */
export type NamespaceProcess = ChildProcess & {
  /**
   * Resolves when every step of entering succeeded and the command runs; rejects with the KernelError of the step that failed
   * (then the child has ended without having run anything).
   */
  readonly ready: Promise<void>;
};

/** What is to be started; the steps know our descriptors by the numbers from `firstDescriptor(options)` on. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly argv0?: string | undefined;
  readonly steps: readonly PlannedStep[];
  readonly descriptors: readonly number[];
  readonly options: NodeSpawnOptions;
}

type StdioEntries = Exclude<NodeSpawnOptions['stdio'], string | undefined>;

function standardStreams(stdio: NodeSpawnOptions['stdio']): StdioEntries {
  if (Array.isArray(stdio)) return [0, 1, 2].map((index) => stdio[index]).concat(stdio.slice(3));
  const entry = stdio ?? 'pipe';
  return [entry, entry, entry] as StdioEntries;
}

/** The number that the first descriptor of a plan has in the child: behind its standard streams. */
export function firstDescriptor(options: NodeSpawnOptions): number {
  return standardStreams(options.stdio).length;
}

/** Starts a command by the fastest way that the plan, the options, this Node and this kernel allow. */
export function launch(request: Launch): NamespaceProcess {
  const stdio = standardStreams(request.options.stdio);
  const environment = environmentOf(request.options, stdio);
  checkTexts(request);
  if (!startsNatively(request.options)) return launchSlowly(request, stdio);
  return launchBySteps(request, stdio) ?? launchHelper(request, stdio, environment);
}

function startsNatively({ uid, gid }: NodeSpawnOptions): boolean {
  return uid === undefined && gid === undefined && nativeStartWorks();
}

/** Undefined if the command gets that of this process, as it is. */
function environmentOf({ env = process.env }: NodeSpawnOptions, stdio: StdioEntries): string | undefined {
  const asItIs = isOwnEnvironment(env) && !stdio.includes('ipc'); // for which Node adds variables
  return asItIs ? undefined : environmentBlock(env);
}

function checkTexts({ command, args, argv0 = '', steps, options }: Launch): void {
  noNul([command, argv0, ...args, directoryOf(options) ?? '']);
  for (const { step } of steps) noNul(step);
}

function noNul(texts: readonly string[]): void {
  for (const text of texts)
    if (text.includes('\0')) throw new InvalidArgumentError('argument', text, 'it contains a NUL byte');
}

/** For the simplest plans no helper is needed. */
function launchBySteps(request: Launch, stdio: StdioEntries): NamespaceProcess | undefined {
  const { descriptors } = request;
  const steps = directSteps(request.steps, (number) => descriptors[number - stdio.length]);
  return steps && launchDirectly(request, steps.calls, descriptors, (step) => steps.planned[step], stdio);
}

type Planned = Pick<PlannedStep, 'syscall' | 'operation'>;

/**
 * Starts a command in a child that makes these system calls first, with these descriptors of ours; there is no shorter way. Undefined
 * if something is in its way: what goes wrong here goes wrong again on the others, and is then told as always.
 *
 * With `planned`, what a call is to those who read of its failure, the start is not waited for where only the call or the command can be at
 * fault.
 */
export function launchDirectly(
  { command, args, argv0, options }: Omit<Launch, 'steps' | 'descriptors'>,
  steps: readonly SyscallStep[],
  descriptors: readonly number[],
  planned?: (step: number) => Planned | undefined,
  stdio: StdioEntries = standardStreams(options.stdio),
): NamespaceProcess | undefined {
  if (!startsNatively(options)) return undefined;
  if (descriptors.some((raw) => raw < stdio.length)) return undefined; // a stream would take its place
  const simple = options.cwd === undefined && stdio.every(isOurs);
  const explain = ({ step, errno }: StartFailure) =>
    errno === EINTR ? killedEarly(command) : startError(command, planned?.(step), errno);
  try {
    const child = startNatively({
      stdio,
      cwd: directoryOf(options),
      detached: options.detached ?? false,
      environment: environmentOf(options, stdio),
      paths: pathsOf(command, options.env ?? process.env),
      argv: [argv0 ?? command, ...args],
      descriptors: [],
      steps,
      explain: simple && planned !== undefined ? explain : undefined,
    });
    return finish(child, options);
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}

/** Nobody gave us the stream. */
function isOurs(entry: unknown): boolean {
  return entry === 'ignore' || entry === 'pipe';
}

function directoryOf({ cwd }: NodeSpawnOptions): string | undefined {
  return cwd === undefined || typeof cwd === 'string' ? cwd : decodeURIComponent(cwd.pathname);
}

function helperWords({ steps, command, args, argv0 }: Launch, report: number) {
  const encoded = encodeSteps(steps, undefined, ['report', String(report)]);
  const named = argv0 === undefined ? [] : ['argv0', argv0];
  return { words: [...encoded.words, ...named, '--', command, ...args], steps: encoded.steps };
}

/** The helper reports through a pipe of its own. */
function launchHelper(request: Launch, stdio: StdioEntries, environment: string | undefined): NamespaceProcess {
  const { descriptors, options, command } = request;
  const { words, steps } = helperWords(request, stdio.length + descriptors.length);
  const ends = pipe();
  if (ends === undefined) return launchSlowly(request, stdio);
  const [reader, writer] = ends;
  try {
    const child = startNatively({
      stdio,
      cwd: directoryOf(options),
      detached: options.detached ?? false,
      environment,
      paths: [nsexecPath],
      argv: ['nsexec', ...words],
      descriptors: [...descriptors, writer.raw],
      steps: [],
    });
    const ready = readReport(reader).then((text) => judge(text, steps, command));
    return finish(child, options, ready);
  } catch (error) {
    reader.close();
    if (error instanceof KernelError) return launchSlowly(request, stdio, error); // which says it the way Node does
    throw error;
  } finally {
    writer.close();
  }
}

function pipe(): readonly [Fd, Fd] | undefined {
  const ends = new Int32Array(2);
  if (syscall('pipe2', ends, O_CLOEXEC) < 0) return undefined;
  return [Fd.adopt(ends[0] ?? -1, 'a pipe'), Fd.adopt(ends[1] ?? -1, 'a pipe')];
}

/** All that comes until the last holder of the other end has closed it. */
function readReport(reader: Fd): Promise<string> {
  let text = '';
  const buffer = Buffer.alloc(256);
  return new Promise((resolve) => {
    const watch = watchDescriptor(reader.raw, UV_READABLE, () => {
      const got = syscall('read', reader.raw, buffer, buffer.length);
      if (got > 0) {
        text += buffer.toString('latin1', 0, got);
        return;
      }
      watch.close();
      reader.close();
      resolve(text);
    });
  });
}

/** The helper writes a dot when all steps are done, and closes the pipe by running the command; or it writes "POSITION ERRNO". */
function judge(text: string, steps: ReadonlyMap<number, PlannedStep>, command: string): void {
  if (text === '.') return;
  if (text === '') throw killedEarly(command);
  const [position = 0, errno = 0] = text.replace('.', '').split(/\s/).map(Number);
  const step = steps.get(position);
  if (errno === 0 && step !== undefined) throw programFailure(step);
  throw startError(command, step, errno);
}

/** Without a step the command itself could not be run. */
function startError(command: string, step: Planned | PlannedStep | undefined, errno: number): KernelError {
  const mapper = step !== undefined && 'name' in step && step.name === 'run-mapper' && errno === ENOENT;
  return new KernelError({
    errno,
    syscall: step?.syscall ?? 'execve',
    operation: step?.operation ?? `run ${command}`,
    hint: mapper ? `${step.subject} comes with Debian's package uidmap` : undefined,
  });
}

function killedEarly(command: string): KernelError {
  const hint = 'the process was killed before it came to that';
  return new KernelError({ errno: EINTR, syscall: 'execve', operation: `run ${command}`, hint });
}

/** A program that helped (newuidmap) has said on standard error why it would not. */
function programFailure({ syscall, operation }: PlannedStep): KernelError {
  return new KernelError({
    errno: EPERM,
    syscall,
    operation,
    hint: `${syscall} refused, and said why on standard error`,
  });
}

/** The same, where what it said was collected. */
export function withWordsOfHelper(error: unknown, stderr: string): unknown {
  if (!(error instanceof KernelError) || error.errno !== EPERM || !/^new[ug]idmap$/.test(error.syscall)) return error;
  const { errno, syscall, operation } = error;
  return new KernelError({ errno, syscall, operation, hint: stderr.trim() || undefined, cause: error.cause });
}

/** Through Node's own spawn: where the native way does not work (`before` says why), or a user id is asked for. */
function launchSlowly(request: Launch, stdio: StdioEntries, before?: KernelError): NamespaceProcess {
  const { descriptors, command } = request;
  const at = stdio.length + descriptors.length;
  const { words, steps } = helperWords(request, at);
  const child = spawnByNode(request, words, [...stdio, ...descriptors, 'pipe'], before);
  const ready = new Promise<string>((resolve, reject) => {
    // Without descriptors for them, Node makes no streams at all.
    const report = child.stdio?.[at] as Readable | undefined;
    let text = '';
    child.once('error', (cause) => {
      report?.destroy();
      reject(nodeFailure(request, cause, before));
    });
    report?.setEncoding('latin1');
    report?.on('data', (chunk) => {
      text += chunk;
    });
    report?.once('close', () => resolve(text));
  }).then((text) => judge(text, steps, command));
  return withReady(child, ready);
}

/** Some of what the kernel refuses Node tells by an event, and some (words that are too long) by throwing. */
function spawnByNode(
  request: Launch,
  words: readonly string[],
  stdio: StdioEntries,
  before: KernelError | undefined,
): ChildProcess {
  try {
    return builtin('child_process').spawn(nsexecPath, words, { ...request.options, stdio });
  } catch (cause) {
    throw nodeFailure(request, cause, before);
  }
}

/** What Node says of a start is an error number alone; which call it was the native way may have seen. */
function nodeFailure(request: Launch, cause: unknown, before: KernelError | undefined): unknown {
  const { errno } = cause as NodeJS.ErrnoException;
  if (errno === undefined) return cause; // an AbortError, or a mistake in the options
  const refusal = { errno: Math.abs(errno), cause };
  if (refusal.errno === E2BIG)
    return new KernelError({ ...refusal, syscall: 'execve', operation: `run ${request.command}` });
  if (before?.errno === refusal.errno && before.syscall === 'chdir')
    return new KernelError({ ...refusal, syscall: 'chdir', operation: `go to ${directoryOf(request.options)}` });
  return new KernelError({ ...refusal, syscall: 'spawn', operation: `start ${request.command}` });
}

/** What `child_process.spawn` does around the start: a signal that aborts, a limit of time. */
function finish(child: ChildProcess, options: NodeSpawnOptions, ready?: Promise<void>): NamespaceProcess {
  const { signal, timeout, killSignal = 'SIGTERM' } = options;
  let aborted: Promise<never> | undefined;
  if (signal !== undefined) {
    aborted = new Promise((_, reject) => {
      const abort = () => {
        const error = Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
          name: 'AbortError',
          code: 'ABORT_ERR',
        });
        reject(error);
        if (child.kill(killSignal)) child.emit('error', error);
      };
      if (signal.aborted) process.nextTick(abort);
      else {
        signal.addEventListener('abort', abort, { once: true });
        child.once('exit', () => signal.removeEventListener('abort', abort));
      }
    });
    aborted.catch(() => {});
  }
  if (timeout !== undefined && timeout > 0) {
    const timer = setTimeout(() => child.kill(killSignal), timeout);
    child.once('exit', () => clearTimeout(timer));
  }
  if (aborted !== undefined)
    return withReady(child, Promise.race([ready ?? (child as NamespaceProcess).ready, aborted]));
  return ready === undefined ? (child as NamespaceProcess) : withReady(child, ready);
}

/** Whoever wants to know whether a command started, asks; the others see the exit status. */
function withReady(child: ChildProcess, ready: Promise<void>): NamespaceProcess {
  ready.catch(() => {});
  return Object.assign(child, { ready });
}
