import { subscribe } from '../../../../connection/subscribe.ts';
import { errnoMessage } from '../../../../errno.ts';
import { KernelError, NetlinkError } from '../../../../errors.ts';
import { failure } from '../exit.ts';
import type { Session } from '../session.ts';
import { Teller } from './tell.ts';
import { timestamp } from './timestamp.ts';
import { readMonitor } from './words.ts';

const ENOBUFS = 105;

/**
 * `ip monitor …`: tells of changes as they happen, until a signal ends it. Each is written at once, also into a pipe. When the socket
 * breaks, the exit code is 2.
 */
export async function monitor(session: Session, words: readonly string[]): Promise<number> {
  const { options } = session;
  const request = readMonitor(words, options.family);
  const events = subscribe({
    groups: request.groups,
    namespace: session.namespace?.fd,
    allNamespaces: request.allNamespaces,
    ...(options.receiveBuffer === undefined ? {} : { receiveBuffer: options.receiveBuffer }),
  });
  try {
    const teller = await Teller.open(session, request.device);
    for await (const event of events) {
      const now = (performance.timeOrigin + performance.now()) * 1000;
      if (event.kind === 'overrun') {
        session.warn(`netlink receive error ${errnoMessage(ENOBUFS)} (${ENOBUFS})\n`);
        continue;
      }
      const told = await teller.tell(event.declaration, event.type, event.value);
      if (told === undefined) continue;
      const when = options.timestamp ? timestamp(now, options.timestampShort) : '';
      const where = request.allNamespaces ? `[nsid ${event.nsid ?? 'current'}]` : '';
      session.output.write(`${when}${where}${request.labels ? `[${told.label}]` : ''}${told.text}\n`);
      session.output.flush();
    }
    return 0;
  } catch (error) {
    if (!(error instanceof KernelError) || error instanceof NetlinkError) throw error;
    throw failure(`netlink receive error ${errnoMessage(error.errno)} (${error.errno})`, 2);
  } finally {
    await events.return?.();
  }
}
