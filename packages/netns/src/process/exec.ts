import { defaultRunDirectory, pathOfName } from '../namespaces/names.ts';
import { addon, nsexecPath } from '../native/addon.ts';
import { inheritDescriptors, makeBlocking } from '../native/inherit.ts';
import { check, syscall } from '../native/syscall.ts';
import { environmentBlock } from './environment.ts';
import { planEnter } from './plan/enter-named.ts';
import { type FailureStyle, nsexecWords } from './plan/failure-style.ts';

export interface NamedCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly runDirectory?: string | undefined;
  readonly mounts?: boolean | undefined;
}

/** Where files for the inside of a named namespace are kept. */
export const etcDirectory = '/etc/netns';

/** The `nsexec` arguments that run a command in a named network namespace, as `ip netns exec NAME COMMAND` does. */
export function namedCommandWords(command: NamedCommand, style: FailureStyle): string[] {
  const { name, runDirectory = defaultRunDirectory } = command;
  const path = pathOfName(name, runDirectory);
  const steps = planEnter({ from: { path }, name, mounts: command.mounts, etc: `${etcDirectory}/${name}` });
  return nsexecWords(steps, style, command.command, command.args);
}

/**
 * This process becomes `nsexec` and then the command: same process id, terminal, standard streams and parent. Signals are back at
 * their defaults, standard streams block, and the limit of open files is what it was before Node raised it (`softFileLimit`, if
 * it is known).
 *
 * Returns only by throwing: KernelError if the helper cannot be run.
 */
export function execInPlace(words: readonly string[], environment: NodeJS.ProcessEnv, softFileLimit?: number): never {
  const block = environmentBlock(environment);
  if (softFileLimit !== undefined) lowerFileLimit(softFileLimit);
  inheritDescriptors([0, 1, 2]);
  for (const fd of [0, 1, 2]) makeBlocking(fd);
  const result = addon.exec(nsexecPath, ['nsexec', ...words], block);
  check(result, 'execve', `run ${nsexecPath}`);
  throw new Error('unreachable');
}

const RLIMIT_NOFILE = 7;

function lowerFileLimit(soft: number): void {
  const limits = new BigUint64Array(2);
  const bytes = new Uint8Array(limits.buffer);
  if (syscall('prlimit64', 0, RLIMIT_NOFILE, null, bytes) < 0 || BigInt(soft) > (limits[1] ?? 0n)) return;
  limits[0] = BigInt(soft);
  syscall('prlimit64', 0, RLIMIT_NOFILE, bytes, null);
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs `nsexec` as a child on our own standard streams, and waits for its end. */
export async function runAsChild(words: readonly string[]): Promise<ProcessEnd> {
  const { spawn } = await import('node:child_process');
  const child = spawn(nsexecPath, words, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal }));
  });
}
