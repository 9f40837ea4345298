import { type LinkMessage, linkFlag, linkModes, operstates } from '../../../../netlink/families/route/link.ts';
import { addrGenModes } from '../../../../netlink/families/route/link-af-spec.ts';
import { formatIpAddress } from '../../../../wire/ip-address.ts';
import type { Json, JsonObject } from '../json.ts';
import { type Part, toJson, toText, value, when, words } from '../show/fields.ts';
import type { Tint } from '../show/paint.ts';
import { flagWords } from './flags.ts';
import { hardwareTypeName, hasIpAddress } from './hardware-types.ts';
import { protodownReasons } from './names.ts';
import { statistics } from './statistics.ts';
import { virtualFunctions } from './vf-describe.ts';
import { groupName, type LinkView, linkName } from './view.ts';

type Shown = Part<LinkMessage, LinkView>;

/** The link below: by name if it is in this namespace, else by its index there. */
const below: Shown = ({ attributes: { link, linkNetnsid, ifname = '<nil>' } }, view) => {
  const name = (text: string) => view.paint('ifname', text);
  if (link === undefined) return { text: name(`${ifname}: `), json: { ifname } };
  if (link === 0) return { text: name(`${ifname}@NONE: `), json: { link: null, ifname } };
  if (linkNetnsid !== undefined) return { text: name(`${ifname}@if${link}: `), json: { link_index: link, ifname } };
  const other = linkName(view, link);
  return { text: name(`${ifname}@${other}: `), json: { link: other, ifname } };
};

function operstate(link: LinkMessage): string | undefined {
  const { operstate: state } = link.attributes;
  return state === undefined ? undefined : (operstates[state] ?? `0x${state.toString(16)}`);
}

function stateTint(state: Json): Tint | undefined {
  return state === 'UP' ? 'up' : state === 'DOWN' ? 'down' : undefined;
}

const flags: Shown = value(
  'flags',
  (names) => `<${(names as readonly string[]).join(',')}> `,
  (link, view) => flagWords(link, view),
);

/** A hardware address; that of a tunnel over IP is an IP address. */
function hardwareAddress(link: LinkMessage, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const bytes = text === '' ? [] : text.split(':').map((byte) => Number.parseInt(byte, 16));
  return hasIpAddress(link.header.type, bytes.length) ? formatIpAddress(Uint8Array.from(bytes)) : text;
}

const isPointToPoint = (link: LinkMessage) => (link.header.flags & linkFlag('POINTOPOINT')) !== 0;

const hardware: readonly Shown[] = [
  words((_link, view) => `${view.newline}    `),
  value('link_type', 'link/% ', ({ header: { type } }, { options }) =>
    options.numeric ? `[${type}]` : hardwareTypeName(type),
  ),
  value(
    'address',
    (text, view) => view.paint('mac', String(text)),
    (link) => hardwareAddress(link, link.attributes.address),
  ),
  value(
    'link_pointtopoint',
    '',
    (link) => (link.attributes.broadcast !== undefined && isPointToPoint(link)) || undefined,
  ),
  value(
    'broadcast',
    (text, view, link) => `${isPointToPoint(link) ? ' peer ' : ' brd '}${view.paint('mac', String(text))}`,
    (link) => hardwareAddress(link, link.attributes.broadcast),
  ),
  value(
    'permaddr',
    (text, view) => ` permaddr ${view.paint('mac', String(text))}`,
    (link) => {
      const { address, permAddress } = link.attributes;
      return permAddress === address ? undefined : hardwareAddress(link, permAddress);
    },
  ),
];

/** Which namespace the link below is in: in text by name, if it has one here. */
const netns: Shown = value(
  'link_netnsid',
  (id, view) => {
    const name = view.namespaces.get(Number(id));
    if (name !== undefined) return ` link-netns ${name}`;
    return ` link-netnsid ${Number(id) < 0 ? 'unknown' : id}`;
  },
  (link) => link.attributes.linkNetnsid,
);

/** What kind of link it is, and what it is to its master, with the settings that this program knows. */
const kind: Shown = ({ attributes: { linkinfo } }, view) => {
  if (linkinfo === undefined) return undefined;
  const members: Record<string, JsonObject | string> = {};
  let text = '';
  const add = (name: string, label: string, data: unknown, members_: readonly [kind: string, data: string]) => {
    text += `${view.newline}    ${label} `;
    members[members_[0]] = name;
    const parts = view.kinds.get(label)?.describe;
    if (parts === undefined || data === undefined) return;
    text += toText(parts, data as never, view);
    members[members_[1]] = toJson(parts, data as never, view);
  };
  if (linkinfo.kind !== undefined) {
    const other = linkinfo.kind === 'other';
    const name = other ? linkinfo.name : linkinfo.kind;
    add(name, name, other ? undefined : linkinfo.data, ['info_kind', 'info_data']);
  }
  if (linkinfo.slave !== undefined) {
    const other = linkinfo.slave.kind === 'other';
    const name = other ? linkinfo.slave.name : linkinfo.slave.kind;
    add(name, `${name}_slave`, other ? undefined : linkinfo.slave.data, ['info_slave_kind', 'info_slave_data']);
  }
  return { text, json: { linkinfo: members } };
};

/** A number with its name in front. */
function number(json: string, text: string, get: (attributes: LinkMessage['attributes']) => number | undefined): Shown {
  return value(json, `${text} % `, (link) => get(link.attributes));
}

const details: readonly Shown[] = [
  value('promiscuity', ' promiscuity % ', (link) => link.attributes.promiscuity),
  value('allmulti', 'allmulti % ', (link) => link.attributes.allmulti),
  number('min_mtu', 'minmtu', (link) => link.minMtu),
  number('max_mtu', 'maxmtu', (link) => link.maxMtu),
  value('netns-immutable', 'netns-immutable ', (link) => link.attributes.netnsImmutable || undefined),
  kind,
  when(
    (_link, view) => view.linkCommand,
    [
      value('inet6_addr_gen_mode', 'addrgenmode % ', ({ attributes: { afSpec } }) => {
        const mode = afSpec?.inet6?.addrGenMode;
        return mode === undefined ? undefined : (addrGenModes[mode] ?? `0x${mode.toString(16).padStart(2, '0')}`);
      }),
    ],
  ),
  number('num_tx_queues', 'numtxqueues', (link) => link.numTxQueues),
  number('num_rx_queues', 'numrxqueues', (link) => link.numRxQueues),
  number('gso_max_size', 'gso_max_size', (link) => link.gsoMaxSize),
  number('gso_max_segs', 'gso_max_segs', (link) => link.gsoMaxSegs),
  number('tso_max_size', 'tso_max_size', (link) => link.tsoMaxSize),
  number('tso_max_segs', 'tso_max_segs', (link) => link.tsoMaxSegs),
  number('gro_max_size', 'gro_max_size', (link) => link.groMaxSize),
  number('gso_ipv4_max_size', 'gso_ipv4_max_size', (link) => link.gsoIpv4MaxSize),
  number('gro_ipv4_max_size', 'gro_ipv4_max_size', (link) => link.groIpv4MaxSize),
  value('phys_port_name', 'portname % ', (link) => link.attributes.physPortName),
  value('phys_port_id', 'portid % ', (link) => link.attributes.physPortId && hexString(link.attributes.physPortId)),
  value(
    'phys_switch_id',
    'switchid % ',
    (link) => link.attributes.physSwitchId && hexString(link.attributes.physSwitchId),
  ),
  value('parentbus', 'parentbus % ', (link) => link.attributes.parentDevBusName),
  value('parentdev', 'parentdev % ', (link) => link.attributes.parentDevName),
  value('dpll_pin', 'dpll-pin % ', (link) => link.attributes.dpllPin?.id),
];

/** Why the kernel tells of a link (IFLA_EVENT_*). */
const events = [
  'NONE',
  'REBOOT',
  'FEATURE CHANGE',
  'BONDING FAILOVER',
  'NOTIFY PEERS',
  'RESEND IGMP',
  'BONDING OPTION',
];

/** Where a link has gone that left this namespace. */
function whereTo(nsid: number | undefined, index: number | undefined, view: LinkView): string {
  const name = nsid === undefined ? undefined : view.namespaces.get(nsid);
  const netns = name !== undefined ? ` new-netns ${name}` : nsid === undefined ? '' : ` new-netnsid ${nsid}`;
  return index === undefined ? netns : `${netns} new-ifindex ${index}`;
}

function hexString(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const shownReasons = 8;

/** Why a link is held down (IFLA_PROTO_DOWN_REASON): bits by their names. */
const protodown: readonly Shown[] = [
  value('proto_down', ' protodown on ', ({ attributes: { protoDown } }) => protoDown || undefined),
  value(
    'proto_down_reason',
    (reasons) => `protodown_reason <${(reasons as readonly string[]).join(',')}>`,
    ({ attributes: { protoDown, protoDownReason: { value: bits = 0 } = {} } }) => {
      if (protoDown === undefined || bits === 0) return undefined;
      const names = protodownReasons();
      return Array.from({ length: shownReasons }, (_bit, bit) => bit)
        .filter((bit) => (bits >>> bit) & 1)
        .map((bit) => names.nameOf(bit) ?? String(bit));
    },
  ),
];

/** How a program gets at packets (XDP_ATTACHED_*). */
const xdpModes = ['', 'xdp', 'xdpgeneric', 'xdpoffload', 'xdpmulti'] as const;
const XDP_ATTACHED_MULTI = 4;

type XdpData = NonNullable<LinkMessage['attributes']['xdp']>;

/** The programs that get packets first, with how each gets at them: several only where there are several ways. */
function attachedPrograms(
  data: XdpData,
): readonly { readonly mode: number; readonly name: string; readonly id: number }[] {
  const { attached: mode = 0, progId, skbProgId, drvProgId, hwProgId } = data;
  const found = (number: number, name: string, id: number | undefined) =>
    id === undefined ? [] : [{ mode: number, name, id }];
  const all = [
    ...found(2, 'xdpgeneric', skbProgId),
    ...found(1, 'xdpdrv', drvProgId),
    ...found(3, 'xdpoffload', hwProgId),
  ];
  return all.length > 0 || mode >= XDP_ATTACHED_MULTI ? all : found(mode, 'xdp', progId);
}

/** That a program gets packets first: a word in text, all of it in JSON. */
const xdp: Shown = ({ attributes: { xdp: data } }, view) => {
  const mode = data?.attached ?? 0;
  if (data === undefined || mode === 0) return undefined;
  const one = (number: number, id: number | undefined) => ({
    mode: number,
    ...(id !== undefined && { prog: programJson(id, view) }),
  });
  const attached = attachedPrograms(data).map((each) => one(each.mode, each.id));
  const name = xdpModes[mode] ?? `xdp[${mode}]`;
  const id = view.linkCommand || data.progId === undefined ? '' : `/id:${data.progId}`;
  return { text: `${name}${id} `, json: { xdp: { ...one(mode, data.progId), attached } } };
};

function programJson(id: number, view: LinkView): JsonObject {
  const info = view.programs.get(id);
  if (info === undefined) return { id };
  const { name, tag, jited, loadTime, uid } = info;
  return {
    id,
    ...(name !== '' && { name }),
    tag,
    jited: jited ? 1 : 0,
    ...(view.options.details > 0 && { load_time: loadTime, created_by_uid: uid }),
  };
}

/** The programs themselves, in lines of their own. */
const xdpPrograms: Shown = words(({ attributes: { xdp: data } }, view) => {
  if ((data?.attached ?? 0) === 0 || data === undefined) return undefined;
  if (!view.linkCommand && view.options.details === 0) return undefined;
  const first = data.progId === undefined ? [] : [{ name: 'xdp', id: data.progId }];
  const others = data.attached === XDP_ATTACHED_MULTI ? attachedPrograms(data) : [];
  return [...first, ...others].map(({ name, id }) => programText(name, id, view)).join('');
});

function programText(title: string, id: number, view: LinkView): string {
  const info = view.programs.get(id);
  const start = `${view.newline}    prog/${title} id ${id} `;
  if (info === undefined) return start;
  const { name, tag, jited, loadTime, uid } = info;
  const more = view.options.details > 0 ? `load_time ${loadTime} created_by_uid ${uid} ` : '';
  return `${start}${name === '' ? '' : `name ${name} `}tag ${tag} ${jited ? 'jited ' : ''}${more}`;
}

const isDetailed = (_link: LinkMessage, view: LinkView) => view.options.details > 0;

/** A link as `ip link` and `ip address` show it, without the newline at its end. */
export const linkParts: readonly Shown[] = [
  value('ifindex', '%: ', (link) => link.header.index),
  below,
  flags,
  value('mtu', 'mtu % ', (link) => link.attributes.mtu),
  xdp,
  value('qdisc', 'qdisc % ', (link) => link.attributes.qdisc),
  value('master', 'master % ', ({ attributes: { master } }, view) =>
    master === undefined ? undefined : linkName(view, master),
  ),
  value('operstate', (state, view) => `state ${view.paint(stateTint(state), `${state} `)}`, operstate),
  when(
    (_link, view) => view.linkCommand,
    [
      value('linkmode', 'mode % ', ({ attributes: { linkmode } }) =>
        linkmode === undefined ? undefined : (linkModes[linkmode] ?? linkmode),
      ),
    ],
  ),
  value('group', 'group % ', ({ attributes: { group } }, view) =>
    group === undefined ? undefined : groupName(view, group),
  ),
  value('txqlen', 'qlen %', ({ attributes: { txqlen = 0 } }, view) =>
    txqlen === 0 || view.change === true ? undefined : txqlen,
  ),
  value('event', 'event % ', ({ attributes: { event = 0 } }) => (event === 0 ? undefined : (events[event] ?? event))),
  when((link, view) => !view.firstLineOnly || isDetailed(link, view), hardware),
  netns,
  words(({ attributes: { newNetnsid, newIfindex } }, view) => whereTo(newNetnsid, newIfindex, view)),
  ...protodown,
  when(isDetailed, details),
  when(
    (link, view) => view.linkCommand || isDetailed(link, view),
    [
      value(
        'ifalias',
        (text, view) => `${view.newline}    alias ${text}`,
        (link) => link.attributes.ifalias,
      ),
    ],
  ),
  xdpPrograms,
  when(
    (_link, view) => view.linkCommand && view.options.statistics > 0,
    [words((_link, view) => view.newline), statistics],
  ),
  when((_link, view) => view.linkCommand || view.options.details > 0, [virtualFunctions]),
  value(
    'altnames',
    (names, view) => (names as readonly string[]).map((name) => `${view.newline}    altname ${name}`).join(''),
    ({ attributes: { propList } }) => propList && (propList.altIfname ?? []),
  ),
];

/** Name and state of a link as `-brief` shows them, in columns. */
export const briefParts: readonly Shown[] = [
  (link, view) => {
    const said = below(link, { ...view, paint: (_tint, text) => text });
    const name = (said?.text ?? '').slice(0, -2);
    return { ...said, text: view.paint('ifname', `${name.padEnd(16)} `) };
  },
  value('operstate', (state, view) => view.paint(stateTint(state), `${String(state).padEnd(14)} `), operstate),
];

/** What `-brief` shows of a link where its addresses are not what matters. */
export const briefHardwareParts: readonly Shown[] = [
  value(
    'address',
    (text, view) => view.paint('mac', `${text} `),
    (link) => hardwareAddress(link, link.attributes.address),
  ),
  flags,
];
