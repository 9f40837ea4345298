import type { GenericConnection } from '../../../../connection/generic.ts';
import { hear } from '../../../../connection/hear.ts';
import { errnoMessage } from '../../../../errno.ts';
import { ENOBUFS } from '../../../../errno-numbers.ts';
import { genericFamilies } from '../../../../netlink/families/generic/families.ts';
import { type MptcpEventMessage, mptcpEvent } from '../../../../netlink/families/generic/mptcp.ts';
import { NETLINK_GENERIC } from '../../../../netlink/protocols.ts';
import { timestamp } from '../monitor/timestamp.ts';
import type { Session } from '../session.ts';
import { withMptcp } from './with-mptcp.ts';

/** MPTCP_EVENT_* (`linux/mptcp.h`). */
const events: Readonly<Record<number, string>> = {
  1: 'CREATED',
  2: 'ESTABLISHED',
  3: 'CLOSED',
  6: 'ANNOUNCED',
  7: 'REMOVED',
  10: 'SF_ESTABLISHED',
  11: 'SF_CLOSED',
  13: 'SF_PRIO',
  15: 'LISTENER_CREATED',
  16: 'LISTENER_CLOSED',
};

/** `ip mptcp monitor`: tells of connections and their paths, until a signal ends it. There is no JSON of it. */
export async function monitorMptcp(session: Session): Promise<number> {
  const { options } = session;
  const group = await withMptcp(session, groupOfEvents);
  const heard = hear(
    {
      protocol: NETLINK_GENERIC,
      groups: [group],
      namespace: session.namespace?.fd,
      ...(options.receiveBuffer === undefined ? {} : { receiveBuffer: options.receiveBuffer }),
    },
    { of: () => mptcpEvent },
  );
  for await (const event of heard) {
    const now = (performance.timeOrigin + performance.now()) * 1000;
    if (event.kind === 'overrun') {
      session.warn(`netlink receive error ${errnoMessage(ENOBUFS)} (${ENOBUFS})\n`);
      continue;
    }
    const when = options.timestamp ? timestamp(now, options.timestampShort) : '';
    session.output.write(`${when}${eventText(event.value as MptcpEventMessage)}\n`);
    session.output.flush();
  }
  return 0;
}

async function groupOfEvents(connection: GenericConnection): Promise<number> {
  return (await connection.groups(genericFamilies.mptcp.name)).get('mptcp_pm_events') ?? 0;
}

/** One line, without its end. */
export function eventText({ header, attributes }: MptcpEventMessage): string {
  const { token, remId, locId, flags, ifIdx, resetReason, resetFlags, ...rest } = attributes;
  const parts: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ['token', token === undefined ? undefined : hex(token).padStart(8, '0')],
    ['remid', remId],
    ['locid', locId],
    ['saddr4', rest.saddr4],
    ['saddr6', rest.saddr6],
    ['daddr4', rest.daddr4],
    ['daddr6', rest.daddr6],
    ['sport', rest.sport],
    ['dport', rest.dport],
    ['backup', rest.backup],
    ['error', rest.error],
    ['flags', flags === undefined ? undefined : hex(flags)],
    ['timeout', rest.timeout],
    ['ifindex', ifIdx],
    ['reset_reason', resetReason],
    ['reset_flags', resetFlags === undefined ? undefined : hex(resetFlags)],
  ];
  const name = events[header.command]?.padStart(14) ?? `UNKNOWN ${header.command}`;
  const said = parts.map(([word, value]) => (value === undefined ? '' : ` ${word}=${value}`));
  return `[${name}]${said.join('')}`;
}

const hex = (value: number) => value.toString(16);
