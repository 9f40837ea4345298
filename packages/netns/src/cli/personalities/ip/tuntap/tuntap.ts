import { extMaskFlag, type LinkMessage, link } from '../../../../netlink/families/route/link.ts';
import { misuse } from '../exit.ts';
import type { Json } from '../json.ts';
import type { Command, Session } from '../session.ts';
import { isPrefix } from '../words.ts';
import type { Attached } from './processes.ts';
import { tuntapHelp } from './usage.ts';

const change = (persist: boolean) => async (): Promise<Command> => {
  const { changeTuntap } = await import('./change.ts');
  return (session, words) => changeTuntap(session, words, persist);
};

/** In the order in which `ip` compares them. */
const rows: readonly { readonly word: string; readonly load: () => Promise<Command> }[] = [
  { word: 'add', load: change(true) },
  { word: 'delete', load: change(false) },
  { word: 'show', load: async () => show },
  { word: 'lst', load: async () => show },
  { word: 'list', load: async () => show },
  { word: 'help', load: async () => () => tuntapHelp() },
];

/** `ip tuntap …`: devices whose packets a program reads and writes. */
export async function tuntap(session: Session, [word, ...words]: readonly string[]): Promise<number> {
  const row = word === undefined ? { load: async () => show } : rows.find((each) => isPrefix(word, each.word));
  if (row === undefined) throw misuse(`Command "${word}" is unknown, try "ip tuntap help".\n`);
  const command = await row.load();
  return command(session, words);
}

/** All of them: `ip` passes over whatever else is said. With `-details` it tells of the programs, too. */
async function show(session: Session): Promise<number> {
  const { options } = session;
  const connection = await session.connection();
  const attributes = { extMask: extMaskFlag('skip_stats'), linkinfo: { kind: 'other', name: 'tun' } } as const;
  const { messages } = connection.dumpSync(link, { attributes }, { operation: 'list tun devices' });
  const attached = options.details > 0 ? (await import('./processes.ts')).attachedProcesses() : undefined;
  const shown = messages.flatMap((each) => describe(each, attached, options.oneline ? '\\' : '\n') ?? []);
  if (options.json) session.printJson(shown.map(({ json }) => json));
  else for (const { text } of shown) session.output.write(`${text}\n`);
  return 0;
}

function describe(
  { attributes: { ifname = '', linkinfo } }: LinkMessage,
  attached: ReadonlyMap<string, readonly Attached[]> | undefined,
  newline: string,
): { text: string; json: Json } | undefined {
  if (linkinfo?.kind !== 'tun' || linkinfo.data === undefined) return undefined;
  const { type, pi, multiQueue, vnetHdr, persist, owner, group } = linkinfo.data;
  const flags = [
    type === 1 ? 'tun' : 'tap',
    ...(pi ? ['pi'] : []),
    ...(multiQueue ? ['multi_queue'] : []),
    ...(vnetHdr ? ['vnet_hdr'] : []),
    ...(persist ? ['persist'] : []),
    // ip takes one bit for both
    ...(pi ? ['filter'] : []),
  ];
  const members = { ...(owner !== undefined && { user: owner }), ...(group !== undefined && { group }) };
  const words = Object.entries(members).map(([name, id]) => ` ${name} ${id}`);
  const text = `${ifname}: ${flags.join(' ')}${words.join('')}`;
  if (attached === undefined) return { text, json: { ifname, flags, ...members } };
  const processes = attached.get(ifname) ?? [];
  const names = processes.map(({ name, pid }) => `${name}(${pid})`).join('');
  return {
    text: `${text}${newline}\tAttached to processes:${names}`,
    json: { ifname, flags, ...members, processes: processes.map(({ name, pid }) => ({ name, pid })) },
  };
}
