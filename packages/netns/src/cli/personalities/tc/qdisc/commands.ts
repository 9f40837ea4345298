import type { Declaration } from '../../../../connection/declaration.ts';
import { qdisc, trafficClass } from '../../../../netlink/families/route/qdisc.ts';
import { TC_H_INGRESS, TC_H_ROOT } from '../../../../netlink/families/route/tcmsg.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../../../../netlink/header.ts';
import { failure } from '../../ip/exit.ts';
import { isPrefix, Words } from '../../ip/words.ts';
import { next } from '../kinds/read.ts';
import type { TcSession } from '../session.ts';
import { list } from '../talk.ts';
import { classId, readClass, readQdisc } from './change.ts';
import { tellClass, tellQdisc } from './describe.ts';

/** How each command changes, in the order in which `tc` compares its words. */
const changes: readonly (readonly [word: string, verb: 'new' | 'del', flags: number])[] = [
  ['add', 'new', NLM_F_CREATE | NLM_F_EXCL],
  ['change', 'new', 0],
  ['replace', 'new', NLM_F_CREATE | NLM_F_REPLACE],
  ['link', 'new', NLM_F_REPLACE],
  ['delete', 'del', 0],
];

const showing = ['list', 'show', 'lst'];

/** `tc qdisc …`. */
export function qdiscCommand(session: TcSession, [word = 'show', ...rest]: readonly string[]): number {
  const words = new Words(rest);
  if (showing.some((each) => isPrefix(word, each))) return showQdiscs(session, words);
  const change = changes.find(([name]) => isPrefix(word, name));
  if (change === undefined) throw failure(`Command "${word}" is unknown, try "tc qdisc help".`);
  const { device, message } = readQdisc(words, session);
  return send(session, qdisc, change, device, message);
}

/** `tc class …`. */
export function classCommand(session: TcSession, [word = 'show', ...rest]: readonly string[]): number {
  const words = new Words(rest);
  if (showing.some((each) => isPrefix(word, each))) return showClasses(session, words);
  const change = changes.find(([name]) => name !== 'link' && isPrefix(word, name));
  if (change === undefined) throw failure(`Command "${word}" is unknown, try "tc class help".`);
  const { device, message } = readClass(words, session);
  if (device === undefined) throw failure('"dev" is required.', 255);
  return send(session, trafficClass, change, device, message);
}

function send<D extends Declaration>(
  session: TcSession,
  declaration: D,
  [, verb, flags]: (typeof changes)[number],
  device: string | undefined,
  message: object,
): number {
  const { header, attributes } = message as { header: object; attributes: object };
  const ifindex = device === undefined ? 0 : session.indexOf(device);
  const request = { header: { ...header, ifindex }, attributes } as never;
  session.connection.requestSync(declaration, verb as never, request, {
    operation: `change ${declaration.name}`,
    flags,
  });
  return 0;
}

function showQdiscs(session: TcSession, words: Words): number {
  let device: string | undefined;
  let parent: number | undefined;
  let handle: number | undefined;
  let invisible = false;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'dev') device = next(words);
    else if (word === 'root') parent = TC_H_ROOT;
    else if (word === 'ingress' || word === 'clsact') parent = TC_H_INGRESS;
    else if (isPrefix(word, 'parent')) parent = classId(next(words));
    else if (isPrefix(word, 'handle')) handle = classId(`${next(words).replace(/:$/, '')}:`);
    else if (isPrefix(word, 'invisible')) invisible = true;
    else throw failure(`What is "${word}"? Try "tc qdisc help".`);
  }
  const ifindex = device === undefined ? 0 : session.indexOf(device);
  const request = { header: { ifindex }, attributes: invisible ? { dumpInvisible: true } : {} };
  const view = session.view(device === undefined);
  list(session, qdisc, request as never, 'list qdiscs', 1, (messages, whole) => {
    const said = messages
      .filter(
        ({ header }) =>
          (device === undefined || header.ifindex === ifindex) &&
          (parent === undefined || header.parent === parent) &&
          (handle === undefined || header.handle === handle),
      )
      .map((message) => tellQdisc(message, view));
    session.print(said, whole);
  });
  return 0;
}

function showClasses(session: TcSession, words: Words): number {
  let device: string | undefined;
  let parent = 0;
  let only: number | undefined;
  let own: number | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'dev') device = next(words);
    else if (isPrefix(word, 'qdisc')) own = classId(`${next(words).replace(/:$/, '')}:`);
    else if (isPrefix(word, 'classid')) only = classId(next(words));
    else if (word === 'root') parent = TC_H_ROOT;
    else if (isPrefix(word, 'parent')) parent = classId(next(words));
    else throw failure(`What is "${word}"? Try "tc class help".`);
  }
  if (device === undefined) throw failure('"dev" is required.', 255);
  const view = session.view(false);
  const header = { ifindex: session.indexOf(device), parent };
  list(session, trafficClass, { header }, 'list classes', 1, (messages) => {
    for (const message of messages) {
      const { handle } = message.header;
      if (own !== undefined && ((handle ^ own) & 0xffff_0000) !== 0) continue;
      if (only !== undefined && handle !== only) continue;
      session.output.write(tellClass(message, view));
    }
  });
  return 0;
}
