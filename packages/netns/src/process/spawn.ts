import type { SpawnOptions as NodeSpawnOptions } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Namespace } from '../namespaces/namespace.ts';
import { passageTo } from '../native/passage.ts';
import { firstDescriptor, launch, type NamespaceProcess, withWordsOfHelper } from './launch.ts';
import { planEnter } from './plan/enter-named.ts';

export type { NamespaceProcess } from './launch.ts';

/** Node's own options of `spawn`, and whether the command sees the files of its namespace. */
export interface SpawnOptions extends Omit<NodeSpawnOptions, 'shell' | 'argv0'> {
  /** Show this namespace's `/sys`, and the files of `etc` over those of `/etc`, as `ip netns exec` does. Default: true. */
  readonly mounts?: boolean;
  /** The directory whose entries appear over those of `/etc`; for a named namespace `/etc/netns/NAME`. */
  readonly etc?: string | undefined;
}

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
  const first = firstDescriptor(nodeOptions);
  using passage = passageTo(namespace.fd);
  const through = passage && first + 1;
  const steps = planEnter({ from: { descriptor: first }, through, name: String(namespace), mounts, etc });
  const descriptors = [namespace.fd.raw, ...(passage === undefined ? [] : [passage.raw])];
  return launch({ command, args, steps, descriptors, options: nodeOptions });
}

/** What a command gets on its standard input, beside all that `spawn` takes. */
export interface ExecOptions extends Omit<SpawnOptions, 'stdio' | 'detached'> {
  /** What the command reads from its standard input. Default: nothing. */
  readonly input?: string | Uint8Array;
}

/** What a command wrote, and how it ended. */
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
  return resultOf(spawnIn(namespace, command, args, { ...spawnOptions, stdio: 'pipe' }), input);
}

/** Feeds a child, collects what it prints, and waits for its end. Rejects as its `ready` does. */
export async function resultOf(child: NamespaceProcess, input: string | Uint8Array | undefined): Promise<ExecResult> {
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve([code, signal]));
  });
  ended.catch(() => {}); // a failed start is reported by `ready`, with more words
  child.stdin?.on('error', () => {}); // a command need not read its input
  child.stdin?.end(input);
  const output = Promise.all([collect(child.stdout), collect(child.stderr)]);
  await child.ready.catch(async (error) => {
    const [, stderr] = await output;
    throw withWordsOfHelper(error, stderr);
  });
  const [code, signal] = await ended;
  const [stdout, stderr] = await output;
  return { stdout, stderr, exitCode: code ?? undefined, signal: signal ?? undefined };
}

async function collect(stream: Readable | null): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
