import { type ChildProcess, type SpawnOptions as NodeSpawnOptions, spawn as nodeSpawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { KernelError } from '../errors.ts';
import type { Namespace } from '../namespaces/namespace.ts';
import { nsexecPath } from '../native/addon.ts';
import { type PlannedStep, planEnter } from './plan.ts';

export interface SpawnOptions extends Omit<NodeSpawnOptions, 'shell' | 'argv0'> {
  /** Show this namespace's `/sys`, and the files of `etc` over those of `/etc`, as `ip netns exec` does. Default: true. */
  readonly mounts?: boolean;
  /** The directory whose entries appear over those of `/etc`; for a named namespace `/etc/netns/NAME`. */
  readonly etc?: string | undefined;
}

/** A child process inside a namespace: Node's own ChildProcess, and a promise that tells when the command itself has started. */
export type NamespaceProcess = ChildProcess & {
  /**
   * Resolves when every step of entering succeeded and the command runs; rejects with the KernelError of the step that failed
   * (then the child has ended without having run anything).
   */
  readonly ready: Promise<void>;
};

/**
 * Starts a command inside a network namespace. `ip netns exec NAME COMMAND &`, for any namespace that is open.
 *
 * All of Node's spawn options work (streams, signals, detached, …); the process id is the command's own. This process and its
 * threads stay where they are.
 */
export function spawnIn(
  namespace: Namespace,
  command: string,
  args: readonly string[] = [],
  options: SpawnOptions = {},
): NamespaceProcess {
  const { mounts, etc, ...nodeOptions } = options;
  const stdio = standardStreams(nodeOptions.stdio);
  const steps = planEnter({ from: { descriptor: stdio.length }, name: String(namespace), mounts, etc });
  const words = ['report', String(stdio.length + 1), ...steps.flatMap(({ step }) => step), '--', command, ...args];
  const child = nodeSpawn(nsexecPath, words, { ...nodeOptions, stdio: [...stdio, namespace.fd.raw, 'pipe'] });
  const ready = watchReport(child, child.stdio[stdio.length + 1] as Readable, steps, command);
  ready.catch(() => {}); // whoever wants to know, asks; the others see the exit status
  return Object.assign(child, { ready });
}

type StdioEntries = Exclude<NodeSpawnOptions['stdio'], string | undefined>;

function standardStreams(stdio: NodeSpawnOptions['stdio']): StdioEntries {
  if (Array.isArray(stdio)) return [0, 1, 2].map((index) => stdio[index]).concat(stdio.slice(3));
  const entry = stdio ?? 'pipe';
  return [entry, entry, entry] as StdioEntries;
}

/** The helper closes the pipe by running the command, or writes "STEP ERRNO" into it. Step 0 is `report` itself. */
function watchReport(
  child: ChildProcess,
  report: Readable,
  steps: readonly PlannedStep[],
  command: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('error', (cause) => {
      report.destroy();
      const { errno } = cause as NodeJS.ErrnoException;
      if (errno === undefined) return reject(cause); // an AbortError
      reject(new KernelError({ errno: Math.abs(errno), syscall: 'spawn', operation: `start ${command}`, cause }));
    });
    report.setEncoding('ascii');
    report.on('data', (chunk) => {
      text += chunk;
    });
    report.once('close', () => {
      if (text === '') return resolve();
      const [index = 0, errno = 0] = text.split(' ').map(Number);
      const step = steps[index - 1];
      reject(
        new KernelError({ errno, syscall: step?.syscall ?? 'execve', operation: step?.operation ?? `run ${command}` }),
      );
    });
  });
}

export interface ExecOptions extends Omit<SpawnOptions, 'stdio' | 'detached'> {
  /** What the command reads from its standard input. Default: nothing. */
  readonly input?: string | Uint8Array;
}

export interface ExecResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined if a signal ended the command. */
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/**
 * Runs a command inside a network namespace and collects what it printed. `ip netns exec NAME COMMAND`.
 *
 * An exit status other than 0 is a result, not an error. Rejects with KernelError if a step of entering fails or the command cannot
 * be run (ENOENT, EACCES), with AbortError if `options.signal` ends it.
 */
export async function execIn(
  namespace: Namespace,
  command: string,
  args: readonly string[] = [],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { input, ...spawnOptions } = options;
  const child = spawnIn(namespace, command, args, { ...spawnOptions, stdio: 'pipe' });
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve([code, signal]));
  });
  ended.catch(() => {}); // a failed start is reported by `ready`, with more words
  child.stdin?.on('error', () => {}); // a command need not read its input
  child.stdin?.end(input);
  const output = Promise.all([collect(child.stdout), collect(child.stderr)]);
  await child.ready;
  const [code, signal] = await ended;
  const [stdout, stderr] = await output;
  return { stdout, stderr, exitCode: code ?? undefined, signal: signal ?? undefined };
}

async function collect(stream: Readable | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
