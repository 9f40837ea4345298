import { hear } from '../../../../connection/hear.ts';
import { errnoMessage } from '../../../../errno.ts';
import { ENOBUFS } from '../../../../errno-numbers.ts';
import { KernelError, NetlinkError } from '../../../../errors.ts';
import { networkMessages } from '../../../../netlink/families/route/network-messages.ts';
import { failure } from '../exit.ts';
import { contentOf, messagesOf, timeOfNext } from '../saved/read.ts';
import type { Session } from '../session.ts';
import { Teller, type Told } from './tell.ts';
import { recordedAt, timestamp } from './timestamp.ts';
import { type MonitorRequest, readMonitor } from './words.ts';

/**
 * `ip monitor …`: tells of changes as they happen, until a signal ends it. Each is written at once, also into a pipe. When the socket
 * breaks, the exit code is 2.
 */
export async function monitor(session: Session, words: readonly string[]): Promise<number> {
  const { options } = session;
  const request = readMonitor(words, options.family);
  if (request.file !== undefined) return tellFile(session, request, request.file);
  const events = hear(
    {
      groups: request.groups,
      onlyKnown: true,
      namespace: session.namespace?.fd,
      allNamespaces: request.allNamespaces,
      ...(options.receiveBuffer === undefined ? {} : { receiveBuffer: options.receiveBuffer }),
    },
    networkMessages,
  );
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
      say(session, request, told, now, request.allNamespaces ? `[nsid ${event.nsid ?? 'current'}]` : '');
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

function say(session: Session, { labels }: MonitorRequest, told: Told, now: number, where = ''): void {
  const { options, output } = session;
  const when = options.timestamp ? timestamp(now, options.timestampShort) : '';
  output.write(`${when}${where}${labels ? `[${told.label}]` : ''}${told.text}\n`);
}

/** Tells of what `rtmon` wrote to a file. */
async function tellFile(session: Session, request: MonitorRequest, path: string): Promise<number> {
  const teller = await Teller.open(session, request.device);
  for (const { type, payload } of messagesOf(contentOf(path), 0, 1)) {
    if (type === timeOfNext && payload.length >= 8) {
      const view = new DataView(payload.buffer, payload.byteOffset);
      session.output.write(recordedAt(view.getUint32(0, true), view.getUint32(4, true)));
      continue;
    }
    const declaration = networkMessages.of(type);
    const told = declaration && (await teller.tell(declaration, type, declaration.decode(payload)));
    if (told !== undefined) say(session, request, told, Date.now() * 1000);
  }
  return 0;
}
