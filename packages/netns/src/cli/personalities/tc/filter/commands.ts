import { chain, filter } from '../../../../netlink/families/route/filter.ts';
import { qdisc } from '../../../../netlink/families/route/qdisc.ts';
import { TCM_IFINDEX_MAGIC_BLOCK } from '../../../../netlink/families/route/tcmsg.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../../../netlink/header.ts';
import { dumpOf } from '../../ip/dump.ts';
import { failure } from '../../ip/exit.ts';
import { isPrefix, Words } from '../../ip/words.ts';
import type { Say } from '../say.ts';
import type { TcSession } from '../session.ts';
import { list, talk } from '../talk.ts';
import { type FilterPlace, headerOf, readFilter, readPlace } from './change.ts';
import { type Asked, tellChain, tellFilter } from './describe.ts';

const showing = ['show', 'list', 'lst', 'ls'];

/** How each command changes, in the order in which `tc` compares its words. */
const changes: Readonly<Record<string, readonly [verb: 'new' | 'del', flags: number]>> = {
  add: ['new', NLM_F_CREATE | NLM_F_EXCL],
  change: ['new', 0],
  replace: ['new', NLM_F_CREATE],
  delete: ['del', 0],
};

/** `tc filter …`. */
export function filterCommand(session: TcSession, [word = 'show', ...rest]: readonly string[]): number {
  const words = new Words(rest);
  const name = Object.keys(changes).find((each) => isPrefix(word, each));
  if (name !== undefined) {
    const [verb, flags] = changes[name] as (typeof changes)[string];
    const { place, message } = readFilter(words, session, (flags & NLM_F_CREATE) !== 0);
    send(session, filter, verb, flags, place, message);
    return 0;
  }
  if (isPrefix(word, 'get')) return getFilter(session, words);
  if (showing.some((each) => isPrefix(word, each))) return show(session, words, filter, 'filter', tellFilter as Tell);
  throw failure(`Command "${word}" is unknown, try "tc filter help".`, 255);
}

/** `tc chain …`. */
export function chainCommand(session: TcSession, [word = 'show', ...rest]: readonly string[]): number {
  const words = new Words(rest);
  if (isPrefix(word, 'add') || isPrefix(word, 'delete')) {
    const adds = isPrefix(word, 'add');
    const { place, message } = readFilter(words, session, false);
    send(session, chain, adds ? 'new' : 'del', adds ? NLM_F_CREATE | NLM_F_EXCL : 0, place, message);
    return 0;
  }
  if (isPrefix(word, 'get')) return getChain(session, words);
  if (showing.some((each) => isPrefix(word, each))) return show(session, words, chain, 'chain', tellChain as Tell);
  throw failure(`Command "${word}" is unknown, try "tc chain help".`, 255);
}

type Tell = (message: never, view: ReturnType<TcSession['traffic']>, asked: Asked) => Say;
type Kind = typeof filter | typeof chain;

function send(
  session: TcSession,
  declaration: Kind,
  verb: 'new' | 'del',
  flags: number,
  place: FilterPlace,
  message: object,
): void {
  talk(session, declaration, verb, located(session, place, message), flags);
}

/** With the number of the device that was named. Throws Exit. */
function located(session: TcSession, { device, block }: FilterPlace, message: object): never {
  if (device !== undefined && block !== undefined)
    throw failure('Error: "dev" and "block" are mutually exclusive', 255);
  if (device === undefined) return message as never;
  const { header, ...rest } = message as { header: object };
  return { ...rest, header: { ...header, ifindex: session.indexOf(device) } } as never;
}

function getFilter(session: TcSession, words: Words): number {
  const { place, message } = readFilter(words, session, false);
  if (place.protocol === undefined) throw failure('Must specify filter protocol', 255);
  if (place.priority === 0) throw failure('Must specify filter priority', 255);
  if (place.parent === 0 && place.block === undefined) throw failure('Must specify filter parent', 255);
  if (place.kind === undefined) throw failure('Must specify filter type', 255);
  if (place.device === undefined && place.block === undefined)
    throw failure('Must specify netdevice "dev" or block index "block"', 255);
  if (place.handle === undefined) throw failure('Must specify filter "handle"', 255);
  return tellAnswers(session, filter, place, message, tellFilter as Tell);
}

function getChain(session: TcSession, words: Words): number {
  const place = readPlace(words);
  if (place.kind !== undefined) throw failure(`What is "${place.kind}"?`);
  if (place.chain === undefined) throw failure('Must specify "chain"', 255);
  const message = { header: headerOf(place, place.protocol ?? 0), attributes: { chain: place.chain } };
  return tellAnswers(session, chain, place, message, tellChain as Tell);
}

function tellAnswers(session: TcSession, declaration: Kind, place: FilterPlace, message: object, tell: Tell): number {
  const answers = talk(session, declaration, 'get', located(session, place, message), 0);
  const index = place.device === undefined ? TCM_IFINDEX_MAGIC_BLOCK : session.indexOf(place.device);
  // tc has asked for one, so it tells all of it, but for its device.
  session.print(answers.map((answer) => tell(answer as never, session.traffic(), { index })));
  return 0;
}

function show(session: TcSession, words: Words, declaration: Kind, name: string, tell: Tell): number {
  const place = readPlace(words);
  if (place.kind !== undefined) throw failure(` What is "${place.kind}"? Try "tc ${name} help"`, 255);
  if (place.block !== undefined) mustBeThere(session, place.block);
  const header = headerOf(place, place.protocol ?? 0);
  const { chain: number } = place;
  const request = located(session, place, { header, attributes: number === undefined ? {} : { chain: number } });
  const index =
    place.device === undefined
      ? place.block === undefined
        ? undefined
        : TCM_IFINDEX_MAGIC_BLOCK
      : session.indexOf(place.device);
  const asked = {
    index,
    parent: place.parent,
    protocol: place.protocol,
    priority: place.priority,
    chain: number,
  };
  const view = session.traffic();
  list(session, declaration, request, `list ${name}s`, 1, (messages, whole) =>
    session.print(
      messages.map((message) => tell(message as never, view, asked)),
      whole,
    ),
  );
  return 0;
}

/** The kernel has an empty list for a block that nobody has; `tc` says so. Throws Exit. */
function mustBeThere(session: TcSession, block: number): void {
  const users = dumpOf(session.connection, qdisc, {}, 'list qdiscs');
  if (users.some(({ attributes }) => attributes.ingressBlock === block || attributes.egressBlock === block)) return;
  throw failure(`Cannot find block "${block}"`);
}
