import { KernelError } from '../errors.ts';
import type { RunDirectoryOptions } from '../namespaces/name-directory.ts';
import { openNamespace } from '../namespaces/reference.ts';
import { etcDirectory } from '../process/exec.ts';
import { execIn } from '../process/spawn.ts';
import { statusOf, statusOfFailure } from './exit-status.ts';

/** What became of a command, for a program. */
export interface Outcome {
  readonly name: string;
  /** As a shell gives it; 125, 126 and 127 if the command did not run, and then `error` says why. */
  readonly status: number;
  readonly signal?: string | undefined;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Runs a command in a named namespace and collects its output; that it cannot be run is an outcome, too. */
export async function runCaptured(
  name: string,
  command: string,
  args: readonly string[],
  mounts: boolean,
  place: RunDirectoryOptions,
): Promise<Outcome> {
  try {
    using namespace = openNamespace(name, 'net', place);
    const { exitCode, signal, stdout, stderr } = await execIn(namespace, command, args, {
      mounts,
      etc: `${etcDirectory}/${name}`,
    });
    return { name, status: statusOf(exitCode, signal), signal, stdout, stderr };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const { code, message } = error;
    return { name, status: statusOfFailure(error), error: { code, message } };
  }
}
