import type { NetlinkConnection } from '../connection/connection.ts';
import { AF_INET, AF_INET6, AF_MPLS } from '../netlink/families/route/address-families.ts';
import {
  NETCONFA_IFINDEX_ALL,
  NETCONFA_IFINDEX_DEFAULT,
  type NetconfMessage,
  netconf,
} from '../netlink/families/route/netconf.ts';
import type { Links } from './links.ts';
import { type Snapshot, snapshot } from './snapshot.ts';
import { oneOf, onlyWords } from './words.ts';

const families = { inet: AF_INET, inet6: AF_INET6, mpls: AF_MPLS } as const;
const familyNames = { [AF_INET]: 'inet', [AF_INET6]: 'inet6', [AF_MPLS]: 'mpls' } as const;

/** The protocols that devices have such settings of. */
export type NetconfFamily = keyof typeof families;

/** How one device, all of them, or those to come treat packets that are not their own. What a family or kernel has not is undefined. */
export interface NetconfEntry {
  readonly family: NetconfFamily;
  /** The index of a device; `all`: what holds for all of them; `default`: what new ones begin with. */
  readonly link: number | 'all' | 'default';
  readonly forwarding: boolean | undefined;
  readonly multicastForwarding: boolean | undefined;
  readonly broadcastForwarding: boolean | undefined;
  /** Whether the way back of a packet is looked at: not at all, over the same device, or over any. */
  readonly reversePath: 'off' | 'strict' | 'loose' | undefined;
  /** Answers for others that ask for hardware addresses. */
  readonly proxyNeighbour: boolean | undefined;
  readonly ignoreRoutesWithLinkdown: boolean | undefined;
  /** MPLS: packets that come in by it are looked at. */
  readonly input: boolean | undefined;
  readonly message: NetconfMessage;
}

/** Which settings are meant: `ip netconf show dev DEV`, and the like. */
export interface NetconfFilter {
  /** Default: all. */
  readonly family?: NetconfFamily | undefined;
  /** A device by name or index, `all` or `default`. */
  readonly link?: string | number | undefined;
}

const checkFilter = onlyWords<NetconfFilter>({ family: true, link: true });

/**
 * What devices do with packets that are not their own: forward them, check where they come from. `ip netconf`. It is changed by
 * sysctl (`ns.network.sysctl`), and `ip netconf` shows it without a mounted /proc.
 *
 *     const [eth0] = await ns.network.netconf.list({ family: 'inet', link: 'eth0' });
 *
 * Throws NetlinkError. Linux 3.8 (one), 3.11 (all). See ip-netconf(8).
 */
export class Netconf {
  readonly #connection: NetlinkConnection;
  readonly #links: Links;

  constructor(connection: NetlinkConnection, links: Links) {
    this.#connection = connection;
    this.#links = links;
  }

  /** All, or those of one family or device. `ip netconf show`. */
  async list(filter: NetconfFilter = {}): Promise<Snapshot<NetconfEntry>> {
    checkFilter(filter);
    const { family, link } = filter;
    const wanted = link === 'all' || link === 'default' ? link : this.#links.indexIfGiven(link);
    const number = family === undefined ? 0 : oneOf(families, family, 'family');
    const { messages, interrupted } = await this.#connection.whenIdle(() =>
      this.#connection.dump(netconf, { header: { family: number } }, { operation: 'list settings of devices' }),
    );
    const entries = messages.flatMap((message) => entryOf(message) ?? []);
    return snapshot(
      entries.filter(
        (entry) => (wanted === undefined || entry.link === wanted) && (family === undefined || entry.family === family),
      ),
      interrupted,
    );
  }
}

const is = (number: number | undefined) => (number === undefined ? undefined : number !== 0);
const reversePaths = ['off', 'strict', 'loose'] as const;

function entryOf(message: NetconfMessage): NetconfEntry | undefined {
  const { ifindex, ...attributes } = message.attributes;
  const family = (familyNames as Readonly<Record<number, NetconfFamily>>)[message.header.family];
  if (ifindex === undefined || family === undefined) return undefined;
  return {
    family,
    link: ifindex === NETCONFA_IFINDEX_ALL ? 'all' : ifindex === NETCONFA_IFINDEX_DEFAULT ? 'default' : ifindex,
    forwarding: is(attributes.forwarding),
    multicastForwarding: is(attributes.mcForwarding),
    broadcastForwarding: is(attributes.bcForwarding),
    reversePath: reversePaths[attributes.rpFilter ?? -1],
    proxyNeighbour: is(attributes.proxyNeigh),
    ignoreRoutesWithLinkdown: is(attributes.ignoreRoutesWithLinkdown),
    input: is(attributes.input),
    message,
  };
}
