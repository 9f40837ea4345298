import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endOf, type ProgramEnd } from './run.ts';

/** The command as it is built: what a user starts. */
export const command = join(import.meta.dirname, '../../../bin/netns');

/** A directory of PATH that may not be read makes a command that does not exist one that may not be run, as execvp(3) has it. */
export const readablePath = `${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin`;

/** Starts the command. It, and whatever it becomes, is killed after a while. */
export function startNetns(argv: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const env = { ...process.env, PATH: readablePath };
  return spawn(command, argv, { timeout: 50_000, killSignal: 'SIGKILL', env, ...options });
}

/** Runs the command to its end. */
export function netns(...argv: string[]): Promise<ProgramEnd> {
  return netnsWith({}, ...argv);
}

export function netnsWith(options: SpawnOptions, ...argv: string[]): Promise<ProgramEnd> {
  return endOf(startNetns(argv, { stdio: ['ignore', 'pipe', 'pipe'], ...options }));
}

/** What the command answers when all is well: its standard output. */
export async function answer(...argv: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await netns(...argv);
  if (exitCode !== 0 || stderr !== '') throw new Error(`netns ${argv.join(' ')}: exit status ${exitCode}: ${stderr}`);
  return stdout;
}

/** The same, asked for in JSON. */
export async function answerJson<T>(...argv: [string, ...string[]]): Promise<T> {
  return JSON.parse(await answer(argv[0], '--json', ...argv.slice(1))) as T;
}

/** A process that is in a namespace and ends with its standard input. */
export async function liveIn(name: string): Promise<ChildProcess & { readonly pid: number }> {
  const child = startNetns(['exec', name, 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin?.write('here\n');
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child as ChildProcess & { readonly pid: number };
}

/** Ends such a process, and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.stdin?.end();
  await gone;
}

/** The inode number of a network namespace. */
export function inodeOf(path: string): number {
  return Number(/^net:\[(\d+)\]$/.exec(readlinkSync(path))?.[1]);
}

/** Takes all names away that a failed test may have left. */
export function namesLeft(): string[] {
  try {
    return readdirSync('/run/netns').sort();
  } catch {
    return [];
  }
}
