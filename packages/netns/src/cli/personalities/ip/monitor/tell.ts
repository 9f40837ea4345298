import type { NetlinkConnection } from '../../../../connection/connection.ts';
import {
  type AddressMessage,
  address,
  anycastAddress,
  multicastAddress,
} from '../../../../netlink/families/route/address.ts';
import { AF_IP6MR, AF_IPMR, AF_UNSPEC } from '../../../../netlink/families/route/address-families.ts';
import { type LinkMessage, link } from '../../../../netlink/families/route/link.ts';
import { type LinkStatisticsMessage, linkStatistics } from '../../../../netlink/families/route/link-statistics.ts';
import { type NeighbourMessage, neighbour } from '../../../../netlink/families/route/neighbour.ts';
import { type NetconfMessage, netconf } from '../../../../netlink/families/route/netconf.ts';
import { type NexthopMessage, nexthop } from '../../../../netlink/families/route/nexthop.ts';
import { type NsidMessage, nsid } from '../../../../netlink/families/route/nsid.ts';
import { type PrefixMessage, prefix } from '../../../../netlink/families/route/prefix.ts';
import { type RouteMessage, RTM_F_CLONED, route } from '../../../../netlink/families/route/route.ts';
import { type RuleMessage, rule } from '../../../../netlink/families/route/rule.ts';
import { addressParts } from '../address/describe.ts';
import { DeviceNames } from '../device-names.ts';
import { invalidArgument } from '../exit.ts';
import { linkParts } from '../link/describe.ts';
import type { Kind } from '../link/kinds/kind.ts';
import { loadKind } from '../link/kinds/kinds.ts';
import { addressProtocolTable, groupTable, scopeTable } from '../link/names.ts';
import { multicastRouteParts } from '../mroute/describe.ts';
import { type NeighbourView, neighbourText } from '../neighbour/describe.ts';
import { netconfText } from '../netconf/describe.ts';
import { namesById } from '../netns/ids.ts';
import { nexthopText } from '../nexthop/describe.ts';
import type { Fixed } from '../route/describe.ts';
import { routeText } from '../route/describe.ts';
import { ruleText } from '../rule/describe.ts';
import type { Session } from '../session.ts';
import { toText } from '../show/fields.ts';
import { viewOf } from '../show/view.ts';
import { hardwareInfo, linkHeading } from '../stats/groups.ts';

/** How a change of something is told. */
export interface Told {
  readonly label: string;
  readonly text: string;
}

/** Tells of changes in the words of the objects that they are about; knows what has been there before. */
export class Teller {
  readonly #devices: DeviceNames;
  readonly #links = new Map<number, LinkMessage>();
  readonly #kinds = new Map<string, Kind | undefined>();
  #namespaces: ReadonlyMap<number, string>;
  readonly #only: number | undefined;
  readonly #session: Session;

  private constructor(
    session: Session,
    connection: NetlinkConnection,
    namespaces: ReadonlyMap<number, string>,
    only: number | undefined,
  ) {
    this.#session = session;
    this.#devices = new DeviceNames(connection);
    this.#namespaces = namespaces;
    this.#only = only;
  }

  /** With `device`, changes of other devices are not told of. Throws Exit. */
  static async open(session: Session, device: string | undefined): Promise<Teller> {
    const connection = await session.connection();
    const only = device === undefined ? undefined : new DeviceNames(connection).indexOf(device);
    if (only === 0) throw invalidArgument(device ?? '', 'Device does not exist\n');
    const teller = new Teller(session, connection, await namesById(session), only);
    for (const each of connection.dumpSync(link, {}, { operation: 'list links' }).messages) teller.#learn(each);
    return teller;
  }

  /** What there is to say of a change; nothing, if it is not for here. */
  async tell(declaration: { readonly name: string }, type: number, value: unknown): Promise<Told | undefined> {
    const base = viewOf(this.#session);
    const deviceName = (index: number) => this.#devices.nameOf(index);
    const fixed = new Set<Fixed>(this.#only === undefined ? [] : ['dev']);
    const view = { ...base, deviceName, fixed };
    switch (declaration.name) {
      case link.name: {
        const text = await this.#link(value as LinkMessage);
        return text === undefined ? undefined : told('LINK', type === link.types.del, text);
      }
      case address.name:
      case multicastAddress.name:
      case anycastAddress.name: {
        const message = value as AddressMessage;
        if (!this.#concerns(message.header.index)) return undefined;
        const text = toText(addressParts, message, {
          ...base,
          scopes: scopeTable(),
          protocols: addressProtocolTable(),
          alone: true,
          linkName: deviceName,
        });
        const gone = [address.types.del, multicastAddress.types.del, anycastAddress.types.del];
        return told(
          'ADDR',
          gone.some((each) => each === type),
          text,
        );
      }
      case route.name: {
        const message = value as RouteMessage;
        if (message.header.family === AF_IPMR || message.header.family === AF_IP6MR)
          return this.#multicast(type === route.types.del, message, deviceName);
        if ((message.header.flags & RTM_F_CLONED) !== 0) return undefined;
        const { oif, multipath = [] } = message.attributes;
        if (![oif, ...multipath.map(({ header }) => header.ifindex)].some((each) => this.#concerns(each)))
          return undefined;
        return told('ROUTE', type === route.types.del, routeText(message, view));
      }
      case prefix.name: {
        const message = value as PrefixMessage;
        if (!this.#concerns(message.header.ifindex)) return undefined;
        return told('PREFIX', false, prefixText(message, deviceName));
      }
      case neighbour.name: {
        const message = value as NeighbourMessage;
        if (!this.#concerns(message.header.ifindex)) return undefined;
        const its: NeighbourView = { ...view, deviceKnown: this.#only !== undefined };
        return told('NEIGH', type === neighbour.types.del, neighbourText(message, its));
      }
      case rule.name:
        return told('RULE', type === rule.types.del, ruleText(value as RuleMessage, base));
      case nexthop.name:
        return told('NEXTHOP', type === nexthop.types.del, nexthopText(value as NexthopMessage, view));
      case netconf.name: {
        const message = value as NetconfMessage;
        if (!this.#concerns(message.attributes.ifindex)) return undefined;
        return told('NETCONF', type === netconf.types.del, netconfText(message, view));
      }
      case linkStatistics.received.name: {
        const { header, attributes } = value as LinkStatisticsMessage;
        if (!this.#concerns(header.ifindex)) return undefined;
        const link = linkHeading(header.ifindex, deviceName(header.ifindex), base);
        return told('STATS', false, `${link}${hardwareInfo(attributes, base).text}`);
      }
      case nsid.name:
        return told('NSID', type === nsid.types.del, await this.#nsid(value as NsidMessage));
      default:
        return undefined;
    }
  }

  #multicast(deleted: boolean, message: RouteMessage, deviceName: (index: number) => string): Told | undefined {
    if (!this.#concerns(message.attributes.iif)) return undefined;
    const view = { ...viewOf(this.#session), deviceName, withTable: true };
    return told('MROUTE', deleted, toText(multicastRouteParts, message, view));
  }

  #concerns(index: number | undefined): boolean {
    return this.#only === undefined || index === this.#only;
  }

  #learn(message: LinkMessage): void {
    const { index, family } = message.header;
    if (family !== AF_UNSPEC) return; // what a bridge says of its ports is not all of them
    this.#links.set(index, message);
    if (message.attributes.ifname !== undefined) this.#devices.remember(index, message.attributes.ifname);
  }

  async #link(message: LinkMessage): Promise<string | undefined> {
    this.#learn(message);
    if (message.attributes.ifname === undefined || !this.#concerns(message.header.index)) return undefined;
    const base = viewOf(this.#session);
    const kinds = base.options.details > 0 ? await this.#kindsOf(message) : new Map<string, Kind>();
    return toText(linkParts, message, {
      ...base,
      linkCommand: false,
      firstLineOnly: false,
      links: this.#links,
      namespaces: this.#namespaces,
      kinds,
      programs: new Map(),
      groups: groupTable(),
      change: true,
    });
  }

  async #kindsOf({ attributes: { linkinfo } }: LinkMessage): Promise<ReadonlyMap<string, Kind>> {
    const names = [linkinfo?.kind, linkinfo?.slave?.kind === undefined ? undefined : `${linkinfo.slave.kind}_slave`];
    const found = new Map<string, Kind>();
    for (const name of names) {
      if (name === undefined) continue;
      if (!this.#kinds.has(name)) this.#kinds.set(name, await loadKind(name));
      const kind = this.#kinds.get(name);
      if (kind !== undefined) found.set(name, kind);
    }
    return found;
  }

  /** A namespace may have got its name a moment ago; one that is gone has it from before. */
  async #nsid({ attributes: { nsid: id = -1 } }: NsidMessage): Promise<string> {
    if (!this.#namespaces.has(id)) {
      this.#namespaces = new Map([...this.#namespaces, ...(await namesById(this.#session))]);
    }
    const name = this.#namespaces.get(id);
    return `nsid ${id < 0 ? 'unassigned' : id} ${name === undefined ? '' : `(iproute2 netns name: ${name})`}`;
  }
}

function told(label: string, deleted: boolean, text: string): Told {
  return { label, text: deleted ? `Deleted ${text}` : text };
}

/** What a router said of a prefix; there is no blank before the link, as with `ip`. */
function prefixText({ header, attributes }: PrefixMessage, deviceName: (index: number) => string): string {
  const { address, cacheinfo } = attributes;
  return [
    address === undefined ? 'prefix ' : `prefix ${address}/${header.len}`,
    `dev ${deviceName(header.ifindex)} `,
    (header.flags & 1) === 0 ? '' : 'onlink ',
    (header.flags & 2) === 0 ? '' : 'autoconf ',
    cacheinfo === undefined ? '' : `valid ${cacheinfo.valid} preferred ${cacheinfo.preferred} `,
  ].join('');
}
