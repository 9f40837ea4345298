import { directoryWith } from '../namespaces/name-directories.ts';
import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { pathOfName, validateName } from '../namespaces/names.ts';
import { addon, nsexecPath } from '../native/addon.ts';
import { AT_FDCWD, O_CLOEXEC, O_NONBLOCK, O_RDONLY } from '../native/constants.ts';
import { Fd } from '../native/fd.ts';
import { inheritDescriptors, makeBlocking } from '../native/inherit.ts';
import { passageTo } from '../native/passage.ts';
import { check, syscall } from '../native/syscall.ts';
import { ResourceStack } from '../resource.ts';
import { environmentBlock } from './environment.ts';
import { type EnterOptions, planEnter } from './plan/enter-named.ts';
import { type FailureStyle, nsexecWords } from './plan/failure-style.ts';

export interface NamedCommand extends RunDirectoryOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly mounts?: boolean | undefined;
}

/** Where files for the inside of a named namespace are kept. */
export const etcDirectory = '/etc/netns';

/**
 * The `nsexec` arguments that run a command in a named network namespace, as `ip netns exec NAME COMMAND` does. What had to be opened
 * for it stays open, and goes with this process if it becomes `nsexec`; `opened` gets it to close it.
 */
export function namedCommandWords(command: NamedCommand, style: FailureStyle, opened = new ResourceStack()): string[] {
  const { name, mounts } = command;
  validateName(name);
  const directory = directoryWith(name, command);
  const path = pathOfName(name, directory.view()?.path ?? directory.path);
  const entrance = command.runDirectory === undefined ? entranceOf(path, opened) : { from: { path } };
  const steps = planEnter({ ...entrance, name, mounts, etc: `${etcDirectory}/${name}` });
  return nsexecWords(steps, style, command.command, command.args);
}

/** An ordinary user passes through the user namespace that owns the network namespace. */
function entranceOf(path: string, opened: ResourceStack): Pick<EnterOptions, 'from' | 'through'> {
  const raw = syscall('openat', AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (raw < 0) return { from: { path } }; // the helper will say why
  using namespace = Fd.adopt(raw, path);
  using passage = passageTo(namespace);
  if (passage === undefined) return { from: { path } };
  return { from: { descriptor: handOver(namespace, opened) }, through: handOver(passage, opened) };
}

/** Gives a descriptor to the program that this process becomes. */
export function handOver(fd: Fd, opened = new ResourceStack()): number {
  const raw = fd.dup().release();
  inheritDescriptors([raw]);
  opened.defer(() => syscall('close', raw));
  return raw;
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
