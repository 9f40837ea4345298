import { xfrmStateFlags } from '../../../../netlink/families/xfrm/structs.ts';
import {
  type XfrmStateMessage,
  xfrmStateCount,
  xfrmStateFlush,
  xfrmStateOne,
  xfrmStates,
} from '../../../../netlink/families/xfrm/xfrm.ts';
import { DeviceNames } from '../device-names.ts';
import { duplicateArgument, invalidArgument } from '../exit.ts';
import { familyNumber } from '../families.ts';
import { type InetPrefix, isWithin } from '../inet.ts';
import type { Command, Session } from '../session.ts';
import { Words } from '../words.ts';
import { type ReadId, readId } from './id.ts';
import { writeState } from './state-describe.ts';
import {
  modeNumber,
  number32,
  preferredFamily,
  protocolNumber,
  protocolText,
  readFlags,
  readMark,
  wireAddress,
} from './values.ts';
import { withXfrm } from './xfrm.ts';

/** What is wanted of a list. */
interface Filter {
  id?: ReadId;
  mode?: number;
  reqid?: number;
  flags: number;
  hidden: boolean;
}

function readFilter(session: Session, list: readonly string[]): Filter {
  const words = new Words(list);
  const filter: Filter = { flags: 0, hidden: false };
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'nokeys') filter.hidden = true;
    else if (word === 'mode') filter.mode = modeNumber(words.value());
    else if (word === 'reqid') filter.reqid = number32(words.value(), 'REQID value is invalid');
    else if (word === 'flag') filter.flags = readFlags(words, xfrmStateFlags);
    else {
      if (filter.id !== undefined) throw invalidArgument(word, 'unknown');
      words.putBack();
      filter.id = readId(words, preferredFamily(session), true);
    }
  }
  return filter;
}

/** Whether an address, as the kernel has it, lies in a prefix. */
export function liesIn(bytes: Uint8Array, outer: InetPrefix): boolean {
  return isWithin({ family: outer.family, bytes: bytes.subarray(0, outer.bytes.length) }, outer);
}

function isWanted({ header }: XfrmStateMessage, { id, mode, reqid, flags }: Filter, preferred: number): boolean {
  if (preferred !== 0 && header.family !== preferred) return false;
  if (mode !== undefined && header.mode !== mode) return false;
  if (reqid !== undefined && header.reqid !== reqid) return false;
  if ((header.flags & flags) !== flags) return false;
  if (id === undefined) return true;
  if (id.family !== undefined && header.family !== familyNumber(id.family)) return false;
  if (id.proto !== 0 && header.id.proto !== id.proto) return false;
  if (id.spi !== undefined && header.id.spi !== id.spi) return false;
  return (
    (id.src === undefined || liesIn(header.saddr, id.src)) && (id.dst === undefined || liesIn(header.id.daddr, id.dst))
  );
}

async function wanted(session: Session, filter: Filter): Promise<readonly XfrmStateMessage[]> {
  const preferred = familyNumber(preferredFamily(session));
  return withXfrm(session, async (connection) => {
    const { messages } = await connection.dump(xfrmStates, {}, { operation: 'list states' });
    return messages.filter((each) => isWanted(each, filter, preferred));
  });
}

export const listStates: Command = async (session, list) => {
  const filter = readFilter(session, list);
  const devices = new DeviceNames(await session.connection());
  for (const each of await wanted(session, filter)) writeState(session, each, { hidden: filter.hidden, devices });
  return 0;
};

/** Each that is there at the beginning; `-s -s` tells of it. */
export const deleteStates: Command = async (session, list) => {
  const filter = readFilter(session, list);
  await deleteAll(session, async () => {
    const found = await wanted(session, filter);
    await withXfrm(session, async (connection) => {
      const operation = 'delete a state';
      for (const { header, attributes } of found) {
        const { id, family, saddr } = header;
        const { mark } = attributes;
        const request = {
          header: { daddr: id.daddr, spi: id.spi, proto: id.proto, family },
          attributes: { srcaddr: saddr, ...(mark !== undefined && { mark }) },
        };
        await connection.request(xfrmStateOne, 'del', request, { operation });
      }
    });
    return found.length;
  });
  return 0;
};

/** Asks for all and deletes them, until there are none; says how far it is where `-s -s` asks for it. */
export async function deleteAll(session: Session, round: () => Promise<number>): Promise<void> {
  const say = (text: string) => {
    if (session.options.statistics > 1) session.warn(`${text}\n`);
  };
  for (let count = 0; ; count++) {
    say(`Delete-all round = ${count}`);
    const deleted = await round();
    if (deleted === 0) break;
    say(`Delete-all nlmsg count = ${deleted}`);
  }
  say('Delete-all completed');
}

const oneState =
  (verb: 'get' | 'del'): Command =>
  async (session, list) => {
    const words = new Words(list);
    let id: ReadId | undefined;
    let mark: { value: number; mask: number } | undefined;
    for (let word = words.take(); word !== undefined; word = words.take()) {
      if (word === 'mark') mark = readMark(words);
      else {
        if (id !== undefined) throw invalidArgument(word, 'unknown');
        words.putBack();
        id = readId(words, preferredFamily(session), false);
      }
    }
    const request = {
      header: {
        ...(id?.dst !== undefined && { daddr: wireAddress(id.dst) }),
        spi: id?.spi ?? 0,
        proto: id?.proto ?? 0,
        family: familyNumber(id === undefined ? undefined : (id.family ?? 'inet')),
      },
      attributes: {
        ...(id?.src !== undefined && { srcaddr: wireAddress(id.src) }),
        ...(mark !== undefined && { mark }),
      },
    };
    const devices = new DeviceNames(await session.connection());
    return withXfrm(session, async (connection) => {
      for (const each of await connection.request(xfrmStateOne, verb, request, { operation: 'ask for a state' }))
        writeState(session, each, { hidden: false, devices });
      return 0;
    });
  };

export const getState = oneState('get');
export const deleteState = oneState('del');

export const flushStates: Command = (session, list) => {
  const words = new Words(list);
  let proto: number | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word !== 'proto') throw invalidArgument(word, 'unknown');
    if (proto !== undefined) throw duplicateArgument('proto', word);
    proto = protocolNumber(words.value());
  }
  if (session.options.statistics > 1) session.warn(`Flush state with XFRM-PROTO value "${protocolText(proto ?? 0)}"\n`);
  return withXfrm(session, async (connection) => {
    const request = { header: { proto: proto ?? 0 } };
    await connection.request(xfrmStateFlush, 'flush', request, { operation: 'delete all states' });
    return 0;
  });
};

/** Whatever is said behind it. */
export const countStates: Command = (session) =>
  withXfrm(session, async (connection) => {
    const request = { header: { flags: 0xffffffff } };
    for (const { attributes } of await connection.request(xfrmStateCount, 'get', request, { operation: 'count' })) {
      const { cnt = 0, hinfo } = attributes;
      const buckets =
        session.options.statistics > 0 && hinfo !== undefined ? ` (buckets count ${hinfo.count} Max ${hinfo.max})` : '';
      session.output.write(`	 SAD count ${cnt}${buckets}\n`);
    }
    return 0;
  });
