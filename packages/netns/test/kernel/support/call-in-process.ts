import type { SpawnOptions } from 'node:child_process';
import { expect } from 'vitest';
import type { CallOutcome } from './call.ts';
import { bundleProgram, run } from './run.ts';

let bundle: string | undefined;

/** The words that run `call.ts`. */
export function callWords(...calls: readonly (readonly unknown[])[]): [node: string, ...args: string[]] {
  bundle ??= bundleProgram('call');
  return [process.execPath, bundle, JSON.stringify(calls)];
}

/** Calls functions of the library in another process; `prefix` is a program, with its arguments, that starts it. */
export async function callInProcess(
  prefix: readonly string[],
  calls: readonly (readonly unknown[])[],
  options: SpawnOptions = {},
): Promise<CallOutcome[]> {
  const [program = '', ...args] = [...prefix, ...callWords(...calls)];
  const { stdout, ...end } = await run(program, args, options);
  expect(end).toEqual({ stderr: '', exitCode: 0, signal: null });
  return JSON.parse(stdout);
}

/** Root, but with no capability: an ordinary user for all that namespaces care. */
export const withoutCapabilities: readonly string[] = ['setpriv', '--inh-caps=-all', '--bounding-set=-all', '--'];
