import type { LinkMessage } from '../../../../netlink/families/route/link.ts';
import type { Json, JsonObject } from '../json.ts';
import { type Part, toJson, toText, value } from '../show/fields.ts';
import { humanCount } from '../show/human.ts';
import { hardwareTypeName } from './hardware-types.ts';
import type { LinkView } from './view.ts';

type VfList = NonNullable<NonNullable<LinkMessage['attributes']['vfinfoList']>['info']>;
/** A virtual function, and the type of the link that has it: it tells how long hardware addresses are. */
interface Vf {
  readonly info: VfList[number];
  readonly type: number;
}
type Shown = Part<Vf, LinkView>;

const ARPHRD_ETHER = 1;
/** What a driver that cannot tell answers. */
const unsupported = 0xffffffff;

const states = ['auto', 'enable', 'disable'];
const protocols: Readonly<Record<number, string>> = { 33024: '802.1Q', 34984: '802.1ad' };

function hardwareAddress(bytes: Uint8Array, type: number): string {
  const length = type === ARPHRD_ETHER ? 6 : 20; // that of InfiniBand
  return Array.from(bytes.subarray(0, length), (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

const toggle = (json: string, text: string, name: 'spoofchk' | 'trust' | 'rssQueryEn'): Shown =>
  value(
    json,
    (on) => `, ${text} ${on === true ? 'on' : 'off'}`,
    ({ info }) => {
      const setting = info[name]?.setting;
      return setting === undefined || setting === unsupported ? undefined : setting !== 0;
    },
  );

const guid = (json: string, text: string, name: 'ibNodeGuid' | 'ibPortGuid'): Shown =>
  value(json, `, ${text} %`, ({ info: { [name]: found } }) =>
    found?.guid
      .toString(16)
      .padStart(16, '0')
      .replace(/..(?!$)/g, '$&:'),
  );

interface Vlan {
  readonly vlan: number;
  readonly qos: number;
  readonly vlanProto?: number;
}

function vlanJson({ vlan, qos, vlanProto = 0x8100 }: Vlan): JsonObject {
  return {
    ...(vlan !== 0 && { vlan }),
    ...(qos !== 0 && { qos }),
    ...(vlanProto !== 0x8100 && { protocol: protocols[vlanProto] ?? `[${vlanProto}]` }),
  };
}

function vlanText(vlan: Vlan): string {
  const { vlan: id, qos, protocol } = vlanJson(vlan);
  const part = (name: string, found: Json | undefined) => (found === undefined ? '' : `, ${name} ${found}`);
  return part('vlan', id) + part('qos', qos) + part('vlan protocol', protocol);
}

const vlans: Shown = ({ info: { vlan, vlanList } }) => {
  const list: readonly Vlan[] = vlanList === undefined ? (vlan === undefined ? [] : [vlan]) : (vlanList.info ?? []);
  const json = list.map(vlanJson);
  return { text: list.map(vlanText).join(''), json: vlanList === undefined ? { ...json[0] } : { vlan_list: json } };
};

const rates: Shown = ({ info: { rate } }) => {
  if (rate === undefined) return undefined;
  const { maxTxRate, minTxRate } = rate;
  return {
    text: `${maxTxRate === 0 ? '' : `, max_tx_rate ${maxTxRate}Mbps`}${minTxRate === 0 ? '' : `, min_tx_rate ${minTxRate}Mbps`}`,
    json: { rate: { max_tx: maxTxRate, min_tx: minTxRate } },
  };
};

const statistics: Shown = ({ info: { stats } }, { options, newline }) => {
  if (options.statistics === 0 || stats === undefined) return undefined;
  const { rxBytes = 0n, rxPackets = 0n, multicast = 0n, broadcast = 0n, rxDropped } = stats;
  const { txBytes = 0n, txPackets = 0n, txDropped } = stats;
  const line = (...columns: readonly (readonly [bigint | undefined, number])[]) =>
    `${newline}    ${columns
      .map(([count, width]) =>
        count === undefined
          ? ''
          : `${(options.humanReadable ? humanCount(count, options.iec) : String(count)).padStart(width)} `,
      )
      .join('')}`;
  return {
    text:
      `${newline}    RX: bytes  packets  mcast   bcast  ${rxDropped === undefined ? '' : ' dropped'} ` +
      line([rxBytes, 10], [rxPackets, 8], [multicast, 7], [broadcast, 7], [rxDropped, 8]) +
      `${newline}    TX: bytes  packets  ${txDropped === undefined ? '' : ' dropped'} ` +
      line([txBytes, 10], [txPackets, 8], [txDropped, 8]),
    json: {
      stats: {
        rx: {
          bytes: rxBytes,
          packets: rxPackets,
          multicast,
          broadcast,
          ...(rxDropped !== undefined && { dropped: rxDropped }),
        },
        tx: { tx_bytes: txBytes, tx_packets: txPackets, ...(txDropped !== undefined && { dropped: txDropped }) },
      },
    },
  };
};

const parts: readonly Shown[] = [
  value('vf', 'vf % ', ({ info }) => info.mac?.vf),
  value('link_type', '    link/% ', ({ type }) => hardwareTypeName(type)),
  value(
    'address',
    (text, view) => view.paint('mac', String(text)),
    ({ info, type }) => info.mac && hardwareAddress(info.mac.mac, type),
  ),
  value(
    'broadcast',
    (text, view) => ` brd ${view.paint('mac', String(text))}`,
    ({ info, type }) => info.broadcast && hardwareAddress(info.broadcast, type),
  ),
  vlans,
  value('tx_rate', ', tx rate % (Mbps)', ({ info }) => info.txRate?.rate || undefined),
  rates,
  toggle('spoofchk', 'spoof checking', 'spoofchk'),
  guid('node guid', 'NODE_GUID', 'ibNodeGuid'),
  guid('port guid', 'PORT_GUID', 'ibPortGuid'),
  value('link_state', ', link-state %', ({ info: { linkState } }) => linkState && states[linkState.linkState]),
  toggle('trust', 'trust', 'trust'),
  toggle('query_rss_en', 'query_rss', 'rssQueryEn'),
  statistics,
];

/** The virtual functions of a device (SR-IOV), each in a line of its own. */
export const virtualFunctions: Part<LinkMessage, LinkView> = ({ header: { type }, attributes }, view) => {
  const list = attributes.vfinfoList?.info ?? [];
  if (attributes.numVf === undefined || attributes.vfinfoList === undefined) return undefined;
  const all = list.filter(({ mac }) => mac !== undefined).map((info) => ({ info, type }));
  return {
    text: all.map((vf) => `${view.newline}    ${toText(parts, vf, view)}`).join(''),
    json: { vfinfo_list: all.map((vf) => toJson(parts, vf, view)) },
  };
};
