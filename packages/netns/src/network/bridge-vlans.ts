import type { NetlinkConnection } from '../connection/connection.ts';
import { InvalidArgumentError } from '../errors.ts';
import { AF_BRIDGE } from '../netlink/families/route/address-families.ts';
import {
  type BridgeVlanMessage,
  bridgePortStates,
  bridgeVlan,
  bridgeVlanDump,
  bridgeVlanFlags,
} from '../netlink/families/route/bridge-vlan.ts';
import type { Links } from './links.ts';
import { type Snapshot, snapshot } from './snapshot.ts';
import { onlyWords } from './words.ts';

/** A VLAN, or a range of them, of one port: `bridge vlan add dev PORT vid VID`. */
export interface BridgeVlanSpec {
  /** A port of a bridge, or the bridge itself. Name or index. */
  readonly link: string | number;
  /** 1 to 4094. */
  readonly vlan: number;
  /** The last of several, all the same. Default: `vlan`. */
  readonly to?: number | undefined;
  /** What comes in without a tag belongs to it; there is one of these. */
  readonly pvid?: boolean | undefined;
  /** It leaves without a tag. */
  readonly untagged?: boolean | undefined;
}

/** VLANs as the kernel describes them: those from `vlan` to `to` are alike. Given back to `add` or `delete`, they mean the same. */
export interface BridgeVlan extends BridgeVlanSpec {
  readonly link: number;
  readonly to: number;
  readonly pvid: boolean;
  readonly untagged: boolean;
  /** `forwarding`, `blocking`, … */
  readonly state: string | undefined;
}

/** Which VLANs are meant: those of one device. `bridge vlan show dev DEV`. */
export interface BridgeVlanFilter {
  /** Name or index. */
  readonly link?: string | number | undefined;
}

const checkSpec = onlyWords<BridgeVlanSpec, BridgeVlan>({
  link: true,
  vlan: true,
  to: true,
  pvid: true,
  untagged: true,
  state: false,
});
const checkFilter = onlyWords<BridgeVlanFilter>({ link: true });

type Entry = NonNullable<BridgeVlanMessage['attributes']['entry']>[number];

const bit = (name: (typeof bridgeVlanFlags)[number]) => 1 << bridgeVlanFlags.indexOf(name);

/**
 * The VLANs of one network namespace's bridges and their ports: who gets what, with a tag or without. `bridge vlan show`, `add`, `delete`. They count
 * where the bridge has `vlanFiltering`.
 *
 *     await ns.network.vlans.add({ link: 'eth0', vlan: 10, pvid: true, untagged: true });
 *
 * Throws NetlinkError EINVAL with the kernel's words in `extack` (the device is no port of a bridge); EOPNOTSUPP before Linux 5.7. See bridge(8).
 */
export class BridgeVlans {
  readonly #connection: NetlinkConnection;
  readonly #links: Links;

  constructor(connection: NetlinkConnection, links: Links) {
    this.#connection = connection;
    this.#links = links;
  }

  /** All, or those of one device. Linux 5.6. */
  async list(filter: BridgeVlanFilter = {}): Promise<Snapshot<BridgeVlan>> {
    checkFilter(filter);
    const { messages, interrupted } = await this.#connection.whenIdle(() =>
      this.#connection.dump(
        bridgeVlanDump,
        { header: { family: AF_BRIDGE, ifindex: this.#links.indexIfGiven(filter.link) } },
        { operation: 'list VLANs of bridges' },
      ),
    );
    return snapshot(messages.flatMap(vlansOf), interrupted);
  }

  /** Makes VLANs, or changes how they are sent. */
  add(spec: BridgeVlanSpec): Promise<void> {
    return this.#change('new', spec, `add VLAN ${named(spec)}`);
  }

  /** Takes VLANs away from a port. `bridge vlan del`. */
  delete(spec: BridgeVlanSpec): Promise<void> {
    return this.#change('del', spec, `delete VLAN ${named(spec)}`);
  }

  async #change(verb: 'new' | 'del', spec: BridgeVlanSpec, operation: string): Promise<void> {
    checkSpec(spec);
    const { link, vlan, to = vlan, pvid = false, untagged = false } = spec;
    for (const [option, value] of Object.entries({ vlan, to })) {
      if (!Number.isInteger(value) || value < 1 || value > 4094)
        throw new InvalidArgumentError(option, value, 'it must be a number from 1 to 4094');
    }
    const flags = verb === 'del' ? 0 : (pvid ? bit('pvid') : 0) | (untagged ? bit('untagged') : 0);
    await this.#connection.whenIdle(() =>
      this.#connection.request(
        bridgeVlan,
        verb,
        {
          header: { family: AF_BRIDGE, ifindex: this.#links.index(link) },
          attributes: { entry: [{ info: { flags, vid: vlan }, ...(to !== vlan && { range: to }) }] },
        },
        { operation },
      ),
    );
  }
}

function named({ link, vlan, to = vlan }: BridgeVlanSpec): string {
  return `${to === vlan ? vlan : `${vlan}-${to}`} (link ${link})`;
}

function vlansOf({ header, attributes }: BridgeVlanMessage): BridgeVlan[] {
  return (attributes.entry ?? []).flatMap(({ info, range, state }: Entry) =>
    info === undefined
      ? []
      : [
          {
            link: header.ifindex,
            vlan: info.vid,
            to: range ?? info.vid,
            pvid: (info.flags & bit('pvid')) !== 0,
            untagged: (info.flags & bit('untagged')) !== 0,
            state: state === undefined ? undefined : bridgePortStates[Number(state)],
          },
        ],
  );
}
