import { formatIpAddress, parseIpAddress } from '../../../../wire/ip-address.ts';
import { failure } from '../../ip/exit.ts';
import { prefix, toText } from '../../ip/inet.ts';
import type { Json } from '../../ip/json.ts';
import { hardwareAddress } from '../../ip/values.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import type { ActionTable } from '../actions/kind.ts';
import { labelText, readLabels } from '../actions/marks.ts';
import { geneveText, readErspan, readGeneve } from '../actions/tunnel-key.ts';
import { etherType, etherTypeText, parseEtherType } from '../ether-types.ts';
import { illegal, next, number } from '../kinds/read.ts';
import type { Say } from '../say.ts';
import {
  type Data,
  filterKind,
  outcome,
  readAll,
  readHandle,
  skipWords,
  tellClass,
  tellFlags,
  tellHandle,
  tellOutcome,
  verboseFlag,
} from './kind.ts';

type Draft = Record<string, unknown>;
type Seen = Data<'flower'>;

const protocols: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, icmpv6: 58, l2tp: 115 };

const arpOperations: Readonly<Record<string, number>> = { request: 1, reply: 2 };

/** What is known of a packet's place in a datagram, by bit. */
const fragmentWords: Readonly<Record<string, number>> = { frag: 1, firstfrag: 2 };

/** States of a connection, by bit, in the order in which they are told. */
const states: Readonly<Record<string, number>> = { trk: 8, new: 1, est: 2, rel: 4, inv: 16, rpl: 32 };

/** Classes of queues in hardware: `hw_tc`. */
const hardwareClass = 0xffff_ffe0;

/** `5` or `5/0xff`: a number, and which of its bits count. */
function masked(key: string, option: string, all: number) {
  return (take: () => string): Draft => {
    const [value = '', mask] = take().split('/');
    return { [key]: number(value, option), [`${key}Mask`]: mask === undefined ? all : number(mask, option) };
  };
}

function plain(key: string, option: string) {
  return (take: () => string): Draft => ({ [key]: number(take(), option) });
}

function mac(key: string) {
  return (take: () => string): Draft => {
    const [address = '', mask] = take().split('/');
    return {
      [key]: hardwareAddress(address),
      [`${key}Mask`]:
        mask === undefined ? macMask(48) : mask.includes(':') ? hardwareAddress(mask) : macMask(number(mask, key)),
    };
  };
}

function macMask(bits: number): string {
  return Array.from({ length: 6 }, (_, at) => maskByte(bits, at).toString(16).padStart(2, '0')).join(':');
}

function maskByte(bits: number, at: number): number {
  return (0xff00 >> Math.min(8, Math.max(0, bits - 8 * at))) & 0xff;
}

/** An address or a prefix, of the family that the packets are of. */
function address(key: (version: 4 | 6) => string, family: () => 'inet' | 'inet6' | undefined) {
  return (take: () => string): Draft => {
    const found = prefix(take(), family());
    const name = key(found.family === 'inet' ? 4 : 6);
    const mask = Uint8Array.from(found.bytes, (_, at) => maskByte(found.length, at));
    return { [name]: toText(found), [`${name}Mask`]: formatIpAddress(mask) };
  };
}

function ipv4(key: string) {
  return address(
    () => key,
    () => 'inet',
  );
}

function ether(key: string, option: string, seen?: (value: number) => void) {
  return (take: () => string): Draft => {
    const value = parseEtherType(take());
    if (value === undefined) throw illegal(option);
    seen?.(value);
    return { [key]: value };
  };
}

/** EtherTypes of what PPP carries, by its own numbers. */
const pppNumbers: Readonly<Record<number, number>> = { 2048: 0x21, 34525: 0x57, 34887: 0x0281, 34888: 0x0283 };

function pppEtherType(number: number): number {
  return Number(Object.keys(pppNumbers).find((each) => pppNumbers[Number(each)] === number) ?? 0);
}

/** Fields of headers. */
export const flower = filterKind<Seen>({
  read(words, header, handle, context) {
    readHandle(header, handle);
    const draft: Draft & { flags?: number } = {};
    const inside = { type: header.protocol, ipProto: -1 };
    const family = () =>
      inside.type === etherType.ip
        ? ('inet' as const)
        : inside.type === etherType.ipv6
          ? ('inet6' as const)
          : undefined;
    const port = (side: 'Src' | 'Dst') => (take: () => string) => readPort(take(), side, inside.ipProto);
    const encapsulated = (side: 'Src' | 'Dst') =>
      address(
        (version) => `keyEncIpv${version}${side}`,
        () => undefined,
      );
    const icmp = (field: 'Type' | 'Code') => (take: () => string) => {
      const version = inside.ipProto === protocols.icmp ? 4 : inside.ipProto === protocols.icmpv6 ? 6 : undefined;
      if (version === undefined) throw illegal(`icmp ${field.toLowerCase()}`);
      return masked(`keyIcmpv${version}${field}`, `icmp ${field.toLowerCase()}`, 0xff)(take);
    };
    const { class: classWords, act } = outcome(context);
    let fragments: { keyFlags: number; keyFlagsMask: number } | undefined;
    const table: ActionTable<Draft> = {
      ...(classWords as unknown as ActionTable<Draft>),
      hw_tc: (take) => ({ classid: (hardwareClass | number(take(), 'hw_tc')) >>> 0 }),
      ip_flags: (take) => {
        fragments = readFragments(take());
        return {};
      },
      verbose: () => ({ flags: (draft.flags ?? 0) | verboseFlag }),
      ...skipWords(draft),
      ct_state: (take) => readState(take()),
      ct_zone: masked('keyCtZone', 'ct_zone', 0xffff),
      ct_mark: masked('keyCtMark', 'ct_mark', 0xffff_ffff),
      ct_label: (take) => {
        const { labels, labelsMask } = readLabels(take(), 'ct_label');
        return { keyCtLabels: labels, keyCtLabelsMask: labelsMask };
      },
      indev: (take) => ({ indev: take() }),
      num_of_vlans: plain('keyNumOfVlans', 'num_of_vlans'),
      vlan_id: plain('keyVlanId', 'vlan_id'),
      vlan_prio: plain('keyVlanPrio', 'vlan_prio'),
      vlan_ethtype: ether('keyVlanEthType', 'vlan_ethtype', (value) => {
        inside.type = value;
      }),
      cvlan_id: plain('keyCvlanId', 'cvlan_id'),
      cvlan_prio: plain('keyCvlanPrio', 'cvlan_prio'),
      cvlan_ethtype: ether('keyCvlanEthType', 'cvlan_ethtype', (value) => {
        inside.type = value;
      }),
      pppoe_sid: plain('keyPppoeSid', 'pppoe_sid'),
      ppp_proto: (take) => {
        const type = parseEtherType(take());
        const own = type === undefined ? undefined : (pppNumbers[type] ?? type);
        if (type === undefined || own === undefined) throw illegal('ppp_proto');
        inside.type = pppEtherType(own) || type;
        return { keyPppProto: own };
      },
      mpls: (_take, of) => readMpls(of),
      mpls_label: plain('keyMplsLabel', 'mpls_label'),
      mpls_tc: plain('keyMplsTc', 'mpls_tc'),
      mpls_bos: plain('keyMplsBos', 'mpls_bos'),
      mpls_ttl: plain('keyMplsTtl', 'mpls_ttl'),
      dst_mac: mac('keyEthDst'),
      src_mac: mac('keyEthSrc'),
      ip_proto: (take) => {
        const word = take();
        const name = Object.keys(protocols).find((each) => isPrefix(word, each));
        if (name === undefined && !/^(0x)?[0-9a-f]{1,2}$/i.test(word)) throw illegal('ip_proto');
        inside.ipProto = name === undefined ? Number.parseInt(word, 16) : (protocols[name] ?? 0);
        return { keyIpProto: inside.ipProto };
      },
      ip_tos: masked('keyIpTos', 'ip_tos', 0xff),
      ip_ttl: masked('keyIpTtl', 'ip_ttl', 0xff),
      dst_ip: address((version) => `keyIpv${version}Dst`, family),
      src_ip: address((version) => `keyIpv${version}Src`, family),
      l2tpv3_sid: plain('keyL2tpv3Sid', 'l2tpv3_sid'),
      dst_port: port('Dst'),
      src_port: port('Src'),
      tcp_flags: masked('keyTcpFlags', 'tcp_flags', 0x0fff),
      type: icmp('Type'),
      code: icmp('Code'),
      arp_tip: ipv4('keyArpTip'),
      arp_sip: ipv4('keyArpSip'),
      arp_op: (take) => {
        const [word = '', mask] = take().split('/');
        const value = arpOperations[word] ?? number(word, 'arp_op');
        return { keyArpOp: value, keyArpOpMask: mask === undefined ? 0xff : number(mask, 'arp_op') };
      },
      arp_tha: mac('keyArpTha'),
      arp_sha: mac('keyArpSha'),
      enc_dst_ip: encapsulated('Dst'),
      enc_src_ip: encapsulated('Src'),
      enc_key_id: plain('keyEncKeyId', 'enc_key_id'),
      enc_dst_port: plain('keyEncUdpDstPort', 'enc_dst_port'),
      enc_tos: masked('keyEncIpTos', 'enc_tos', 0xff),
      enc_ttl: masked('keyEncIpTtl', 'enc_ttl', 0xff),
      geneve_opts: (take) => tunnelOptions(take(), 'geneve', (text) => text.split(',').map(readGeneve), geneveMask),
      vxlan_opts: (take) =>
        tunnelOptions(
          take(),
          'vxlan',
          (text) => ({ gbp: number(text, 'vxlan_opts') }),
          () => ({ gbp: 0xffff_ffff }),
        ),
      erspan_opts: (take) =>
        tunnelOptions(take(), 'erspan', readErspan, (text) => ({ ...ones(readErspan(text)), ver: 0xff }), erspanMask),
      gtp_opts: (take) => tunnelOptions(take(), 'gtp', readGtp, () => ({ pduType: 0xff, qfi: 0xff })),
      action: act as unknown as ActionTable<Draft>[string],
    };
    readAll<Draft>(words, draft, table);
    const { flags = 0, ...rest } = draft;
    return {
      ...rest,
      flags,
      ...fragments,
      ...(header.protocol === etherType.all ? {} : { keyEthType: header.protocol }),
    };
  },
  print(say, data, header, view) {
    tellHandle(say, header);
    if (data.classid !== undefined && data.classid > hardwareClass) say.value('hw_tc', 'hw_tc % ', data.classid & 0x1f);
    else tellClass(say, data.classid, 'classid');
    if (data.indev !== undefined) say.value('indev', '\n  indev %', data.indev);
    say.group('keys', (inner) => tellKeys(inner, data));
    tellFlags(say, data.flags, '\n  ', '', data.inHwCount);
    tellOutcome(say, data, view);
  },
});

function ones(value: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.keys(value).map((key) => [key, 0xffff_ffff]));
}

function erspanMask(text: string): Record<string, number> {
  const [ver = '', index = '', dir = '', hwid = ''] = text.split(':');
  const value = (word: string) => number(word, 'erspan_opts');
  return { ver: value(ver), index: value(index), dir: value(dir), hwid: value(hwid) };
}

function geneveMask(text: string) {
  return text.split(',').map((each) => {
    const { data } = readGeneve(each);
    return { class: 0xffff, type: 0xff, data: new Uint8Array(data.length).fill(0xff) };
  });
}

function readGtp(text: string): Record<string, number> {
  const match = /^([0-9a-f]{1,2}):([0-9a-f]{1,2})$/i.exec(text);
  if (match === null) throw illegal('gtp_opts');
  return { pduType: Number.parseInt(match[1] ?? '', 16), qfi: Number.parseInt(match[2] ?? '', 16) };
}

/** `OPTIONS` or `OPTIONS/MASK`. */
function tunnelOptions(
  word: string,
  kind: string,
  read: (text: string) => unknown,
  whole: (text: string) => unknown,
  readMask = read,
): Draft {
  const [text = '', mask] = word.split('/');
  return {
    keyEncOpts: { [kind]: read(text) },
    keyEncOptsMask: { [kind]: mask === undefined ? whole(text) : readMask(mask) },
  };
}

function readPort(word: string, side: 'Src' | 'Dst', protocol: number): Draft {
  const option = side === 'Src' ? 'src_port' : 'dst_port';
  const name = { 6: 'Tcp', 17: 'Udp', 132: 'Sctp' }[protocol];
  if (name === undefined) throw illegal(option);
  const [low = '', high] = word.split('-');
  if (high !== undefined) {
    const [min, max] = [number(low, option), number(high, option)];
    if (max <= min) throw failure(`max value should be greater than min value`);
    return { [`keyPort${side}Min`]: min, [`keyPort${side}Max`]: max };
  }
  const [value = '', mask] = word.split('/');
  const key = `key${name}${side}`;
  return mask === undefined
    ? { [key]: number(value, option) }
    : { [key]: number(value, option), [`${key}Mask`]: number(mask, option) };
}

function readFragments(word: string): { keyFlags: number; keyFlagsMask: number } {
  const found = { keyFlags: 0, keyFlagsMask: 0 };
  for (const part of word.split('/')) {
    const off = part.startsWith('no');
    const bit = fragmentWords[off ? part.slice(2) : part];
    if (bit === undefined) throw illegal('ip_flags');
    found.keyFlagsMask |= bit;
    if (!off) found.keyFlags |= bit;
  }
  return found;
}

function readState(word: string): Draft {
  const parts = word.match(/[+-][a-z]+/g) ?? [];
  if (parts.join('') !== word) throw illegal('ct_state');
  const found = { keyCtState: 0, keyCtStateMask: 0 };
  for (const part of parts) {
    const bit = states[part.slice(1)];
    if (bit === undefined) throw illegal('ct_state');
    found.keyCtStateMask |= bit;
    if (part.startsWith('+')) found.keyCtState |= bit;
  }
  return found;
}

const labelWords = { depth: 'depth', label: 'label', tc: 'tc', bos: 'bos', ttl: 'ttl' } as const;

/** Label by label: `lse depth 1 label 100 lse depth 2 …`. */
function readMpls(words: Words): Draft {
  const lse: Record<string, number>[] = [];
  while (words.peek() === 'lse') {
    words.take();
    const entry: Record<string, number> = {};
    for (let word = words.peek(); word !== undefined && Object.hasOwn(labelWords, word); word = words.peek()) {
      words.take();
      entry[word] = number(next(words), word);
    }
    lse.push(entry);
  }
  if (lse.length === 0) throw illegal('mpls');
  return { keyMplsOpts: { lse } };
}

/** What is told of the fields, in the order in which `tc` does. */
function tellKeys(say: Say, data: Seen): void {
  const line = (key: string, value: Json | undefined, shown: Json | undefined = value) =>
    say.value(key, `\n  ${key} %`, value, shown);
  const withMask = (key: string, value: number | undefined, mask: number | undefined, all: number) => {
    if (value === undefined) return;
    const some = mask !== undefined && mask !== all;
    line(key, value, some ? `${value}/0x${mask.toString(16)}` : value);
    if (some) say.member(`${key}_mask`, mask.toString(16));
  };
  line('num_of_vlans', data.keyNumOfVlans);
  line('vlan_id', data.keyVlanId);
  line('vlan_prio', data.keyVlanPrio);
  if (data.keyVlanEthType !== undefined) line('vlan_ethtype', etherTypeText(data.keyVlanEthType));
  line('cvlan_id', data.keyCvlanId);
  line('cvlan_prio', data.keyCvlanPrio);
  if (data.keyCvlanEthType !== undefined) line('cvlan_ethtype', etherTypeText(data.keyCvlanEthType));
  line('dst_mac', macText(data.keyEthDst, data.keyEthDstMask));
  line('src_mac', macText(data.keyEthSrc, data.keyEthSrcMask));
  if (data.keyEthType !== undefined) line('eth_type', etherText(data.keyEthType));
  if (data.keyIpProto !== undefined) line('ip_proto', protocolText(data.keyIpProto));
  withMask('ip_tos', data.keyIpTos, data.keyIpTosMask, 0xff);
  withMask('ip_ttl', data.keyIpTtl, data.keyIpTtlMask, 0xff);
  tellMpls(say, data);
  line('dst_ip', addressText(data.keyIpv4Dst ?? data.keyIpv6Dst, data.keyIpv4DstMask ?? data.keyIpv6DstMask));
  line('src_ip', addressText(data.keyIpv4Src ?? data.keyIpv6Src, data.keyIpv4SrcMask ?? data.keyIpv6SrcMask));
  line('pppoe_sid', data.keyPppoeSid);
  if (data.keyPppProto !== undefined) line('ppp_proto', etherTypeText(pppEtherType(data.keyPppProto)));
  line('l2tpv3_sid', data.keyL2tpv3Sid);
  tellPorts(say, data);
  if (data.keyTcpFlags !== undefined)
    line('tcp_flags', `0x${data.keyTcpFlags.toString(16)}/${(data.keyTcpFlagsMask ?? 0xfff).toString(16)}`);
  const icmp = (key: string, value: number | undefined, mask: number | undefined) => {
    if (value !== undefined) line(key, mask === undefined || mask === 0xff ? String(value) : `${value}/${mask}`);
  };
  icmp('icmp_type', data.keyIcmpv4Type ?? data.keyIcmpv6Type, data.keyIcmpv4TypeMask ?? data.keyIcmpv6TypeMask);
  icmp('icmp_code', data.keyIcmpv4Code ?? data.keyIcmpv6Code, data.keyIcmpv4CodeMask ?? data.keyIcmpv6CodeMask);
  line('arp_sip', addressText(data.keyArpSip, data.keyArpSipMask));
  line('arp_tip', addressText(data.keyArpTip, data.keyArpTipMask));
  if (data.keyArpOp !== undefined) line('arp_op', arpText(data.keyArpOp, data.keyArpOpMask));
  line('arp_sha', macText(data.keyArpSha, data.keyArpShaMask));
  line('arp_tha', macText(data.keyArpTha, data.keyArpThaMask));
  line(
    'enc_dst_ip',
    addressText(data.keyEncIpv4Dst ?? data.keyEncIpv6Dst, data.keyEncIpv4DstMask ?? data.keyEncIpv6DstMask),
  );
  line(
    'enc_src_ip',
    addressText(data.keyEncIpv4Src ?? data.keyEncIpv6Src, data.keyEncIpv4SrcMask ?? data.keyEncIpv6SrcMask),
  );
  line('enc_key_id', data.keyEncKeyId);
  line('enc_dst_port', data.keyEncUdpDstPort);
  withMask('enc_tos', data.keyEncIpTos, data.keyEncIpTosMask, 0xff);
  withMask('enc_ttl', data.keyEncIpTtl, data.keyEncIpTtlMask, 0xff);
  tellTunnelOptions(say, data);
  if (data.keyFlags !== undefined && data.keyFlagsMask) tellFragments(say, data.keyFlags, data.keyFlagsMask);
  if (data.keyCtState !== undefined && data.keyCtStateMask)
    line('ct_state', stateText(data.keyCtState, data.keyCtStateMask));
  withMask('ct_zone', data.keyCtZone, data.keyCtZoneMask, 0xffff);
  withMask('ct_mark', data.keyCtMark, data.keyCtMarkMask, 0xffff_ffff);
  if (data.keyCtLabels !== undefined) {
    const { keyCtLabels: labels, keyCtLabelsMask: mask } = data;
    const all = mask === undefined || mask.every((byte) => byte === 0xff);
    line('ct_label', `${labelText(labels)}${all ? '' : `/${labelText(mask)}`}`);
  }
}

function etherText(type: number): string {
  if (type === etherType.ip) return 'ipv4';
  if (type === etherType.ipv6) return 'ipv6';
  return type === etherType.arp ? 'arp' : type.toString(16).padStart(4, '0');
}

function protocolText(number: number): string {
  return Object.keys(protocols).find((name) => protocols[name] === number) ?? number.toString(16).padStart(2, '0');
}

function arpText(value: number, mask: number | undefined): string {
  const name = Object.keys(arpOperations).find((each) => arpOperations[each] === value) ?? String(value);
  return mask === undefined || mask === 0xff ? name : `${name}/${mask}`;
}

/** How many bits are set in front; undefined if others are, too. */
function leadingBits(bytes: readonly number[] | Uint8Array): number | undefined {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const length = bits.indexOf('0') === -1 ? bits.length : bits.indexOf('0');
  return bits.includes('1', length) ? undefined : length;
}

function macText(value: string | undefined, mask: string | undefined): string | undefined {
  if (value === undefined || mask === undefined) return value;
  const bits = leadingBits(mask.split(':').map((byte) => Number.parseInt(byte, 16)));
  return bits === undefined ? `${value}/${mask}` : bits === 48 ? value : `${value}/${bits}`;
}

function addressText(value: string | undefined, mask: string | undefined): string | undefined {
  const bytes = mask === undefined ? undefined : parseIpAddress(mask);
  if (value === undefined || bytes === undefined) return value;
  const bits = leadingBits(bytes);
  return bits === undefined ? `${value}/${mask}` : bits === bytes.length * 8 ? value : `${value}/${bits}`;
}

function tellMpls(say: Say, data: Seen): void {
  const entries = data.keyMplsOpts?.lse ?? [];
  if (entries.length > 0) {
    const all = entries.map((entry): Record<string, number> => {
      const found: Record<string, number> = {};
      for (const key of Object.keys(labelWords) as (keyof typeof labelWords)[])
        if (entry[key] !== undefined) found[key] = entry[key];
      return found;
    });
    const text = all
      .map(
        (entry) =>
          `\n    lse ${Object.entries(entry)
            .map((pair) => pair.join(' '))
            .join(' ')}`,
      )
      .join('');
    say.value('mpls', '\n  mpls%', all, text);
  }
  say.value('mpls_label', '\n  mpls_label %', data.keyMplsLabel);
  const string = (value: number | undefined) => (value === undefined ? undefined : String(value));
  say.value('mpls_tc', '\n  mpls_tc %', string(data.keyMplsTc));
  say.value('mpls_bos', '\n  mpls_bos %', string(data.keyMplsBos));
  say.value('mpls_ttl', '\n  mpls_ttl %', string(data.keyMplsTtl));
}

function tellPorts(say: Say, data: Seen): void {
  const port = (key: string, value: number | undefined, mask: number | undefined) => {
    if (value === undefined) return;
    const some = mask !== undefined && mask !== 0xffff;
    say.value(key, `\n  ${key} %`, value, some ? `${value}/0x${mask.toString(16)}` : value);
    if (some) say.member(`${key}_mask`, mask.toString(16));
  };
  port(
    'dst_port',
    data.keyTcpDst ?? data.keyUdpDst ?? data.keySctpDst,
    data.keyTcpDstMask ?? data.keyUdpDstMask ?? data.keySctpDstMask,
  );
  port(
    'src_port',
    data.keyTcpSrc ?? data.keyUdpSrc ?? data.keySctpSrc,
    data.keyTcpSrcMask ?? data.keyUdpSrcMask ?? data.keySctpSrcMask,
  );
  const range = (key: string, start: number | undefined, end: number | undefined) => {
    if (start !== undefined && end !== undefined) say.value(key, `\n  ${key} %`, { start, end }, `${start}-${end}`);
  };
  range('dst_port', data.keyPortDstMin, data.keyPortDstMax);
  range('src_port', data.keyPortSrcMin, data.keyPortSrcMax);
}

function tellFragments(say: Say, flags: number, mask: number): void {
  const found = Object.entries(fragmentWords).filter(([, bit]) => (mask & bit) !== 0);
  const isOn = (bit: number) => (flags & bit) !== 0;
  say.value(
    'ip_flags',
    '\n  ip_flags %',
    Object.fromEntries(found.map(([name, bit]) => [name, isOn(bit)])),
    found.map(([name, bit]) => (isOn(bit) ? name : `no${name}`)).join('/'),
  );
}

function stateText(state: number, mask: number): string {
  return Object.entries(states)
    .filter(([, bit]) => (mask & bit) !== 0)
    .map(([name, bit]) => `${(state & bit) === 0 ? '-' : '+'}${name}`)
    .join('');
}

function tellTunnelOptions(say: Say, { keyEncOpts: key, keyEncOptsMask: mask }: Seen): void {
  if (key?.geneve !== undefined) {
    const members = (each: (typeof key.geneve)[number]) => ({
      class: each.class ?? 0,
      type: each.type ?? 0,
      data: [...(each.data ?? [])],
    });
    say.member('geneve_opt_key', key.geneve.map(members));
    if (mask?.geneve !== undefined) say.member('geneve_opt_mask', mask.geneve.map(members));
    say.words(
      `\n  geneve_opts ${key.geneve.map(geneveText).join(',')}${mask?.geneve === undefined ? '' : `/${mask.geneve.map(geneveText).join(',')}`}`,
    );
  }
  if (key?.vxlan?.gbp !== undefined) {
    say.member('vxlan_opt_key', [{ gbp: key.vxlan.gbp }]);
    if (mask?.vxlan?.gbp !== undefined) say.member('vxlan_opt_mask', [{ gbp: mask.vxlan.gbp }]);
    say.words(`\n  vxlan_opts ${key.vxlan.gbp}${mask?.vxlan?.gbp === undefined ? '' : `/${mask.vxlan.gbp}`}`);
  }
  if (key?.erspan !== undefined) {
    const text = ({ ver = 0, index = 0, dir = 0, hwid = 0 }: NonNullable<typeof key.erspan>) =>
      `${ver}:${index}:${dir}:${hwid}`;
    say.value(
      'erspan_opts',
      '\n  erspan_opts %',
      `${text(key.erspan)}${mask?.erspan === undefined ? '' : `/${text(mask.erspan)}`}`,
    );
  }
  if (key?.gtp !== undefined) {
    const two = (value = 0) => value.toString(16).padStart(2, '0');
    const text = ({ pduType, qfi }: NonNullable<typeof key.gtp>) => `${two(pduType)}:${two(qfi)}`;
    say.words(`\n  gtp_opts ${text(key.gtp)}${mask?.gtp === undefined ? '' : `/${text(mask.gtp)}`}`);
  }
}
