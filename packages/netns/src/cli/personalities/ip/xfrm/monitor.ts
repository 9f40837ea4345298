import { hear } from '../../../../connection/hear.ts';
import { errnoMessage } from '../../../../errno.ts';
import { ENOBUFS } from '../../../../errno-numbers.ts';
import { xfrmMessages } from '../../../../netlink/families/xfrm/messages.ts';
import {
  xfrmAcquire,
  xfrmAsyncEvent,
  xfrmMapping,
  xfrmPolicy,
  xfrmPolicyDefault,
  xfrmPolicyExpired,
  xfrmPolicyFlush,
  xfrmPolicyGone,
  xfrmReport,
  xfrmState,
  xfrmStateExpired,
  xfrmStateFlush,
  xfrmStateGone,
} from '../../../../netlink/families/xfrm/xfrm.ts';
import { NLMSG_HDRLEN } from '../../../../netlink/header.ts';
import { NETLINK_XFRM } from '../../../../netlink/protocols.ts';
import type { Out } from '../../../../wire/shape.ts';
import { DeviceNames } from '../device-names.ts';
import { misuse } from '../exit.ts';
import { timestamp } from '../monitor/timestamp.ts';
import { contentOf, messagesOf } from '../saved/read.ts';
import type { Command, Session } from '../session.ts';
import { isPrefix, Words } from '../words.ts';
import { acquireText, asyncEventText, mappingText, reportText } from './event-describe.ts';
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
/** With the one that has no word: XFRMNLGRP_MAPPING. */
const everything = [...groups.values(), 8];

/** `ip xfrm monitor …`: tells of changes until a signal ends it. */
export const monitor: Command = async (session, list) => {
  const wanted = new Set<number>();
  let hidden = false;
  let allNamespaces = false;
  let file: string | undefined;
  const words = new Words(list);
  for (let given = words.take(); given !== undefined; given = words.take()) {
    const word = given;
    const group = [...groups.keys()].find((name) => isPrefix(word, name));
    if (isPrefix(word, 'file')) file = words.value();
    else if (word === 'nokeys') hidden = true;
    else if (isPrefix(word, 'all') || isPrefix(word, 'all-nsid')) allNamespaces ||= word.length > 'all'.length;
    else if (group !== undefined) wanted.add(groups.get(group) ?? 0);
    else if (isPrefix(word, 'help')) monitorHelp();
    else throw misuse(`Argument "${word}" is unknown, try "ip xfrm monitor help".\n`);
  }
  const showing = { hidden, devices: new DeviceNames(await session.connection()) };
  if (file !== undefined) return tellFile(session, file, showing);
  const { options } = session;
  const events = hear(
    {
      protocol: NETLINK_XFRM,
      groups: wanted.size === 0 ? everything : [...wanted],
      namespace: session.namespace?.fd,
      allNamespaces,
      ...(options.receiveBuffer === undefined ? {} : { receiveBuffer: options.receiveBuffer }),
    },
    xfrmMessages,
  );
  for await (const event of events) {
    if (event.kind === 'overrun') {
      session.warn(`netlink receive error ${errnoMessage(ENOBUFS)} (${ENOBUFS})\n`);
      continue;
    }
    const text = eventText(session, event.declaration.name, event.type, event.value, showing);
    if (text !== undefined) say(session, text, allNamespaces ? `[nsid ${event.nsid ?? 'current'}]` : '');
  }
  return 0;
};

function say(session: Session, text: string, where = ''): void {
  const { options, output } = session;
  const now = (performance.timeOrigin + performance.now()) * 1000;
  const when = options.timestamp ? timestamp(now, options.timestampShort) : '';
  output.write(`${when}${where}${text}`);
  output.flush();
}

/** Tells of the messages in a file. */
function tellFile(session: Session, path: string, showing: Showing): number {
  for (const { type, flags, payload } of messagesOf(contentOf(path), 0, 1)) {
    const declaration = xfrmMessages.of(type, NETLINK_XFRM);
    const text = declaration && eventText(session, declaration.name, type, declaration.decode(payload), showing);
    say(session, text ?? unknownText(type, flags, NLMSG_HDRLEN + payload.length));
  }
  return 0;
}

/** What is no event; nothing is said of messages that are about messages (NLMSG_NOOP, NLMSG_ERROR, NLMSG_DONE). */
function unknownText(type: number, flags: number, length: number): string {
  if (type >= 1 && type <= 3) return '';
  const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;
  return `Unknown message: ${String(length).padStart(8, '0')} ${hex(type)} ${hex(flags)}\n`;
}

/** What there is to say of an event, to the end of its line. */
function eventText(session: Session, name: string, type: number, value: unknown, showing: Showing): string | undefined {
  if (name === xfrmAsyncEvent.name) return asyncEventText(value as Out<typeof xfrmAsyncEvent>);
  if (name === xfrmMapping.name) return mappingText(value as Out<typeof xfrmMapping>);
  const text = changeText(session, name, type, value, showing);
  return text && `${text}${session.options.oneline ? '\n' : ''}`;
}

/** With `-oneline` one line of all, whose end comes behind. */
function changeText(
  session: Session,
  name: string,
  type: number,
  value: unknown,
  showing: Showing,
): string | undefined {
  const newline = session.options.oneline ? '\\' : '\n';
  const { devices } = showing;
  switch (name) {
    case xfrmAcquire.name:
      return acquireText(session, value as Out<typeof xfrmAcquire>, devices);
    case xfrmReport.name:
      return reportText(session, value as Out<typeof xfrmReport>, devices);
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
