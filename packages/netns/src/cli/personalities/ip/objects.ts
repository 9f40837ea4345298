import { failure, misuse } from './exit.ts';
import type { Command, Session } from './session.ts';
import { usage } from './usage.ts';
import { isPrefix } from './words.ts';

interface Row {
  readonly word: string;
  /** Loads the object's code; each is a module of its own so that one command loads nothing of another. */
  readonly load: () => Promise<Command>;
}

const tunnel = async () => (await import('./tunnel/tunnel.ts')).tunnel;
const tuntap = async () => (await import('./tuntap/tuntap.ts')).tuntap;
const ntable = async () => (await import('./ntable/ntable.ts')).ntable;
const tcpMetrics = async () => (await import('./tcp-metrics/tcp-metrics.ts')).tcpMetrics;
const neighbour = async () => (await import('./neighbour/neighbour.ts')).neighbour;

/** All objects of `ip`, in the order in which it compares them: the first that begins with the given word wins. */
const rows: readonly Row[] = [
  { word: 'address', load: async () => (await import('./address/address.ts')).address },
  { word: 'addrlabel', load: async () => (await import('./addrlabel/addrlabel.ts')).addrlabel },
  { word: 'maddress', load: async () => (await import('./maddress/maddress.ts')).maddress },
  { word: 'route', load: async () => (await import('./route/route.ts')).route },
  { word: 'rule', load: async () => (await import('./rule/rule.ts')).rule },
  { word: 'neighbor', load: neighbour },
  { word: 'neighbour', load: neighbour },
  { word: 'ntable', load: ntable },
  { word: 'ntbl', load: ntable },
  { word: 'link', load: async () => (await import('./link/link.ts')).link },
  { word: 'l2tp', load: async () => (await import('./l2tp/l2tp.ts')).l2tp },
  { word: 'fou', load: async () => (await import('./fou/fou.ts')).fou },
  { word: 'ila', load: async () => (await import('./ila/ila.ts')).ila },
  { word: 'macsec', load: async () => (await import('./macsec/macsec.ts')).macsec },
  { word: 'tunnel', load: tunnel },
  { word: 'tunl', load: tunnel },
  { word: 'tuntap', load: tuntap },
  { word: 'tap', load: tuntap },
  { word: 'token', load: async () => (await import('./token/token.ts')).token },
  { word: 'tcpmetrics', load: tcpMetrics },
  { word: 'tcp_metrics', load: tcpMetrics },
  { word: 'monitor', load: async () => (await import('./monitor/monitor.ts')).monitor },
  { word: 'xfrm', load: async () => (await import('./xfrm/xfrm.ts')).xfrm },
  { word: 'mroute', load: async () => (await import('./mroute/mroute.ts')).mroute },
  { word: 'mrule', load: async () => (await import('./mrule/mrule.ts')).mrule },
  { word: 'netns', load: async () => (await import('./netns/netns.ts')).netns },
  { word: 'netconf', load: async () => (await import('./netconf/netconf.ts')).netconf },
  { word: 'vrf', load: async () => (await import('./vrf/vrf.ts')).vrf },
  { word: 'sr', load: async () => (await import('./sr/sr.ts')).sr },
  { word: 'nexthop', load: async () => (await import('./nexthop/nexthop.ts')).nexthop },
  { word: 'mptcp', load: async () => (await import('./mptcp/mptcp.ts')).mptcp },
  { word: 'ioam', load: async () => (await import('./ioam/ioam.ts')).ioam },
  {
    word: 'help',
    load: async () => () => {
      throw misuse(usage);
    },
  },
  { word: 'stats', load: async () => (await import('./stats/stats.ts')).stats },
];

/** What `ip` takes a word for. */
export function objectWord(word: string): string | undefined {
  return rows.find((candidate) => isPrefix(word, candidate.word))?.word;
}

/**
 * Runs `ip OBJECT …`. Throws Exit (1) for an object that `ip` does not know, unless that is to be left unsaid.
 */
export async function runObject(
  session: Session,
  word: string,
  rest: readonly string[],
  { quiet = false } = {},
): Promise<number> {
  const row = rows.find((candidate) => isPrefix(word, candidate.word));
  if (row === undefined) {
    if (quiet) return 1;
    throw failure(`Object "${word}" is unknown, try "ip help".`);
  }
  const command = await row.load();
  return command(session, rest);
}
