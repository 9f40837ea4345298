import { xfrmPolicyFlags } from '../../../../netlink/families/xfrm/structs.ts';
import {
  type XfrmPolicyMessage,
  xfrmPolicies,
  xfrmPolicyCount,
  xfrmPolicyFlush,
  xfrmPolicyOne,
} from '../../../../netlink/families/xfrm/xfrm.ts';
import { DeviceNames } from '../device-names.ts';
import { duplicateArgument, duplicateOrGarbage, failure, invalidArgument } from '../exit.ts';
import { familyNumber } from '../families.ts';
import type { InetPrefix } from '../inet.ts';
import type { Command, Session } from '../session.ts';
import { Words } from '../words.ts';
import { actionNumber, typeNumber } from './policy-change.ts';
import { writePolicy } from './policy-describe.ts';
import { type ReadSelector, readSelector } from './selector.ts';
import { deleteAll, liesIn } from './state-show.ts';
import { directionNumber, number32, preferredFamily, readFlags, readMark, securityContext } from './values.ts';
import { withXfrm } from './xfrm.ts';

/** What is wanted of a list. */
interface Filter {
  selector?: ReadSelector;
  dir?: number;
  index?: number;
  type?: number;
  action?: number;
  priority?: number;
  flags: number;
  withoutSockets: boolean;
}

async function readFilter(session: Session, list: readonly string[]): Promise<Filter> {
  const connection = await session.connection();
  const words = new Words(list);
  const filter: Filter = { flags: 0, withoutSockets: false };
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word === 'nosock') filter.withoutSockets = true;
    else if (word === 'dir') filter.dir = directionNumber(words.value());
    else if (word === 'index') filter.index = number32(words.value(), 'INDEX value is invalid');
    else if (word === 'ptype') filter.type = typeNumber(words.value());
    else if (word === 'action') filter.action = actionNumber(words.value());
    else if (word === 'priority') filter.priority = number32(words.value(), 'PRIORITY value is invalid');
    else if (word === 'flag') filter.flags = readFlags(words, xfrmPolicyFlags);
    else {
      if (filter.selector !== undefined) throw invalidArgument(word, 'unknown');
      words.putBack();
      filter.selector = readSelector(words, preferredFamily(session), () => new DeviceNames(connection));
    }
  }
  return filter;
}

const directions = 3;

function isWanted({ header, attributes }: XfrmPolicyMessage, filter: Filter, preferred: number): boolean {
  const { sel, dir, index, action, priority, flags } = header;
  if (filter.withoutSockets && dir >= directions) return false;
  if (preferred !== 0 && sel.family !== preferred) return false;
  if (filter.dir !== undefined && dir !== filter.dir) return false;
  if (filter.index !== undefined && index !== filter.index) return false;
  if (filter.type !== undefined && attributes.policyType?.type !== filter.type) return false;
  if (filter.action !== undefined && action !== filter.action) return false;
  if (filter.priority !== undefined && priority !== filter.priority) return false;
  if ((flags & filter.flags) !== filter.flags) return false;
  return filter.selector === undefined || fits(sel, filter.selector);
}

function fits(sel: XfrmPolicyMessage['header']['sel'], { selector, family, given }: ReadSelector): boolean {
  if (family !== undefined && sel.family !== familyNumber(family)) return false;
  const within = (bytes: Uint8Array, address: Uint8Array | undefined, length = 0): boolean => {
    if (address === undefined || family === undefined) return true;
    const size = family === 'inet6' ? 16 : 4;
    const outer: InetPrefix = { family, bytes: address.subarray(0, size), length, lengthGiven: true };
    return liesIn(bytes, outer);
  };
  if (given.has('src') && !within(sel.saddr, selector.saddr, selector.prefixlenS)) return false;
  if (given.has('dst') && !within(sel.daddr, selector.daddr, selector.prefixlenD)) return false;
  if (given.has('dev') && sel.ifindex !== selector.ifindex) return false;
  if (given.has('proto') && sel.proto !== selector.proto) return false;
  if ((selector.sportMask ?? 0) !== 0 && sel.sport !== selector.sport) return false;
  return (selector.dportMask ?? 0) === 0 || sel.dport === selector.dport;
}

async function wanted(session: Session, filter: Filter): Promise<readonly XfrmPolicyMessage[]> {
  const preferred = familyNumber(preferredFamily(session));
  return withXfrm(session, async (connection) => {
    const { messages } = await connection.dump(xfrmPolicies, {}, { operation: 'list policies' });
    return messages.filter((each) => isWanted(each, filter, preferred));
  });
}

export const listPolicies: Command = async (session, list) => {
  const filter = await readFilter(session, list);
  const devices = new DeviceNames(await session.connection());
  for (const each of await wanted(session, filter)) writePolicy(session, each, devices);
  return 0;
};

/** Those of sockets stay: they end with them. */
export const deletePolicies: Command = async (session, list) => {
  const filter = await readFilter(session, list);
  await deleteAll(session, async () => {
    const found = await wanted(session, { ...filter, withoutSockets: true });
    await withXfrm(session, async (connection) => {
      for (const { header, attributes } of found) {
        const { mark, ifId, policyType } = attributes;
        const request = {
          header: { sel: header.sel, index: header.index, dir: header.dir },
          attributes: {
            ...(mark !== undefined && { mark }),
            ...(ifId !== undefined && { ifId }),
            ...(policyType !== undefined && { policyType }),
          },
        };
        await connection.request(xfrmPolicyOne, 'del', request, { operation: 'delete a policy' });
      }
    });
    return found.length;
  });
  return 0;
};

const onePolicy =
  (verb: 'get' | 'del'): Command =>
  async (session, list) => {
    const connection = await session.connection();
    const words = new Words(list);
    let selector: ReadSelector | undefined;
    let dir: number | undefined;
    let index: number | undefined;
    let type: number | undefined;
    let mark: { value: number; mask: number } | undefined;
    let ifId: number | undefined;
    let context: ReturnType<typeof securityContext> | undefined;
    for (let word = words.take(); word !== undefined; word = words.take()) {
      if (word === 'dir') {
        if (dir !== undefined) throw duplicateArgument('dir', word);
        dir = directionNumber(words.value());
      } else if (word === 'ctx') context = securityContext(words.value());
      else if (word === 'mark') mark = readMark(words);
      else if (word === 'index') {
        if (index !== undefined) throw duplicateArgument('index', word);
        index = number32(words.value(), 'INDEX value is invalid');
      } else if (word === 'ptype') {
        if (type !== undefined) throw duplicateArgument('ptype', word);
        type = typeNumber(words.value());
      } else if (word === 'if_id') ifId = number32(words.value(), 'IF_ID value is invalid');
      else {
        if (selector !== undefined) throw invalidArgument(word, 'unknown');
        words.putBack();
        selector = readSelector(words, preferredFamily(session), () => new DeviceNames(connection));
      }
    }
    if (dir === undefined) throw failure('Not enough information: DIR is required.');
    if (selector === undefined && index === undefined)
      throw failure('Not enough information: either SELECTOR or INDEX is required.');
    if (selector !== undefined && index !== undefined) throw duplicateOrGarbage('SELECTOR', 'INDEX');
    const family = familyNumber(selector?.family ?? 'inet');
    const request = {
      header: { ...(selector !== undefined && { sel: { ...selector.selector, family } }), index: index ?? 0, dir },
      attributes: {
        ...(type !== undefined && { policyType: { type } }),
        ...(mark !== undefined && { mark }),
        ...(ifId !== undefined && { ifId }),
        ...(context !== undefined && { secCtx: context }),
      },
    };
    return withXfrm(session, async (own) => {
      for (const each of await own.request(xfrmPolicyOne, verb, request, { operation: 'ask for a policy' }))
        writePolicy(session, each, new DeviceNames(connection));
      return 0;
    });
  };

export const getPolicy = onePolicy('get');
export const deletePolicy = onePolicy('del');

export const flushPolicies: Command = (session, list) => {
  const words = new Words(list);
  let type: number | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (word !== 'ptype') throw invalidArgument(word, 'unknown');
    if (type !== undefined) throw duplicateArgument('ptype', word);
    type = typeNumber(words.value());
  }
  if (session.options.statistics > 1) session.warn('Flush policy\n');
  return withXfrm(session, async (connection) => {
    const request = { header: {}, attributes: { ...(type !== undefined && { policyType: { type } }) } };
    await connection.request(xfrmPolicyFlush, 'flush', request, { operation: 'delete all policies' });
    return 0;
  });
};

/** Whatever is said behind it. */
export const countPolicies: Command = (session) =>
  withXfrm(session, async (connection) => {
    const { statistics } = session.options;
    const request = { header: { flags: 0xffffffff } };
    for (const { attributes } of await connection.request(xfrmPolicyCount, 'get', request, { operation: 'count' })) {
      const { info, hinfo, ipv4Hthresh: four, ipv6Hthresh: six } = attributes;
      if (info === undefined) continue;
      const sockets = statistics > 0 ? ` (Sock: IN ${info.inscnt} OUT ${info.outscnt} FWD ${info.fwdscnt})` : '';
      session.output.write(`	 SPD IN  ${info.incnt} OUT ${info.outcnt} FWD ${info.fwdcnt}${sockets}\n`);
      if (statistics < 2) continue;
      if (hinfo !== undefined) session.output.write(`	 SPD buckets: count ${hinfo.count} Max ${hinfo.max}\n`);
      if (four !== undefined)
        session.output.write(`	 SPD IPv4 thresholds: local ${four.lbits} remote ${four.rbits}\n`);
      if (six !== undefined) session.output.write(`	 SPD IPv6 thresholds: local ${six.lbits} remote ${six.rbits}\n`);
    }
    return 0;
  });
