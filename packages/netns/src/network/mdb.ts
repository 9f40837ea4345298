import type { NetlinkConnection } from '../connection/connection.ts';
import { InvalidArgumentError } from '../errors.ts';
import { AF_BRIDGE } from '../netlink/families/route/address-families.ts';
import { type MdbMessage, mdb, mdbFlags, mdbGroupModes, mdbStates } from '../netlink/families/route/mdb.ts';
import { routeProtocols } from '../netlink/families/route/route.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../netlink/header.ts';
import { flagNames, nameOf } from '../wire/names.ts';
import type { Links } from './links.ts';
import { type Snapshot, snapshot } from './snapshot.ts';
import { numberFor, onlyWords } from './words.ts';

/** A membership to be made or taken away: `bridge mdb add dev BRIDGE port PORT grp GROUP`. */
export interface MulticastGroupSpec {
  /** The bridge. Name or index. */
  readonly bridge: string | number;
  /** The port with members behind it, or the bridge itself. Name or index. */
  readonly port: string | number;
  /** `239.1.1.1`, `ff02::1:3`, or a hardware address (Linux 5.10). */
  readonly group: string;
  /** Default: 0, which is all that has no tag. */
  readonly vlan?: number | undefined;
  /** Stays when nobody asks for it any more. Default: false. */
  readonly permanent?: boolean | undefined;
  /** Only what comes from this address. Linux 5.10. */
  readonly source?: string | undefined;
  /** What comes from `sources` only, or from all others. Default: `exclude`, and `include` with a `source`. Linux 6.3. */
  readonly mode?: MulticastGroupMode | undefined;
  /** Of a group without a `source`: the kernel makes an entry for each of them, too. Linux 6.3. */
  readonly sources?: readonly string[] | undefined;
  /** Who made it, by the names of routing protocols, or by number. Default: `static`. Linux 6.3. */
  readonly protocol?: string | number | undefined;
  /** Of a vxlan, which is `bridge` and `port` in one: the tunnel's other end. This and what follows: Linux 6.4. */
  readonly destination?: string | undefined;
  /** UDP port of the other end. Default: that of the vxlan. */
  readonly destinationPort?: number | undefined;
  /** Network identifier to send with. Default: that of the vxlan. */
  readonly vni?: number | undefined;
  /** The device to send through. Name or index. */
  readonly via?: string | number | undefined;
  /** Network identifier that packets come with, of a vxlan that collects. */
  readonly sourceVni?: number | undefined;
}

/** Whether only the sources that are listed are wanted (`include`), or all others (`exclude`). RFC 3376. */
export type MulticastGroupMode = (typeof mdbGroupModes)[number];

/** A member of a group, as a bridge knows it. Given back to `delete`, it means the same. */
export interface MulticastGroup extends MulticastGroupSpec {
  readonly bridge: number;
  readonly port: number;
  readonly vlan: number;
  readonly permanent: boolean;
  /** Milliseconds until it is forgotten; zero for what stays. */
  readonly expires: number | undefined;
  readonly mode: MulticastGroupMode | undefined;
  readonly protocol: string | number | undefined;
  readonly via?: number | undefined;
  readonly flags: readonly string[];
}

/** Which groups are meant: those of one bridge. `bridge mdb show dev BRIDGE`. */
export interface MulticastGroupFilter {
  readonly bridge?: string | number | undefined;
  readonly port?: string | number | undefined;
  readonly group?: string | undefined;
  readonly vlan?: number | undefined;
}

const checkSpec = onlyWords<MulticastGroupSpec, MulticastGroup>({
  bridge: true,
  port: true,
  group: true,
  vlan: true,
  permanent: true,
  source: true,
  mode: true,
  sources: true,
  protocol: true,
  destination: true,
  destinationPort: true,
  vni: true,
  via: true,
  sourceVni: true,
  expires: false,
  flags: false,
});
const checkFilter = onlyWords<MulticastGroupFilter>({ bridge: true, port: true, group: true, vlan: true });

/** Hundredths of a second. */
const tick = 10;

/**
 * Behind which ports of its bridges there are members of multicast groups: `bridge mdb show`, `add`, `del`, `replace`. The bridge has to be up
 * for what is added to be temporary.
 *
 *     await ns.network.mdb.add({ bridge: 'br0', port: 'eth0', group: '239.1.1.1', permanent: true });
 *
 * Throws NetlinkError EEXIST, EINVAL (no group, the bridge is down), `delete` EINVAL or ENOENT; InvalidArgumentError. Linux 3.8; `replace`
 * 6.3. See bridge(8).
 */
export class Mdb {
  readonly #connection: NetlinkConnection;
  readonly #links: Links;

  constructor(connection: NetlinkConnection, links: Links) {
    this.#connection = connection;
    this.#links = links;
  }

  /** All, or those of one bridge. `bridge mdb show`. */
  async list(filter: MulticastGroupFilter = {}): Promise<Snapshot<MulticastGroup>> {
    checkFilter(filter);
    const bridge = this.#links.indexIfGiven(filter.bridge, 'bridge');
    const port = this.#links.indexIfGiven(filter.port, 'port');
    // The kernel refuses to choose itself.
    const request = { header: { family: AF_BRIDGE } };
    const { messages, interrupted } = await this.#connection.whenIdle(() =>
      this.#connection.dump(mdb, request, { operation: 'list multicast groups of bridges' }),
    );
    const found = messages.flatMap(groupsOf);
    return snapshot(
      found.filter(
        (each) =>
          (bridge === undefined || each.bridge === bridge) &&
          (port === undefined || each.port === port) &&
          (filter.group === undefined || each.group === filter.group) &&
          (filter.vlan === undefined || each.vlan === filter.vlan),
      ),
      interrupted,
    );
  }

  /** Makes a member. Rejects with NetlinkError EEXIST if there is one. `bridge mdb add`. */
  add(spec: MulticastGroupSpec): Promise<void> {
    return this.#change('new', spec, NLM_F_CREATE | NLM_F_EXCL, 'add');
  }

  /** Makes an entry, or changes the one that is there. Linux 6.3. */
  replace(spec: MulticastGroupSpec): Promise<void> {
    return this.#change('new', spec, NLM_F_CREATE | NLM_F_REPLACE, 'set');
  }

  /** Takes a member away. `bridge mdb del`. */
  delete(spec: MulticastGroupSpec): Promise<void> {
    return this.#change('del', spec, 0, 'delete');
  }

  async #change(verb: 'new' | 'del', spec: MulticastGroupSpec, flags: number, doing: string): Promise<void> {
    checkSpec(spec);
    const { bridge, port, group, vlan = 0, permanent = false } = spec;
    if (!Number.isInteger(vlan) || vlan < 0 || vlan > 4094)
      throw new InvalidArgumentError('vlan', vlan, 'it must be a number from 0 to 4094');
    await this.#connection.whenIdle(() =>
      this.#connection.request(
        mdb,
        verb,
        {
          header: { family: AF_BRIDGE, ifindex: this.#links.index(bridge, 'bridge') },
          attributes: {
            setEntry: {
              ifindex: this.#links.index(port, 'port'),
              state: mdbStates.indexOf(permanent ? 'permanent' : 'temp'),
              vid: vlan,
              addr: group,
            },
            setEntryAttrs: this.#moreOf(spec, verb),
          },
        },
        { operation: `${doing} multicast group ${group} (port ${port})`, flags },
      ),
    );
  }

  /** What an entry is found by, and, for one that is made, what more is said of it. */
  #moreOf(spec: MulticastGroupSpec, verb: 'new' | 'del') {
    const { source, sources, mode, protocol, destination, destinationPort, vni, via, sourceVni } = spec;
    const attributes = {
      source,
      dst: destination,
      dstPort: destinationPort,
      vni,
      ifindex: this.#links.indexIfGiven(via, 'via'),
      srcVni: sourceVni,
      ...(verb === 'new' && {
        groupMode: mode === undefined ? undefined : numberFor(mdbGroupModes, mode, 'mode', 0),
        srcList: sources && { entry: sources.map((address) => ({ address })) },
        rtprot: protocol === undefined ? undefined : numberFor(routeProtocols, protocol, 'protocol', 0),
      }),
    };
    return Object.values(attributes).some((value) => value !== undefined) ? attributes : undefined;
  }
}

function groupsOf({ header, attributes }: MdbMessage): MulticastGroup[] {
  const infos = (attributes.mdb?.entry ?? []).flatMap(({ info = [] }) => info);
  return infos.map(({ header: entry, attributes: known }) => ({
    bridge: header.ifindex,
    port: entry.ifindex,
    group: entry.addr,
    vlan: entry.vid,
    permanent: mdbStates[entry.state] === 'permanent',
    source: known.source,
    sources: known.srcList?.entry?.map(({ address }) => address as string),
    protocol: known.rtprot === undefined ? undefined : nameOf(routeProtocols, known.rtprot),
    destination: known.dst,
    destinationPort: known.dstPort,
    vni: known.vni,
    via: known.ifindex,
    sourceVni: known.srcVni,
    expires: known.timer === undefined ? undefined : known.timer * tick,
    mode: mdbGroupModes[known.groupMode ?? -1],
    flags: flagNames(mdbFlags, entry.flags),
  }));
}
