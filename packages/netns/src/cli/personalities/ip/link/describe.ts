import { type LinkMessage, linkFlag, linkModes, operstates } from '../../../../netlink/families/route/link.ts';
import { addrGenModes } from '../../../../netlink/families/route/link-af-spec.ts';
import { formatIpAddress } from '../../../../wire/ip-address.ts';
import type { Json, JsonObject } from '../json.ts';
import { type Part, toJson, toText, value, when, words } from '../show/fields.ts';
import type { Tint } from '../show/paint.ts';
import { flagWords } from './flags.ts';
import { hardwareTypeName, hasIpAddress } from './hardware-types.ts';
import { statistics } from './statistics.ts';
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
  value('allmulti', ' allmulti % ', (link) => link.attributes.allmulti),
  number('min_mtu', 'minmtu', (link) => link.minMtu),
  number('max_mtu', 'maxmtu', (link) => link.maxMtu),
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
  value('phys_port_name', 'portname % ', (link) => link.attributes.physPortName),
  value('phys_port_id', 'portid % ', (link) => link.attributes.physPortId && hexString(link.attributes.physPortId)),
  value(
    'phys_switch_id',
    'switchid % ',
    (link) => link.attributes.physSwitchId && hexString(link.attributes.physSwitchId),
  ),
  value('parentbus', 'parentbus % ', (link) => link.attributes.parentDevBusName),
  value('parentdev', 'parentdev % ', (link) => link.attributes.parentDevName),
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

/** How a program gets at packets (XDP_ATTACHED_*). */
const xdpModes = ['', 'xdp', 'xdpgeneric', 'xdpoffload', 'xdpmulti'] as const;

/** That a program gets packets first: a word in text, all of it in JSON. */
const xdp: Shown = ({ attributes: { xdp: data } }, view) => {
  const mode = data?.attached ?? 0;
  if (mode === 0) return undefined;
  const one = { mode, ...(data?.progId !== undefined && { prog: programJson(data.progId, view) }) };
  const name = xdpModes[mode] ?? `[${mode}]`;
  const id = view.linkCommand || data?.progId === undefined ? '' : `/id:${data.progId}`;
  return { text: `${name}${id} `, json: { xdp: { ...one, attached: [one] } } };
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

/** The program itself, in a line of its own. */
const xdpProgram: Shown = words(({ attributes: { xdp: data } }, view) => {
  if ((data?.attached ?? 0) === 0 || data?.progId === undefined) return undefined;
  if (!view.linkCommand && view.options.details === 0) return undefined;
  const info = view.programs.get(data.progId);
  const start = `${view.newline}    prog/xdp id ${data.progId} `;
  if (info === undefined) return start;
  const { name, tag, jited, loadTime, uid } = info;
  const more = view.options.details > 0 ? `load_time ${loadTime} created_by_uid ${uid} ` : '';
  return `${start}${name === '' ? '' : `name ${name} `}tag ${tag} ${jited ? 'jited ' : ''}${more}`;
});

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
  value('event', 'event % ', ({ attributes: { event } }) =>
    event === undefined ? undefined : (events[event] ?? event),
  ),
  when((link, view) => !view.firstLineOnly || isDetailed(link, view), hardware),
  netns,
  words(({ attributes: { newNetnsid, newIfindex } }, view) => whereTo(newNetnsid, newIfindex, view)),
  value('proto_down', ' protodown on ', ({ attributes: { protoDown } }) => protoDown || undefined),
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
  when(
    (_link, view) => view.linkCommand && view.options.statistics > 0,
    [words((_link, view) => view.newline), statistics],
  ),
  value(
    'altnames',
    (names, view) => (names as readonly string[]).map((name) => `${view.newline}    altname ${name}`).join(''),
    ({ attributes: { propList } }) => propList?.altIfname,
  ),
  xdpProgram,
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
