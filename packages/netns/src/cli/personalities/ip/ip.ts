import { defaultRunDirectory as runDirectory } from '../../../namespaces/name-directory.ts';
import type { Namespace } from '../../../namespaces/namespace.ts';
import { Exit, misuse } from './exit.ts';
import { type Io, ReaderGone } from './io.ts';
import { runObject } from './objects.ts';
import { parseOptions } from './options.ts';
import { Output } from './output.ts';
import { exitOf } from './report.ts';
import { Session } from './session.ts';
import { namespaceForOption } from './switch-namespace.ts';
import { usage } from './usage.ts';
import { versionLine } from './version.ts';

/**
 * Runs `ip` with the words behind the program's name and returns its exit code: 0, 1 (could not), 2 (the kernel
 * refused) or 255 (wrong words).
 */
export async function runIp(argv: readonly string[], io: Io): Promise<number> {
  const output = new Output(io.stdout);
  try {
    const code = await run(argv, io, output);
    output.flush();
    return code;
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    const exit = exitOf(error);
    output.flush();
    io.stderr.write(exit.message);
    return exit.code;
  }
}

async function run(argv: readonly string[], io: Io, output: Output): Promise<number> {
  let namespace: Namespace | undefined;
  const entered: string[] = [];
  const { options, rest } = await parseOptions(argv, {
    enterNamespace: async (name) => {
      const next = await namespaceForOption(name, runDirectory, io.names);
      namespace?.close();
      namespace = next;
      if (name !== undefined) entered.push(name);
    },
    printVersion: () => {
      output.write(`${versionLine}\n`);
      throw new Exit('', 0, true);
    },
  });
  const batch = options.batch !== undefined;
  const hosts = options.resolve ? await hostNames(namespace, entered.at(-1)) : undefined;
  using session = new Session({ io, options, output, runDirectory, namespace, entered, batch, hosts });
  if (options.batch !== undefined) {
    const { runBatch } = await import('./batch/run.ts');
    return await runBatch(session, options.batch); // the session must outlive it
  }
  if (io.name.length > 2) {
    const code = await runImplied(session, io.name.slice(2), rest);
    if (code !== 1) return code;
  }
  const [object, ...words] = rest;
  if (object === undefined) throw misuse(usage);
  return await runObject(session, object, words);
}

/** With `-netns`, names are those that a program has there. */
async function hostNames(namespace: Namespace | undefined, name = '') {
  const { HostNames } = await import('../../../process/host-names.ts');
  return new HostNames(namespace && { namespace, name });
}

/** Called as `ipnetns`, the object is in the name; only if that fails are the words read in the usual way. */
async function runImplied(session: Session, object: string, words: readonly string[]): Promise<number> {
  try {
    return await runObject(session, object, words, { quiet: true });
  } catch (error) {
    const exit = exitOf(error);
    if (exit.code !== 1) throw exit;
    session.warn(exit.message);
    return 1;
  }
}
