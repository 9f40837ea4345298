import { RTM_F_FIB_MATCH, RTM_F_LOOKUP_TABLE, route } from '../../../../netlink/families/route/route.ts';
import { DeviceNames } from '../device-names.ts';
import { failure } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { readOptions } from '../grammar.ts';
import { type InetPrefix, toText } from '../inet.ts';
import type { Session } from '../session.ts';
import { isPrefix, Words } from '../words.ts';
import { RTA_NEWDST } from './draft.ts';
import { type GetDraft, getRows, readPrefix } from './get-options.ts';
import { printRoutes } from './show.ts';
import { routeHelp } from './usage.ts';

const RTM_F_NOTIFY = 0x100;

/** `ip route get ADDRESS …`: which way the kernel would send a packet. */
export async function getRoute(session: Session, list: readonly string[]): Promise<number> {
  const { family } = session.options;
  const connection = await session.connection();
  const devices = new DeviceNames(connection);
  const draft: GetDraft = { family: family };
  readOptions(
    {
      rows: getRows,
      otherwise: (into, first, take) => {
        const word = first === 'to' ? take() : first;
        if (isPrefix(word, 'help')) routeHelp();
        into.destination = readPrefix(into, word);
        warnOfLength(session, into.destination);
      },
    },
    new Words(list),
    draft,
    { devices },
  );
  const { destination } = draft;
  if (destination === undefined) throw failure('need at least a destination address');
  const inet6 = draft.family === 'inet6'; // where every answer is from its table
  const request = {
    header: {
      family: familyNumber(draft.family ?? 'inet'),
      dstLen: isUnset(destination) ? 0 : destination.bytes.length * 8,
      srcLen: draft.source?.length ?? 0,
      tos: draft.tos ?? 0,
      flags:
        (inet6 ? 0 : RTM_F_LOOKUP_TABLE) | (draft.fibmatch ? RTM_F_FIB_MATCH : 0) | (draft.notify ? RTM_F_NOTIFY : 0),
    },
    attributes: {
      dst: isUnset(destination) ? undefined : toText(destination),
      src: draft.source && toText(draft.source),
      iif: draft.input === undefined ? undefined : devices.needed(draft.input),
      oif: draft.output === undefined ? undefined : devices.needed(draft.output),
      mark: draft.mark,
      uid: draft.uid,
      ipProto: draft.ipProto,
      sport: draft.sport,
      dport: draft.dport,
      flowlabel: draft.flowlabel,
      // labels in the catalogue, which this is not
      unknown: draft.as && [{ type: RTA_NEWDST, raw: draft.as.bytes }],
    },
  };
  const ask = () => connection.requestSync(route, 'get', request, { operation: 'ask for a route' }).slice(0, 1);
  await printRoutes(session, devices, ask(), new Set());
  // `ip` shows it twice; in JSON that would be two documents
  if (draft.connected && draft.source === undefined && !session.options.json)
    await printRoutes(session, devices, ask(), new Set());
  return 0;
}

/** The kernel decides for addresses, not for prefixes: a shorter length is said to count for nothing. */
function warnOfLength(session: Session, { length, lengthGiven, bytes }: InetPrefix): void {
  const all = bytes.length * 8;
  const isNamed = session.options.family === 'inet' || session.options.family === 'inet6';
  if ((lengthGiven || isNamed) && length !== all)
    session.warn(`Warning: /${length} as prefix is invalid, only /${all} (or none) is supported.\n`);
}

/** `default` and its like. */
const isUnset = ({ length, lengthGiven }: InetPrefix) => length === 0 && !lengthGiven;
