import { NSID_NOT_ASSIGNED, nsid } from '../../../../netlink/families/route/nsid.ts';
import { failure, invalidArgument } from '../exit.ts';
import { parseInteger } from '../numbers.ts';
import type { Session } from '../session.ts';
import { openNamespaceFile } from './file.ts';

/** `ip netns set NAME NETNSID`: gives a namespace an id in ours; `auto` lets the kernel choose. */
export async function setId(session: Session, [name, id]: readonly string[]): Promise<number> {
  if (name === undefined) throw failure('No netns name specified');
  if (id === undefined) throw failure('No nsid specified');
  const number = id === 'auto' ? NSID_NOT_ASSIGNED : parseNsid(id);
  using file = openNamespaceFile(name, session);
  if (file === undefined) return 1; // without a word, as ip since 6.4
  const connection = await session.connection();
  const request = { attributes: { fd: file.raw, nsid: number } };
  connection.requestSync(nsid, 'new', request, { operation: `give ${name} the nsid ${number}` });
  return 0;
}

function parseNsid(word: string): number {
  const number = parseInteger(word);
  if (number === undefined) throw invalidArgument(word, 'Invalid "netnsid" value');
  if (number < 0) throw invalidArgument(word, '"netnsid" value should be >= 0');
  return number;
}
