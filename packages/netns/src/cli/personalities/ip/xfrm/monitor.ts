import { subscribe } from '../../../../connection/subscribe.ts';
import { errnoMessage } from '../../../../errno.ts';
import { ENOBUFS } from '../../../../errno-numbers.ts';
import {
  xfrmPolicy,
  xfrmPolicyDefault,
  xfrmPolicyExpired,
  xfrmPolicyFlush,
  xfrmPolicyGone,
  xfrmState,
  xfrmStateExpired,
  xfrmStateFlush,
  xfrmStateGone,
} from '../../../../netlink/families/xfrm/xfrm.ts';
import { NETLINK_XFRM } from '../../../../netlink/protocols.ts';
import type { Out } from '../../../../wire/shape.ts';
import { DeviceNames } from '../device-names.ts';
import { misuse } from '../exit.ts';
import { timestamp } from '../monitor/timestamp.ts';
import type { Command, Session } from '../session.ts';
import { isPrefix } from '../words.ts';
import { defaultsText } from './policy-defaults.ts';
import { policyText, policyTypes } from './policy-describe.ts';
import { type Showing, stateText } from './state-describe.ts';
import { monitorHelp } from './usage.ts';
import { protocolText } from './values.ts';

/** XFRMNLGRP_* by the words for them, in the order in which `ip` compares them. */
const groups = new Map([
  ['acquire', 1],
  ['expire', 2],
  ['SA', 3],
  ['aevent', 5],
  ['policy', 4],
  ['report', 6],
]);

/** `ip xfrm monitor …`: tells of changes until a signal ends it. */
export const monitor: Command = async (session, list) => {
  const wanted = new Set<number>();
  let hidden = false;
  let allNamespaces = false;
  for (const word of list) {
    const group = [...groups.keys()].find((name) => isPrefix(word, name));
    if (word === 'nokeys') hidden = true;
    else if (isPrefix(word, 'all') || isPrefix(word, 'all-nsid')) allNamespaces ||= word.length > 'all'.length;
    else if (group !== undefined) wanted.add(groups.get(group) ?? 0);
    else if (isPrefix(word, 'help')) monitorHelp();
    else throw misuse(`Argument "${word}" is unknown, try "ip xfrm monitor help".\n`);
  }
  const { options } = session;
  const events = subscribe({
    protocol: NETLINK_XFRM,
    groups: wanted.size === 0 ? [...groups.values()] : [...wanted],
    namespace: session.namespace?.fd,
    allNamespaces,
    ...(options.receiveBuffer === undefined ? {} : { receiveBuffer: options.receiveBuffer }),
  });
  const showing = { hidden, devices: new DeviceNames(await session.connection()) };
  for await (const event of events) {
    const now = (performance.timeOrigin + performance.now()) * 1000;
    if (event.kind === 'overrun') {
      session.warn(`netlink receive error ${errnoMessage(ENOBUFS)} (${ENOBUFS})\n`);
      continue;
    }
    const text = eventText(session, event.declaration.name, event.type, event.value, showing);
    if (text === undefined) continue;
    const when = options.timestamp ? timestamp(now, options.timestampShort) : '';
    const where = allNamespaces ? `[nsid ${event.nsid ?? 'current'}]` : '';
    session.output.write(`${when}${where}${text}${options.oneline ? '\n' : ''}`);
    session.output.flush();
  }
  return 0;
};

/** What there is to say of a change. */
function eventText(session: Session, name: string, type: number, value: unknown, showing: Showing): string | undefined {
  const newline = session.options.oneline ? '\\' : '\n';
  const { devices } = showing;
  switch (name) {
    case xfrmState.name: {
      const text = stateText(session, value as Out<typeof xfrmState>, showing);
      return type === xfrmState.types.upd ? `Updated ${text}` : text;
    }
    case xfrmStateGone.name: {
      const { attributes } = value as Out<typeof xfrmStateGone>;
      if (attributes.sa === undefined) return undefined;
      return `Deleted ${stateText(session, { header: attributes.sa, attributes }, showing)}`;
    }
    case xfrmStateExpired.name: {
      const { header, attributes } = value as Out<typeof xfrmStateExpired>;
      return `Expired ${stateText(session, { header: header.state, attributes }, showing)}	hard ${header.hard}${newline}`;
    }
    case xfrmStateFlush.name:
      return `Flushed state proto ${protocolText((value as Out<typeof xfrmStateFlush>).header.proto)}${newline}`;
    case xfrmPolicy.name: {
      const text = policyText(session, value as Out<typeof xfrmPolicy>, devices);
      return type === xfrmPolicy.types.upd ? `Updated ${text}` : text;
    }
    case xfrmPolicyGone.name: {
      const { attributes } = value as Out<typeof xfrmPolicyGone>;
      if (attributes.policy === undefined) return undefined;
      return `Deleted ${policyText(session, { header: attributes.policy, attributes }, devices)}`;
    }
    case xfrmPolicyExpired.name: {
      const { header, attributes } = value as Out<typeof xfrmPolicyExpired>;
      return `Expired ${policyText(session, { header: header.pol, attributes }, devices)}	hard ${header.hard}${newline}`;
    }
    case xfrmPolicyFlush.name: {
      const { policyType } = (value as Out<typeof xfrmPolicyFlush>).attributes;
      const sort = policyType === undefined ? '' : `ptype ${policyTypes[policyType.type as 0] ?? policyType.type} `;
      return `Flushed policy ${sort}${newline}`;
    }
    case xfrmPolicyDefault.name:
      return defaultsText(value as Out<typeof xfrmPolicyDefault>);
    default:
      return undefined;
  }
}
