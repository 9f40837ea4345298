import { type LinkMessage, link } from '../../../../netlink/families/route/link.ts';
import { misuse } from '../exit.ts';
import type { Session } from '../session.ts';
import { isPrefix, Words } from '../words.ts';

function help(): never {
  throw misuse(`\
Usage:	ip vrf show [NAME] ...
	ip vrf exec [NAME] cmd ...
	ip vrf identify [PID]
	ip vrf pids [NAME]
`);
}

/** `ip vrf …`: links that have a routing table of their own. */
export async function vrf(session: Session, [word, ...words]: readonly string[]): Promise<number> {
  if (word === undefined) return showVrfs(session, []);
  if (isPrefix(word, 'identify')) return (await import('./processes.ts')).identifyVrf(session, words);
  if (isPrefix(word, 'pids')) return (await import('./processes.ts')).vrfProcesses(session, words);
  if (isPrefix(word, 'exec')) return (await import('./exec.ts')).execInVrf(session, words);
  if (['show', 'lst', 'list'].some((each) => isPrefix(word, each))) return showVrfs(session, words);
  if (isPrefix(word, 'help')) help();
  throw misuse(`Command "${word}" is unknown, try "ip vrf help".\n`);
}

const tableOf = ({ attributes: { linkinfo } }: LinkMessage) =>
  linkinfo?.kind === 'vrf' ? linkinfo.data?.table : undefined;

async function showVrfs(session: Session, list: readonly string[]): Promise<number> {
  const words = new Words(list);
  const connection = await session.connection();
  const name = words.take();
  if (words.left > 0) help();
  const request = { attributes: { linkinfo: { kind: 'other', name: 'vrf' } } } as const;
  const found = connection
    .dumpSync(link, request, { operation: 'list VRFs' })
    .messages.filter((each) => tableOf(each) !== undefined && (name === undefined || each.attributes.ifname === name));
  if (name !== undefined && found.length === 0) throw misuse('Invalid VRF\n');
  if (session.options.json) {
    session.printJson(found.map((each) => ({ name: each.attributes.ifname ?? '', table: tableOf(each) ?? 0 })));
    return 0;
  }
  const lines = found.map(
    (each) => `${(each.attributes.ifname ?? '').padEnd(16)} ${String(tableOf(each)).padStart(5)}\n`,
  );
  if (name === undefined)
    session.output.write(
      `Name              Table\n-----------------------\n${lines.length === 0 ? 'No VRF has been configured\n' : ''}`,
    );
  for (const line of lines) session.output.write(line);
  return 0;
}
