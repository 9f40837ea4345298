import { NetlinkError } from '../../../../errors.ts';
import { type NsidMessage, nsid } from '../../../../netlink/families/route/nsid.ts';
import { duplicateArgument, invalidArgument } from '../exit.ts';
import { parseInteger } from '../numbers.ts';
import { refusalText } from '../report.ts';
import type { Session } from '../session.ts';
import { Words } from '../words.ts';
import { namesById } from './ids.ts';
import { help } from './usage.ts';

/** `ip netns list-id [target-nsid N] [nsid N]`: the ids that namespaces have in ours, or in that of `target-nsid`. */
export async function listIds(session: Session, words: readonly string[]): Promise<number> {
  const names = await namesById(session);
  const { targetNsid, nsid: wanted } = parse(words);
  const connection = await session.connection();
  const target = targetNsid === undefined ? {} : { targetNsid };
  if (wanted !== undefined) {
    const request = { attributes: { nsid: wanted, ...target } };
    print(session, connection.requestSync(nsid, 'get', request, { operation: `ask for nsid ${wanted}` }), names);
    return 0;
  }
  try {
    const { messages } = connection.dumpSync(nsid, { attributes: target }, { operation: 'list nsids' });
    print(session, messages, names);
    return 0;
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    session.warn(`${refusalText(error)}\nDump terminated\n`);
    print(session, [], names);
    return 1;
  }
}

function parse(list: readonly string[]): { targetNsid: number | undefined; nsid: number | undefined } {
  const found: Record<string, number | undefined> = {};
  const words = new Words(list);
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word !== 'target-nsid' && word !== 'nsid') return help();
    if (found[word] !== undefined) throw duplicateArgument(word, word);
    found[word] = parseId(word, words.value());
  }
  return { targetNsid: found['target-nsid'], nsid: found.nsid };
}

/** For a negative number `ip` names the word behind it; this names the number. */
function parseId(option: string, word: string): number {
  const id = parseInteger(word);
  if (id === undefined) throw invalidArgument(word, `"${option}" value is invalid`);
  if (id < 0) throw invalidArgument(word, `"${option}" value should be >= 0`);
  return id;
}

/** A namespace without an id where we ask has the number -1; it is told by its number here. */
function print(session: Session, messages: readonly NsidMessage[], names: ReadonlyMap<number, string>): void {
  const entries = messages.map(({ attributes: { nsid: id = -1, currentNsid } }) => ({
    id,
    currentNsid,
    name: names.get(currentNsid ?? id),
  }));
  if (session.options.json) {
    session.printJson(
      entries.map(({ id, currentNsid = -1, name }) => ({
        ...(id >= 0 && { nsid: id }),
        ...(currentNsid >= 0 && { 'current-nsid': currentNsid }),
        ...(name !== undefined && { name }),
      })),
    );
    return;
  }
  for (const { id, currentNsid, name } of entries) {
    const current = currentNsid === undefined ? '' : `current-nsid ${currentNsid} `;
    const named = name === undefined ? '' : `(iproute2 netns name: ${name})`;
    session.output.write(`nsid ${id < 0 ? 'unassigned' : id} ${current}${named}\n`);
  }
}
