import { misuse } from '../exit.ts';
import type { Session } from '../session.ts';
import { runSubCommand, type SubCommand } from '../sub-commands.ts';

const show = async () => (await import('./show.ts')).showTables;

const rows: readonly SubCommand[] = [
  { words: 'list* show* lst*', load: show },
  { words: 'change* chg', load: async () => (await import('./change.ts')).changeTable },
  { words: 'help*', load: async () => () => help() },
];

/** `ip ntable …`: the tables that neighbours are kept in, and their settings for each device. */
export function ntable(session: Session, words: readonly string[]): Promise<number> {
  return runSubCommand('ntable', rows, show, session, words);
}

function help(): never {
  throw misuse(`\
Usage: ip ntable change name NAME [ dev DEV ]
        [ thresh1 VAL ] [ thresh2 VAL ] [ thresh3 VAL ] [ gc_int MSEC ]
        [ PARMS ]
Usage: ip ntable show [ dev DEV ] [ name NAME ]
PARMS := [ base_reachable MSEC ] [ retrans MSEC ] [ gc_stale MSEC ]
         [ delay_probe MSEC ] [ queue LEN ]
         [ app_probes VAL ] [ ucast_probes VAL ] [ mcast_probes VAL ]
         [ mcast_reprobes VAL ] [ anycast_delay MSEC ]
         [ proxy_delay MSEC ] [ proxy_queue LEN ]
         [ locktime MSEC ]
`);
}
