import { misuse } from '../exit.ts';
import type { Command, Session } from '../session.ts';
import { spells } from '../sub-commands.ts';

const usage = `\
Usage:	ip mptcp endpoint add ADDRESS [ dev NAME ] [ id ID ]
				      [ port NR ] [ FLAG-LIST ]
	ip mptcp endpoint delete id ID [ ADDRESS ]
	ip mptcp endpoint change [ id ID ] [ ADDRESS ] [ port NR ] CHANGE-OPT
	ip mptcp endpoint show [ id ID ]
	ip mptcp endpoint flush
	ip mptcp limits set [ subflows NR ] [ add_addr_accepted NR ]
	ip mptcp limits show
	ip mptcp monitor
FLAG-LIST := [ FLAG-LIST ] FLAG
FLAG  := [ signal | subflow | laminar | backup | fullmesh ]
CHANGE-OPT := [ backup | nobackup | fullmesh | nofullmesh ]
`;

interface Row {
  readonly words: string;
  readonly load: () => Promise<Command>;
}

const endpoints: readonly Row[] = [
  { words: 'add*', load: async () => (await import('./endpoint.ts')).addEndpoint },
  { words: 'change*', load: async () => (await import('./endpoint.ts')).changeEndpoint },
  { words: 'delete*', load: async () => (await import('./endpoint.ts')).deleteEndpoint },
  { words: 'show*', load: async () => (await import('./endpoint.ts')).showEndpoints },
  { words: 'flush*', load: async () => (await import('./endpoint.ts')).flushEndpoints },
];

const limits: readonly Row[] = [
  { words: 'set*', load: async () => (await import('./limits.ts')).setLimits },
  { words: 'show*', load: async () => (await import('./limits.ts')).showLimits },
];

/** `ip mptcp …`: more paths than one for a TCP connection. */
export async function mptcp(session: Session, [word, ...words]: readonly string[]): Promise<number> {
  if (word === undefined || spells('help*', word)) throw misuse(usage);
  const rows = spells('endpoint*', word) ? endpoints : spells('limits*', word) ? limits : undefined;
  const [command, ...rest] = words;
  if (rows === undefined && spells('monitor*', word) && command === undefined)
    return (await import('./monitor.ts')).monitorMptcp(session);
  const row =
    command === undefined
      ? rows?.find(({ words: spelled }) => spelled === 'show*')
      : rows?.find((each) => spells(each.words, command));
  if (row === undefined)
    throw misuse(
      `Command "${rows === undefined && !spells('monitor*', word) ? word : command}" is unknown, try "ip mptcp help".\n`,
    );
  return (await row.load())(session, rest);
}
