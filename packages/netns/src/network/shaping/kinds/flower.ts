import { InvalidArgumentError } from '../../../errors.ts';
import type { filterKinds } from '../../../netlink/families/route/filter.ts';
import { formatIpAddress, parseIpAddress } from '../../../wire/ip-address.ts';
import type { In, Out } from '../../../wire/shape.ts';

type Wire = typeof filterKinds.flower;

/** Fields of headers; all that are given must be as said. More are in `more`, as the kernel calls them. */
export interface FlowerOptions {
  /** Prefixes, `10.0.0.0/8`, of IPv4 or IPv6; a mask with gaps as `10.0.0.0/255.0.255.0`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Number of the protocol above IP: 6 TCP, 17 UDP, 132 SCTP, … */
  readonly ipProtocol?: number | undefined;
  readonly sourcePort?: number | undefined;
  readonly destinationPort?: number | undefined;
  readonly sourceMac?: string | undefined;
  readonly destinationMac?: string | undefined;
  readonly vlanId?: number | undefined;
  readonly vlanPriority?: number | undefined;
  /** EtherType of what the tag is around. */
  readonly vlanEtherType?: number | undefined;
  readonly tos?: number | undefined;
  readonly ttl?: number | undefined;
  /** The device that it came in by. */
  readonly inputLink?: string | undefined;
  readonly more?: In<Wire> | undefined;
}

const portNames: Readonly<Record<number, 'Tcp' | 'Udp' | 'Sctp'>> = { 6: 'Tcp', 17: 'Udp', 132: 'Sctp' };

export function encodeFlower(options: FlowerOptions, classid: number | undefined, etherType: number): In<Wire> {
  const { ipProtocol, sourcePort, destinationPort, vlanId, vlanPriority, vlanEtherType, tos, ttl } = options;
  const protocol = portNames[ipProtocol ?? 0];
  if ((sourcePort ?? destinationPort) !== undefined && protocol === undefined)
    throw new InvalidArgumentError('options.ipProtocol', ipProtocol, 'ports need TCP (6), UDP (17) or SCTP (132)');
  return {
    classid,
    keyEthType: etherType === 0x0003 ? undefined : etherType,
    indev: options.inputLink,
    keyEthSrc: options.sourceMac,
    keyEthDst: options.destinationMac,
    keyVlanId: vlanId,
    keyVlanPrio: vlanPriority,
    keyVlanEthType: vlanEtherType,
    keyIpProto: ipProtocol,
    ...prefix(options.from, 'Src', 'options.from'),
    ...prefix(options.to, 'Dst', 'options.to'),
    ...(sourcePort === undefined ? {} : { [`key${protocol}Src`]: sourcePort }),
    ...(destinationPort === undefined ? {} : { [`key${protocol}Dst`]: destinationPort }),
    keyIpTos: tos,
    keyIpTtl: ttl,
    ...options.more,
  };
}

export function decodeFlower(seen: Out<Wire>): FlowerOptions {
  return {
    from: prefixOf(seen.keyIpv4Src ?? seen.keyIpv6Src, seen.keyIpv4SrcMask ?? seen.keyIpv6SrcMask),
    to: prefixOf(seen.keyIpv4Dst ?? seen.keyIpv6Dst, seen.keyIpv4DstMask ?? seen.keyIpv6DstMask),
    ipProtocol: seen.keyIpProto,
    sourcePort: seen.keyTcpSrc ?? seen.keyUdpSrc ?? seen.keySctpSrc,
    destinationPort: seen.keyTcpDst ?? seen.keyUdpDst ?? seen.keySctpDst,
    sourceMac: seen.keyEthSrc,
    destinationMac: seen.keyEthDst,
    vlanId: seen.keyVlanId,
    vlanPriority: seen.keyVlanPrio,
    vlanEtherType: seen.keyVlanEthType,
    tos: seen.keyIpTos,
    ttl: seen.keyIpTtl,
    inputLink: seen.indev,
    more: moreOf(seen),
  };
}

/** What is told by the options above, or with the filter, or is of the moment. */
const told: ReadonlySet<string> = new Set<keyof Out<Wire>>([
  'classid',
  'act',
  'indev',
  'flags',
  'inHwCount',
  'keyEthType',
  'keyEthSrc',
  'keyEthDst',
  'keyVlanId',
  'keyVlanPrio',
  'keyVlanEthType',
  'keyIpProto',
  'keyIpTos',
  'keyIpTtl',
  ...(['Src', 'Dst'] as const).flatMap((side) =>
    (['Tcp', 'Udp', 'Sctp', 'Ipv4', 'Ipv6'] as const).map((header) => `key${header}${side}` as const),
  ),
  'keyIpv4SrcMask',
  'keyIpv4DstMask',
  'keyIpv6SrcMask',
  'keyIpv6DstMask',
]);

/** All ones: as good as none. */
const whole: readonly unknown[] = [0xff, 0xffff, 'ff:ff:ff:ff:ff:ff'];

/** Whether the hardware or the software alone is to look (TCA_CLS_FLAGS_SKIP_*). The other bits say what became of it. */
const skip = 3;

function moreOf({ flags = 0, ...seen }: Out<Wire>): In<Wire> | undefined {
  const rest = Object.entries(seen).filter(
    ([name, value]) =>
      value !== undefined && !told.has(name) && !(told.has(name.replace(/Mask$/, '')) && whole.includes(value)),
  );
  if ((flags & skip) !== 0) rest.push(['flags', flags & skip]);
  return rest.length === 0 ? undefined : (Object.fromEntries(rest) as In<Wire>);
}

function prefix(text: string | undefined, side: 'Src' | 'Dst', option: string): Record<string, string> {
  if (text === undefined) return {};
  const [address = '', length] = text.split('/');
  const bytes = parseIpAddress(address);
  // A mask with gaps stands there as an address.
  const given = length === undefined ? undefined : parseIpAddress(length);
  const bits = length === undefined ? (bytes?.length ?? 0) * 8 : Number(length);
  const isPrefix = given === undefined && Number.isInteger(bits) && bits >= 0 && bits <= (bytes?.length ?? 0) * 8;
  if (bytes === undefined || !(isPrefix || given?.length === bytes.length))
    throw new InvalidArgumentError(option, text, 'it must be an address or a prefix such as 10.0.0.0/8');
  const mask = given ?? bytes.map((_, index) => 0xff00 >> Math.min(8, Math.max(0, bits - index * 8)));
  const key = `keyIpv${bytes.length === 4 ? 4 : 6}${side}`;
  return { [key]: address, [`${key}Mask`]: formatIpAddress(mask) };
}

function prefixOf(address: string | undefined, mask: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const bytes = mask === undefined ? undefined : parseIpAddress(mask);
  if (bytes === undefined) return address;
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const length = bits.indexOf('0') === -1 ? bits.length : bits.indexOf('0');
  return `${address}/${bits.includes('1', length) ? mask : length}`;
}
