import { errnoMessage } from '../../../../errno.ts';
import { KernelError } from '../../../../errors.ts';
import { monitorNames } from '../../../../namespaces/monitor.ts';
import { failure } from '../exit.ts';
import type { Session } from '../session.ts';

/**
 * `ip netns monitor`: a line for each name that appears or goes, until a signal ends it.
 *
 * `add` is told when the file appears, which is before the name can be used. Each line is written at once, also into
 * a pipe, where `ip` keeps back what it has to say.
 */
export async function monitor(session: Session): Promise<number> {
  try {
    for await (const { event, name } of monitorNames({ runDirectory: session.runDirectory })) {
      if (event === 'ready') continue;
      session.output.write(`${event} ${name}\n`);
      session.output.flush();
    }
    return 0;
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const what = error.syscall === 'inotify_init1' ? 'inotify_init' : error.syscall;
    throw failure(`${what} failed: ${errnoMessage(error.errno)}`);
  }
}
