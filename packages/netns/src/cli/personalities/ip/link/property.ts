import { linkProperty } from '../../../../netlink/families/route/link.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../../../netlink/header.ts';
import { duplicateOrGarbage, invalidArgument, misuse, noSuchDevice } from '../exit.ts';
import { type Grammar, readOptions } from '../grammar.ts';
import type { Session } from '../session.ts';
import { isPrefix, Words } from '../words.ts';
import { Lookup } from './lookup.ts';
import { isDeviceWord } from './names.ts';
import { linkHelp } from './usage.ts';

interface Draft {
  device?: string;
  readonly names: string[];
}

const grammar: Grammar<Draft, undefined> = {
  rows: [
    {
      words: 'altname*',
      apply: ({ names }, take) => {
        const word = take();
        if (!isDeviceWord(word)) throw invalidArgument(word, 'not a valid altname');
        names.push(word);
      },
    },
  ],
  otherwise(draft, word, take) {
    if (word !== 'dev' && isPrefix(word, 'help')) linkHelp();
    const device = word === 'dev' ? take() : word;
    if (draft.device !== undefined) throw duplicateOrGarbage('dev', device);
    draft.device = device;
  },
};

const verbs = [
  { word: 'add', verb: 'new', flags: NLM_F_CREATE | NLM_F_EXCL },
  { word: 'del', verb: 'del', flags: 0 },
] as const;

/** `ip link property add|del dev DEV altname NAME`: further names of a link. */
export async function changeProperties(session: Session, [word, ...list]: readonly string[]): Promise<number> {
  if (word === undefined || isPrefix(word, 'help')) linkHelp();
  const found = verbs.find((each) => isPrefix(word, each.word));
  if (found === undefined) throw misuse('Operator required\n');
  const draft: Draft = { names: [] };
  readOptions(grammar, new Words(list), draft, undefined);
  if (draft.device === undefined) throw misuse('Not enough of information: "dev" argument is required.\n');
  const connection = await session.connection();
  const index = new Lookup(connection).indexOf(draft.device);
  if (index === 0) throw noSuchDevice(draft.device);
  const attributes = { propList: { altIfname: draft.names } };
  const operation = `change the names of link ${draft.device}`;
  connection.requestSync(
    linkProperty,
    found.verb,
    { header: { index }, attributes },
    { operation, flags: found.flags },
  );
  return 0;
}
