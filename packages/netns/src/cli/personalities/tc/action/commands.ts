import { type ActionMessage, action } from '../../../../netlink/families/route/action.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, NLM_F_ROOT } from '../../../../netlink/header.ts';
import { failure } from '../../ip/exit.ts';
import { isPrefix, Words } from '../../ip/words.ts';
import type { TrafficView } from '../actions/kind.ts';
import { actionKindOf, readActions, tellActions } from '../actions/list.ts';
import { next, number } from '../kinds/read.ts';
import { Say } from '../say.ts';
import type { TcSession } from '../session.ts';
import { list, talk } from '../talk.ts';

/** How each command changes, in the order in which `tc` compares its words. */
const changes: Readonly<Record<string, number>> = {
  add: NLM_F_EXCL | NLM_F_CREATE,
  change: NLM_F_CREATE | NLM_F_REPLACE,
  replace: NLM_F_CREATE | NLM_F_REPLACE,
};

const showing = ['list', 'show', 'lst', 'ls'];

/** TCA_FLAG_LARGE_DUMP_ON: all of them, not only as many as fit into an old answer. */
const largeDump = { value: 1, selector: 1 };

/** `tc actions …`. Several commands may stand behind each other. */
export function actionsCommand(session: TcSession, all: readonly string[]): number {
  const words = new Words(all);
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const change = Object.keys(changes).find((each) => isPrefix(word as string, each));
    if (change !== undefined) modify(session, words, changes[change] ?? 0);
    else if (isPrefix(word, 'delete')) byIndex(session, words, 'del');
    else if (isPrefix(word, 'get')) byIndex(session, words, 'get');
    else if (showing.some((each) => isPrefix(word as string, each))) show(session, words);
    else if (isPrefix(word, 'flush')) flush(session, words);
    else throw failure(`Command "${word}" is unknown, try "tc actions help".`, 255);
  }
  return 0;
}

function modify(session: TcSession, words: Words, flags: number): void {
  const tab = readActions(words, session);
  talk(session, action, 'new', { attributes: { tab } } as never, flags, 255);
}

/** `action KIND index NUMBER`, as often as it is there. */
function byIndex(session: TcSession, words: Words, verb: 'get' | 'del'): void {
  const tab: object[] = [];
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'action') continue;
    if (actionKindOf(word) === undefined) throw failure(`Error: non existent action: ${word}`, 255);
    const keyword = words.take();
    if (keyword === undefined || !isPrefix(keyword, 'index'))
      throw failure(`Error: no index specified action: ${word}`, 255);
    tab.push({ kind: word, index: number(next(words), 'index') });
  }
  const ending = 'We have an error talking to the kernel\nCommand "action" is unknown, try "tc actions help".';
  const answers = talk(session, action, verb, { attributes: { tab } } as never, 0, 255, ending);
  if (verb === 'get') print(session, answers, 1);
}

function kindFrom(words: Words): string {
  let word = words.take();
  if (word === 'action') word = words.take();
  if (word === undefined || actionKindOf(word) === undefined) throw failure(`bad action ${word ?? ''}`, 255);
  return word;
}

function show(session: TcSession, words: Words): void {
  const kind = kindFrom(words);
  const since = words.peek() === 'since';
  if (since) words.take();
  const timeDelta = since ? number(next(words), 'since') : undefined;
  const attributes = { tab: [{ kind }], flags: largeDump, timeDelta };
  list(session, action, { attributes } as never, 'list actions', 1, (messages, whole) =>
    print(session, messages, 0, whole),
  );
}

function flush(session: TcSession, words: Words): void {
  const attributes = { tab: [{ kind: kindFrom(words) }], flags: largeDump };
  talk(session, action, 'del', { attributes } as never, NLM_F_ROOT, 1, 'We have an error flushing');
}

/** A list is of two parts: how many there are, and what they are. */
function print(session: TcSession, messages: readonly ActionMessage[], first: number, whole = true): void {
  const said = messages.map((message) => tellActionMessage(message, session.traffic(), first));
  if (session.options.json)
    session.printJson(
      said.flatMap(({ total, actions }) => [total.members, actions.members]),
      whole,
    );
  else for (const { total, actions } of said) session.output.write(total.text + actions.text);
}

/** What an answer or an event says: how many, and which. */
export function tellActionMessage(
  { attributes: { tab = [], count } }: ActionMessage,
  view: TrafficView,
  first: number,
): { readonly total: Say; readonly actions: Say } {
  const total = new Say(view);
  total.value('total acts', 'total acts %\n', count ?? 0);
  const actions = new Say(view);
  tellActions(actions, tab, view, first, true);
  return { total, actions };
}
