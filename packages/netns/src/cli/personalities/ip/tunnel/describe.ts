import type { LinkMessage } from '../../../../netlink/families/route/link.ts';
import type { Json } from '../json.ts';
import { dsfields } from '../route-names.ts';
import { type Part, type View, value } from '../show/fields.ts';
import { flags6 } from './options.ts';
import { addressText, bits, carried, isAnyAddress, type Tunnel4, type Tunnel6 } from './parameters.ts';

export interface TunnelView extends View {
  deviceName(index: number): string;
}

interface SixRd {
  readonly prefix: string;
  readonly prefixLength: number;
  readonly relay: string;
  readonly relayLength: number;
}

/** A tunnel, and what is asked for besides. */
/** A router that an ISATAP tunnel may use. */
export interface Router {
  readonly address: string;
  readonly isDefault: boolean;
}

/** PRL_DEFAULT (`linux/if_tunnel.h`). */
export const PRL_DEFAULT = 1;

export type Shown<T> = T & { readonly sixRd?: SixRd | undefined; readonly routers?: readonly Router[] | undefined };

const protocols: Readonly<Record<number, string>> = {
  [carried.any]: 'any',
  [carried.ipip]: 'ip',
  [carried.ipv6]: 'ipv6',
  [carried.gre]: 'gre',
};

const hex = (number: number, digits: number) => `0x${number.toString(16).padStart(digits, '0')}`;

type Both = Shown<Tunnel4 | Tunnel6>;

/** Keys: one for both ways, or one for each. */
const keys: Part<Both, TunnelView> = ({ inFlags, outFlags, inKey, outKey }) => {
  const keyed = { in: (inFlags & bits.key) !== 0, out: (outFlags & bits.key) !== 0 };
  const members: Record<string, Json> = {};
  if (keyed.in && keyed.out && inKey === outKey) members.key = inKey;
  else {
    if (keyed.in) members.ikey = inKey;
    if (keyed.out) members.okey = outKey;
  }
  const text = Object.entries(members).map(([name, key]) => ` ${name} ${key}`);
  return { text: text.join(''), json: members };
};

/** What GRE does to packets, each in a line of its own. */
const treatment: Part<Both, TunnelView> = ({ protocol, inFlags, outFlags }, { newline }) => {
  if (protocol !== carried.gre) return undefined;
  const all = [
    [inFlags & bits.seq, 'rx_drop_ooseq', 'Drop packets out of sequence.'],
    [inFlags & bits.csum, 'rx_csum', 'Checksum in received packet is required.'],
    [outFlags & bits.seq, 'tx_seq', 'Sequence packets on output.'],
    [outFlags & bits.csum, 'tx_csum', 'Checksum output packets.'],
  ] as const;
  const done = all.filter(([is]) => is !== 0);
  return {
    text: done.map(([, , text]) => `${newline}  ${text}`).join(''),
    json: { flags: done.map(([, name]) => name) },
  };
};

function end(name: 'remote' | 'local', any: string): Part<Both, TunnelView> {
  return (tunnel, { host }) => {
    const address = host(addressText(tunnel[name]));
    return { text: ` ${name} ${isAnyAddress(tunnel[name]) ? any : address}`, json: { [name]: address } };
  };
}

/** `ip tunnel show`, without the newline at its end. */
export const describe4: readonly Part<Shown<Tunnel4>, TunnelView>[] = [
  value('ifname', '%: ', ({ name }) => name),
  value('mode', '%', ({ protocol }) => `${protocols[protocol] ?? 'unknown'}/ip`),
  end('remote', 'any'),
  end('local', 'any'),
  value('dev', ' dev %', ({ link }, view) => (link === 0 ? undefined : view.deviceName(link))),
  ({ routers = [] }) => ({
    text: routers.map(({ address, isDefault }) => ` ${isDefault ? 'pdr' : 'pr'} ${address}`).join(''),
    json: Object.fromEntries(routers.map(({ address, isDefault }) => [isDefault ? 'pdr' : 'pr', address])),
  }),
  ({ ttl }) => (ttl === 0 ? { text: ' ttl inherit' } : { text: ` ttl ${ttl}`, json: { ttl } }),
  ({ tos }, { options }) => {
    if (tos === 0) return undefined;
    if (tos === 1) return { text: ' tos inherit' };
    const rest = tos & ~1;
    const name = (options.numeric ? undefined : dsfields.nameOf(rest)) ?? hex(rest, 2);
    return { text: ` tos ${(tos & 1) === 0 ? '' : 'inherit/'}${name}`, json: { tos: hex(tos, 2) } };
  },
  ({ pmtudisc }) => (pmtudisc ? undefined : { text: ' nopmtudisc', json: { nopmtudisc: null } }),
  ({ sixRd }) => {
    if (sixRd === undefined || sixRd.prefixLength === 0) return undefined;
    const { prefix, prefixLength, relay, relayLength } = sixRd;
    const relayed = relayLength === 0 ? '' : ` 6rd-relay_prefix ${relay}/${relayLength}`;
    return {
      text: ` 6rd-prefix ${prefix}/${prefixLength}${relayed}`,
      json: {
        '6rd-prefix': prefix,
        '6rd-prefixlen': prefixLength,
        ...(relayLength !== 0 && { '6rd-relay_prefix': relay, '6rd-relay_prefixlen': relayLength }),
      },
    };
  },
  keys,
  treatment,
];

/** A part of the flow that is a number, or taken from the packet that is carried. */
function flow(name: string, inherit: number, number: (flowinfo: number) => string): Part<Tunnel6, TunnelView> {
  return ({ flags, flowinfo }) =>
    (flags & inherit) !== 0
      ? { text: ` ${name} inherit`, json: { [`ip6_tnl_f_use_orig_${name}`]: null } }
      : { text: ` ${name} ${number(flowinfo)}`, json: { [name]: number(flowinfo) } };
}

/** `ip -6 tunnel show`, without the newline at its end. */
export const describe6: readonly Part<Shown<Tunnel6>, TunnelView>[] = [
  value('ifname', '%: ', ({ name }) => name),
  value('mode', '%', ({ protocol }) => `${protocols[protocol] ?? 'unknown'}/ipv6`),
  end('remote', '::'),
  end('local', '::'),
  value('link', ' dev %', ({ link }, view) => (link === 0 ? undefined : view.deviceName(link))),
  ({ flags, encapLimit }) =>
    (flags & flags6.noEncapLimit) !== 0
      ? { text: ' encaplimit none', json: { ip6_tnl_f_ign_encap_limit: null } }
      : { text: ` encaplimit ${encapLimit}`, json: { encap_limit: encapLimit } },
  ({ ttl }) => (ttl === 0 ? { text: ' hoplimit inherit' } : { text: ` hoplimit ${ttl}`, json: { hoplimit: ttl } }),
  flow('tclass', flags6.inheritClass, (flowinfo) => hex((flowinfo >>> 20) & 0xff, 2)),
  flow('flowlabel', flags6.inheritLabel, (flowinfo) => hex(flowinfo & 0xfffff, 5)),
  value('flowinfo', ' (flowinfo %)', ({ flowinfo }) => hex(flowinfo, 8)),
  ({ flags }) =>
    (flags & flags6.inheritDscp) === 0 ? undefined : { text: ' dscp inherit', json: { ip6_tnl_f_rcv_dscp_copy: null } },
  ({ flags }) =>
    (flags & flags6.allowLocalRemote) === 0
      ? undefined
      : { text: ' allow-localremote', json: { ip6_tnl_f_allow_local_remote: null } },
  keys,
  treatment,
];

type Counters = NonNullable<LinkMessage['attributes']['stats64']>;

/** What a tunnel has counted, in two tables. */
export function statistics(counted: Counters, { newline }: TunnelView): string {
  const row = (numbers: readonly bigint[], widths: readonly number[]) =>
    `    ${numbers.map((number, at) => String(number).padEnd(widths[at] ?? 0)).join(' ')}`;
  return [
    '',
    'RX: Packets    Bytes        Errors CsumErrs OutOfSeq Mcasts',
    row(
      [
        counted.rxPackets,
        counted.rxBytes,
        counted.rxErrors,
        counted.rxFrameErrors,
        counted.rxFifoErrors,
        counted.multicast,
      ],
      [10, 12, 6, 8, 8, 8],
    ),
    'TX: Packets    Bytes        Errors DeadLoop NoRoute  NoBufs',
    row(
      [
        counted.txPackets,
        counted.txBytes,
        counted.txErrors,
        counted.collisions,
        counted.txCarrierErrors,
        counted.txDropped,
      ],
      [10, 12, 6, 8, 8, 6],
    ),
  ].join(newline);
}
