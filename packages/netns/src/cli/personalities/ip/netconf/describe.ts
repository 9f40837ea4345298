import {
  NETCONFA_IFINDEX_ALL,
  NETCONFA_IFINDEX_DEFAULT,
  type NetconfMessage,
} from '../../../../netlink/families/route/netconf.ts';
import { familyName } from '../families.ts';
import type { JsonObject } from '../json.ts';
import { type Part, toJson, toText, type View, value } from '../show/fields.ts';

export interface NetconfView extends View {
  deviceName(index: number): string;
}

type Shown = Part<NetconfMessage, NetconfView>;
type Key = Exclude<keyof NetconfMessage['attributes'], 'ifindex' | 'unknown'>;

/** A setting that is on or off. */
function onOff(key: Key, name: string): Shown {
  return value(
    name,
    (on) => `${name} ${on === true ? 'on' : 'off'} `,
    ({ attributes }) => {
      const number = attributes[key];
      return number === undefined ? undefined : number !== 0;
    },
  );
}

const strictness: Readonly<Record<number, string>> = { 0: 'off', 1: 'strict', 2: 'loose' };

/** What a device does with packets that are not its own, without the newline at its end. */
const parts: readonly Shown[] = [
  value('family', '% ', ({ header: { family } }) => familyName(family)),
  value(
    'interface',
    (name, { paint }) => paint('ifname', `${name} `),
    ({ attributes: { ifindex } }, view) => {
      if (ifindex === undefined) return undefined;
      if (ifindex === NETCONFA_IFINDEX_ALL) return 'all';
      return ifindex === NETCONFA_IFINDEX_DEFAULT ? 'default' : view.deviceName(ifindex);
    },
  ),
  onOff('forwarding', 'forwarding'),
  value('rp_filter', 'rp_filter % ', ({ attributes: { rpFilter } }) =>
    rpFilter === undefined ? undefined : (strictness[rpFilter] ?? 'unknown mode'),
  ),
  onOff('mcForwarding', 'mc_forwarding'),
  onOff('proxyNeigh', 'proxy_neigh'),
  onOff('ignoreRoutesWithLinkdown', 'ignore_routes_with_linkdown'),
  onOff('input', 'input'),
];

export function netconfText(netconf: NetconfMessage, view: NetconfView): string {
  return toText(parts, netconf, view);
}

export function netconfJson(netconf: NetconfMessage, view: NetconfView): JsonObject {
  return toJson(parts, netconf, view);
}
