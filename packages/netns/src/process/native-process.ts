import { AsyncResource } from 'node:async_hooks';
import type { ChildProcess } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { release } from 'node:os';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers';
import { EINVAL, ENOSYS, ESRCH } from '../errno-numbers.ts';
import { KernelError } from '../errors.ts';
import { builtin } from '../native/builtin.ts';
import type { Fd } from '../native/fd.ts';
import { type Awaited, type ProcessEnds, processEnds } from '../native/process-ends.ts';
import { type Spawned, type StartFailure, startFailure } from '../native/spawn.ts';
import { programOf, type SyscallStep } from '../native/syscall.ts';
import { descriptorSteps, type HandleStream, sourceOf } from './child-streams.ts';
import { signalName } from './plan/signals.ts';

export interface NativeStart {
  /** What is tried one after the other, and how the program is called. */
  readonly paths: readonly string[];
  readonly argv: readonly string[];
  /** As `environmentBlock` has it; undefined: that of this process, to which nothing can be added. */
  readonly environment: string | undefined;
  readonly stdio: readonly unknown[];
  readonly cwd: string | undefined;
  readonly detached: boolean;
  /** Descriptors of ours that follow those of `stdio` in the child. */
  readonly descriptors: readonly number[];
  /** What the child does last before it becomes the program. */
  readonly steps: readonly SyscallStep[];
  /**
   * With this the start need not be waited for: what goes wrong in the child is what its `ready` rejects with, made of the number of the step
   * (that of the program is behind the last, that of a stream is negative) and the error number.
   */
  readonly explain?: ((failure: StartFailure) => Error) | undefined;
}

/**
 * A ChildProcess of Node with all that its constructor gives it, but for the native object behind it: libuv does not know our process, so
 * that Node could never let go of that again.
 */
class Child extends EventEmitter {
  _closesNeeded = 1;
  _closesGot = 0;
  connected = false;
  signalCode: string | null = null;
  exitCode: number | null = null;
  killed = false;
  spawnfile: string | null = null;
  _handle: Handle | null;
  declare spawnargs: readonly string[];
  declare pid: number;
  declare stdin: { destroy(): void } | null;
  declare stdout: Readable | null;
  declare stderr: Readable | null;
  declare stdio: readonly (Readable | null)[];
  declare spawn: (options: object) => number;
  readonly #process: Handle;
  #ready: Promise<void> | undefined;

  constructor(handle: Handle) {
    super();
    this._handle = handle;
    this.#process = handle;
  }

  /** Made when somebody asks for it: most only look at the exit status. */
  get ready(): Promise<void> {
    this.#ready ??= quiet(this.#process.started?.() ?? Promise.resolve());
    return this.#ready;
  }

  set ready(promise: Promise<void>) {
    this.#ready = quiet(promise);
  }
}

/** Whoever wants to know how it went, asks. */
function quiet(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}

Reflect.deleteProperty(Child.prototype, 'constructor');

const news = channel('child_process');

const [kernel = 0, patchLevel = 0] = release().split('.').map(Number);
let works: boolean | undefined;

/** Whether this Node and this kernel allow `startNatively`; where not, `child_process.spawn` does the same more slowly. */
export function nativeStartWorks(): boolean {
  works ??= (kernel > 5 || (kernel === 5 && patchLevel >= 4)) && isMadeAsKnown();
  return works;
}

/** Whether a ChildProcess of this Node has what we know of, and no more. */
function isMadeAsKnown(): boolean {
  const { ChildProcess: Theirs } = builtin('child_process');
  Object.setPrototypeOf(Child.prototype, Theirs.prototype);
  if (typeof (Theirs.prototype as { spawn?: unknown }).spawn !== 'function') return false;
  return looksLike(new Theirs(), new Child(new NativeProcess()));
}

/** Whether the `spawn` of this Node makes of a child without streams what `spawnSilently` does. */
function isSpawnedAsKnown(): boolean {
  const [theirs, ours] = [0, 1].map(() => new Child({ pid: 1, spawn: () => 0, close: () => {} })) as [Child, Child];
  const argv = ['true'];
  theirs.spawn({ file: argv[0], args: [...argv], envPairs: [], stdio: 'ignore', detached: false, cwd: undefined });
  spawnSilently(ours, argv);
  return looksLike(theirs, ours) && theirs.stdio.join() === ours.stdio.join();
}

let silence: boolean | undefined;

function looksLike(a: object, b: object): boolean {
  const partsOf = (child: object) => Object.keys(child).sort().join();
  return partsOf(a) === partsOf(b);
}

/**
 * A real ChildProcess of Node, whose process is started by our own native code: Node's fork(2) takes the longer the more
 * memory the process has (38 ms for a gigabyte), ours does not. Everything else (streams, events, kill, ref) is Node's.
 *
 * Throws as `spawnProgram` does, and KernelError ENOSYS in a Node whose ChildProcess is made otherwise.
 */
export function startNatively(start: NativeStart): ChildProcess {
  const handle = new NativeProcess(start);
  const child = new Child(handle);
  handle.child = child;
  if (news.hasSubscribers) news.publish({ process: child });
  const { argv, stdio, detached, cwd } = start;
  silence ??= isSpawnedAsKnown();
  try {
    if (silence && isSilent(stdio)) spawnSilently(child, argv);
    else child.spawn({ file: argv[0], args: [...argv], envPairs: [], stdio, detached, cwd });
  } catch (error) {
    throw handle.failure ?? error;
  }
  return child as unknown as ChildProcess;
}

function isSilent(stdio: readonly unknown[]): boolean {
  return stdio.length === 3 && stdio.every((entry) => entry === 'ignore');
}

const silent: readonly HandleStream[] = [0, 1, 2].map(() => ({ type: 'ignore' }));

/** What Node's own `spawn` does for a child without streams, in a fifth of the time. */
function spawnSilently(child: Child, argv: readonly string[]): void {
  const { _handle: handle } = child;
  child.spawnfile = argv[0] ?? null;
  child.spawnargs = [...argv];
  const error = handle?.spawn({ stdio: silent });
  if (error !== 0) throw unknownNode();
  process.nextTick(tellStart, child);
  child.pid = handle?.pid ?? 0;
  child.stdin = null;
  child.stdout = null;
  child.stderr = null;
  child.stdio = [null, null, null];
}

function tellStart(child: Child): void {
  child.emit('spawn');
}

/** What a ChildProcess needs of Node's native object when it is started. */
interface Handle {
  pid: number;
  spawn(...given: readonly unknown[]): number;
  close(): void;
  /** Resolves when the program runs. */
  started?(): Promise<void>;
}

/** What a ChildProcess turns to, in the place of Node's native object. As that one does, it belongs to an asynchronous context. */
class NativeProcess extends AsyncResource implements Awaited, Handle {
  pid = 0;
  child: Child | undefined;
  failure: unknown;
  /** How many steps come before those of `start`. */
  stepsBefore = 0;
  readonly #start: NativeStart | undefined;
  #running: Spawned | undefined;
  #ends: ProcessEnds | undefined;
  #failure: StartFailure | undefined;
  #referenced = true;

  constructor(start?: NativeStart) {
    super('NetnsProcess', manually);
    this.#start = start;
  }

  spawn(...given: readonly unknown[]): number {
    try {
      const options = optionsOf(given);
      if (this.#start === undefined || options === undefined) throw unknownNode();
      this.#ends = processEnds();
      this.#running = spawnWithStreams(this.#ends, this, this.#start, options);
      this.pid = this.#running.pid;
      return 0;
    } catch (error) {
      this.failure = error;
      return -EINVAL; // Node closes the streams and throws
    }
  }

  ended(status: number, failure: StartFailure | undefined): void {
    const signal = status & 0x7f;
    this.#failure = failure;
    if (this.#referenced) this.#ends?.refer(false);
    this.#running = undefined;
    this.close();
    if (this.child !== undefined) tell(this.child, (status >> 8) & 0xff, signal === 0 ? null : signalName(signal));
  }

  /** Asked at the end of this turn, it seldom has to wait: another processor has made the child its program by then. */
  started(): Promise<void> {
    const explain = this.#start?.explain;
    if (explain === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        const failure = this.#running === undefined ? this.#failure : startFailure(this.#running);
        if (failure === undefined) resolve();
        else reject(explain({ ...failure, step: failure.step - this.stepsBefore }));
      });
    });
  }

  close(): void {
    this.emitDestroy();
  }

  kill(signal: number): number {
    return (this.#running && this.#ends?.kill(this.#running, signal)) ?? -ESRCH;
  }

  ref(): void {
    this.#refer(true);
  }

  unref(): void {
    this.#refer(false);
  }

  hasRef(): boolean {
    return this.#referenced;
  }

  #refer(on: boolean): void {
    if (this.#referenced === on) return;
    this.#referenced = on;
    if (this.#running !== undefined) this.#ends?.refer(on);
  }
}

/** Otherwise Node watches over each with the garbage collector, which takes longer than all else here. */
const manually = { requireManualDestroy: true };

/** The events of an end, and the fields, as Node's own children have them. */
function tell(child: Child, exitCode: number, signal: string | null): void {
  if (signal === null) child.exitCode = exitCode;
  else child.signalCode = signal;
  child.stdin?.destroy();
  child._handle = null;
  child.emit('exit', child.exitCode, child.signalCode);
  if (child.stdio.some((stream) => stream !== null)) process.nextTick(drain, child);
  child._closesGot++;
  if (child._closesGot === child._closesNeeded) child.emit('close', child.exitCode, child.signalCode);
}

/** What nobody reads would never end, and `close` never come. */
function drain({ stdio }: Child): void {
  for (const stream of stdio) if (stream?.readable && !isOfAnotherChild(stream)) stream.resume();
}

/** Node marks a stream of a child that is given to another child. */
function isOfAnotherChild(stream: object): boolean {
  const mark = Object.getOwnPropertySymbols(stream).find(({ description }) => description === 'kIsUsedAsStdio');
  return mark !== undefined && Boolean(Reflect.get(stream, mark));
}

interface HandleOptions {
  readonly stdio: readonly HandleStream[];
  readonly envPairs?: readonly string[];
}

/** One object until Node 24; since then file, arguments, directory, environment, streams and flags, one after the other. */
function optionsOf(given: readonly unknown[]): HandleOptions | undefined {
  const [file, , , envPairs, stdio] = given;
  const options = typeof file === 'object' ? file : { envPairs, stdio };
  return Array.isArray((options as Partial<HandleOptions> | null)?.stdio) ? (options as HandleOptions) : undefined;
}

/** Whoever called us starts the program by other means. */
function unknownNode(): KernelError {
  return new KernelError({ errno: ENOSYS, syscall: 'spawn', operation: 'start a program by ourselves' });
}

function spawnWithStreams(
  ends: ProcessEnds,
  awaited: NativeProcess,
  start: NativeStart,
  { stdio, envPairs = [] }: HandleOptions,
): Spawned {
  const theirs: Fd[] = [];
  try {
    const streams =
      stdio === silent && start.descriptors.length === 0 && ends.silence !== undefined
        ? ends.silence
        : programOf(
            descriptorSteps([...stdio.map((stream, index) => sourceOf(stream, index, theirs)), ...start.descriptors]),
          );
    const program = [
      ...streams,
      ...(start.detached ? programOf([['setsid']]) : []),
      ...(start.cwd === undefined ? [] : programOf([['chdir', start.cwd]])),
      ...programOf(start.steps),
    ];
    awaited.stepsBefore = program.length - start.steps.length;
    const environment = environmentWith(start.environment, envPairs);
    return ends.start(awaited, program, start.paths, start.argv, environment, start.explain === undefined);
  } finally {
    for (const fd of theirs) fd.close();
  }
}

/** Node adds variables of its own, for `ipc`. */
function environmentWith(environment: string | undefined, added: readonly string[]): string | null {
  if (environment === undefined) return null;
  return added.reduce((block, variable) => `${block}${variable}\0`, environment);
}
