import { errnoMessage } from '../../../../errno.ts';
import { KernelError } from '../../../../errors.ts';
import { listNames } from '../../../../namespaces/names.ts';
import { etcDirectory, execInPlace, runAsChild } from '../../../../process/exec.ts';
import { planEnter } from '../../../../process/plan/enter-named.ts';
import { ipFailures, nsexecWords } from '../../../../process/plan/failure-style.ts';
import { Exit, failure } from '../exit.ts';
import type { Session } from '../session.ts';

/** `ip netns exec NAME cmd …`: this process becomes cmd, except in a batch. `ip -all netns exec cmd …` runs it for each name. */
export async function exec(session: Session, words: readonly string[]): Promise<number> {
  if (session.options.all) return execInAll(session, words);
  const [name, ...command] = words;
  if (name === undefined) throw failure('No netns name specified');
  if (command.length === 0) throw failure('No command specified');
  const plan = planFor(session, name, command);
  if (session.batch) return runBeside(session, plan);
  session.output.flush();
  return execInPlace(plan, session.io.env, session.io.softFileLimit);
}

/** Each name in turn, whatever becomes of the commands; only one that a signal ended stops the rest. */
async function execInAll(session: Session, command: readonly string[]): Promise<number> {
  if (command.length === 0) throw failure('No command specified');
  for (const { name } of names(session)) {
    session.output.write(`\nnetns: ${name}\n`);
    await runBeside(session, planFor(session, name, command));
  }
  return 0;
}

function names(session: Session) {
  const { runDirectory } = session;
  try {
    return listNames({ runDirectory });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    session.warn(`Failed to open directory ${runDirectory}: ${errnoMessage(error.errno)}\n`);
    return [];
  }
}

/** The exit code of the command. Throws Exit, which says nothing and ends a batch, when a signal ended it. */
async function runBeside(session: Session, plan: readonly string[]): Promise<number> {
  session.output.flush();
  const { exitCode, signal } = await runAsChild(plan);
  if (signal !== null) throw new Exit('', 1, true);
  return exitCode ?? 1;
}

/** The namespaces of `-netns` are entered first, one after the other, as if `ip` had entered them itself. */
function planFor(session: Session, name: string, [command = '', ...args]: readonly string[]): string[] {
  const steps = [...session.entered, name].flatMap((each) =>
    planEnter({ from: { path: `${session.runDirectory}/${each}` }, name: each, etc: `${etcDirectory}/${each}` }),
  );
  return nsexecWords(steps, ipFailures, command, args);
}
