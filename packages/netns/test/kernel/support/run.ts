import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'netns-programs-'));
afterAll(() => rmSync(directory, { recursive: true })); // of the test file that imports this one

/** A directory for this test file; it is gone at its end. */
export function temporaryDirectory(name: string): string {
  return mkdtempSync(join(directory, `${name}-`));
}

/** Where the library looks for its native files from: `src/native` of the checkout, or a place beside other builds of them. */
const nativeHome = join(import.meta.dirname, '../../../src/native');

/** Bundles `NAME.ts` of this folder with the library into one file that any Node runs, and returns its path. */
export function bundleProgram(name: string, home: string = nativeHome): string {
  const outfile = join(temporaryDirectory('bundle'), `${name}.mjs`);
  // The program, not the library: that one leaves a service process running.
  execFileSync(createRequire(import.meta.url).resolve('esbuild/bin/esbuild'), [
    join(import.meta.dirname, `${name}.ts`),
    `--outfile=${outfile}`,
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--target=node20',
    `--define:import.meta.dirname=${JSON.stringify(home)}`,
    '--log-level=error',
  ]);
  return outfile;
}

export interface ProgramEnd {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs Node (or another program) to its end. */
export function run(program: string, args: readonly string[], options: SpawnOptions = {}): Promise<ProgramEnd> {
  return endOf(spawn(program, args, { timeout: 50_000, killSignal: 'SIGKILL', ...options }));
}

export function runNode(args: readonly string[], options: SpawnOptions = {}): Promise<ProgramEnd> {
  return run(process.execPath, args, options);
}

/** What a child process has said when it is gone. */
export function endOf(child: ChildProcess): Promise<ProgramEnd> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ stdout, stderr, exitCode, signal }));
  });
}
