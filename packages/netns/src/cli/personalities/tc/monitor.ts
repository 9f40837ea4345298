import { hear } from '../../../connection/hear.ts';
import { errnoMessage } from '../../../errno.ts';
import { ENOBUFS } from '../../../errno-numbers.ts';
import { type ActionMessage, action } from '../../../netlink/families/route/action.ts';
import { chain, filter } from '../../../netlink/families/route/filter.ts';
import { qdisc, trafficClass } from '../../../netlink/families/route/qdisc.ts';
import { shapingMessages } from '../../../netlink/families/route/shaping-messages.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, NLM_F_ROOT } from '../../../netlink/header.ts';
import { failure, misuse } from '../ip/exit.ts';
import { recordedAt, timestamp } from '../ip/monitor/timestamp.ts';
import { contentOf, messagesOf, timeOfNext } from '../ip/saved/read.ts';
import { Words } from '../ip/words.ts';
import { tellActionMessage } from './action/commands.ts';
import { type Change, tellChain, tellFilter } from './filter/describe.ts';
import { tellClass, tellQdisc } from './qdisc/describe.ts';
import type { TcSession } from './session.ts';

/** RTNLGRP_TC. */
const group = 4;

/** An event, as far as it is for here. */
interface Heard {
  readonly declaration: { readonly name: string };
  readonly type: number;
  readonly flags: number;
  readonly value: unknown;
}

/** `tc monitor`: tells of changes as they happen, until a signal ends it. Each is written at once, also into a pipe. There is no JSON of it. */
export async function monitorCommand(session: TcSession, list: readonly string[]): Promise<number> {
  const words = new Words(list);
  let file: string | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'file') file = words.value();
    else if (word === 'help') throw misuse('Usage: tc [-timestamp [-tshort] monitor\n');
    else throw misuse(`Argument "${word}" is unknown, try "tc monitor help".\n`);
  }
  if (file !== undefined) return tellFile(session, file);
  const events = hear({ groups: [group], namespace: session.namespace?.fd }, shapingMessages);
  try {
    for await (const event of events) {
      if (event.kind === 'overrun') throw failure(`netlink receive error ${errnoMessage(ENOBUFS)} (${ENOBUFS})`, 2);
      tell(session, event, (performance.timeOrigin + performance.now()) * 1000);
    }
    return 0;
  } finally {
    await events.return?.();
  }
}

/** Tells of what `rtmon` wrote to a file. */
function tellFile(session: TcSession, path: string): number {
  for (const { type, payload } of messagesOf(contentOf(path), 0, 1)) {
    const view = new DataView(payload.buffer, payload.byteOffset);
    const declaration = shapingMessages.of(type);
    if (type === timeOfNext && payload.length >= 8)
      session.output.write(recordedAt(view.getUint32(0, true), view.getUint32(4, true)));
    else if (declaration !== undefined)
      tell(session, { declaration, type, flags: 0, value: declaration.decode(payload) }, Date.now() * 1000);
  }
  return 0;
}

function tell(session: TcSession, heard: Heard, now: number): void {
  const text = textOf(session, heard);
  if (text === undefined) return;
  const { timestamp: stamped, timestampShort } = session.options;
  session.output.write(`${stamped ? timestamp(now, timestampShort) : ''}${text}`);
  session.output.flush();
}

/** In the words of what it is about; undefined for what is none of it. */
export function textOf(session: Pick<TcSession, 'traffic' | 'view'>, heard: Heard): string | undefined {
  const { declaration, type, flags } = heard;
  const value = heard.value as never;
  switch (declaration.name) {
    case qdisc.name:
      return tellQdisc(value, session.view(true), type === qdisc.types.del).text;
    case trafficClass.name:
      return tellClass(value, session.view(true), type === trafficClass.types.del);
    case filter.name:
      return tellFilter(value, session.traffic(), {}, changeOf(flags, type === filter.types.del)).text;
    case chain.name:
      return tellChain(value, session.traffic(), {}, changeOf(flags, type === chain.types.del)).text;
    case action.name:
      return actionText(session, value, type, flags);
    default:
      return undefined;
  }
}

function changeOf(flags: number, deleted: boolean): Change {
  if (deleted) return 'deleted';
  if ((flags & NLM_F_CREATE) === 0) return undefined;
  return (flags & NLM_F_EXCL) === 0 ? 'replaced' : 'added';
}

/** What was done stands between how many there are and which. */
function actionText(session: Pick<TcSession, 'traffic'>, message: ActionMessage, type: number, flags: number): string {
  const { total, actions } = tellActionMessage(message, session.traffic(), 1);
  if (type === action.types.del && (flags & NLM_F_ROOT) !== 0) return total.text + flushed(message);
  return total.text + doneTo(type, flags) + actions.text;
}

/** How many are gone stands where of an action its cookie would. */
function flushed({ attributes: { tab: [first] = [] } }: ActionMessage): string {
  const { kind, name, cookie } = (first ?? {}) as {
    readonly kind?: string;
    readonly name?: string;
    readonly cookie?: Uint8Array;
  };
  const count = cookie === undefined ? 0 : new DataView(cookie.buffer, cookie.byteOffset).getUint32(0, true);
  return `Flushed table  ${kind === 'other' ? name : kind} (${count} entries)\n`;
}

function doneTo(type: number, flags: number): string {
  if (type === action.types.del) return 'Deleted action ';
  if (type !== action.types.new || (flags & NLM_F_CREATE) === 0) return '';
  return (flags & NLM_F_REPLACE) === 0 ? 'Added action ' : 'Replaced action ';
}
