import type { Fd } from '../../../../native/fd.ts';
import { linkFlag, linkModes, operstates } from '../../../../netlink/families/route/link.ts';
import { addrGenModes } from '../../../../netlink/families/route/link-af-spec.ts';
import { readProgram } from '../bpf-programs.ts';
import { duplicateArgument, duplicateOrGarbage, invalidArgument } from '../exit.ts';
import type { Grammar, OptionRow } from '../grammar.ts';
import { parseInteger, parseUnsigned } from '../numbers.ts';
import { hardwareAddress, integer, oneOfOnOff, onOff } from '../values.ts';
import { vrfNamed } from '../vrf.ts';
import { isPrefix } from '../words.ts';
import type { LinkDraft } from './draft.ts';
import { inetHelp, readInet } from './inet-settings.ts';
import type { Lookup } from './lookup.ts';
import { groupNumber, isDeviceWord, isLinkName, protodownReasons } from './names.ts';
import { readVf, vfHelp } from './vf.ts';

export interface LinkContext {
  readonly lookup: Lookup;
  /** The file behind a word that means a namespace; undefined if there is none. */
  openNamespaceFile(word: string): Fd | undefined;
  /** What is there already may be replaced (`-force`). */
  readonly force: boolean;
  /** Prints the help of `ip link`; does not return. */
  help(): never;
}

type Row = OptionRow<LinkDraft, LinkContext>;
type NumberAttribute =
  | 'txqlen'
  | 'mtu'
  | 'numTxQueues'
  | 'numRxQueues'
  | 'gsoMaxSize'
  | 'gsoMaxSegs'
  | 'groMaxSize'
  | 'gsoIpv4MaxSize'
  | 'groIpv4MaxSize';

/** An option with a number for an attribute of the same meaning. `ip` reads it as signed and sends it as it is. */
function number(words: string, name: string, attribute: NumberAttribute, help: string): Row {
  return {
    words,
    help,
    once: name,
    apply: (draft, take) => {
      draft.attributes[attribute] = integer(take(), `Invalid "${name}" value\n`) >>> 0;
    },
  };
}

/** An option that sets or clears a flag of the link with `on` or `off`. */
function flag(words: string, bit: Parameters<typeof linkFlag>[0], inverted = false): Row {
  const name = words.replace('*', '');
  return {
    words,
    help: `[ ${name} { on | off } ]`,
    apply: (draft, take) => setFlag(draft, bit, onOff(take(), name) !== inverted),
  };
}

/** Bytes of an alias, with the zero at its end (IFALIASZ). */
const mostAlias = 256;

/** Ways in which a program gets at packets, with their bits (XDP_FLAGS_*_MODE, `linux/if_link.h`). */
const xdpModes = { xdp: 0, xdpgeneric: 2, xdpdrv: 4, xdpoffload: 8 } as const;
const XDP_FLAGS_UPDATE_IF_NOEXIST = 1;

/** A program that gets every packet first; without `-force` it replaces none. */
const xdpRows = Object.entries(xdpModes).map(
  ([word, bit]): Row => ({
    words: word,
    ...(bit === 0 && { help: '[ { xdp | xdpgeneric | xdpdrv | xdpoffload } { off | pinned FILE } ]' }),
    apply: ({ attributes, kept }, take, { force }, _word, words) => {
      const isOff = words.left === 1 && ['off', 'none'].includes(words.peek() ?? '');
      const fd = isOff ? -1 : readProgram(take, kept).fd;
      if (isOff) take();
      const flags = bit | (force ? 0 : XDP_FLAGS_UPDATE_IF_NOEXIST);
      attributes.xdp = { fd, ...(flags !== 0 && { flags }) };
    },
  }),
);

function setFlag(draft: LinkDraft, bit: Parameters<typeof linkFlag>[0], on: boolean): void {
  draft.change |= linkFlag(bit);
  draft.flags = on ? draft.flags | linkFlag(bit) : draft.flags & ~linkFlag(bit);
}

/** The position of a name in a list, or Exit (255) with this reason. */
function position(names: readonly string[], word: string, reason: string): number {
  const index = names.findIndex((name) => name.toLowerCase() === word.toLowerCase());
  if (index < 0) throw invalidArgument(word, reason);
  return index;
}

/** The options of `ip link add` and `ip link set`, in the order in which `ip` compares them. */
export const linkRows: readonly Row[] = [
  {
    words: 'up',
    help: '[ { up | down } ]',
    apply: (draft) => setFlag(draft, 'UP', true),
  },
  { words: 'down', apply: (draft) => setFlag(draft, 'UP', false) },
  {
    words: 'name',
    help: '[ name NAME ]',
    once: 'name',
    apply: (draft, take) => {
      const word = take();
      if (!isLinkName(word)) throw invalidArgument(word, '"name" not a valid ifname');
      draft.name = word;
    },
  },
  {
    words: 'index',
    help: '[ index IDX ]',
    once: 'index',
    apply: (draft, take) => {
      const word = take();
      const index = parseInteger(word);
      if (index === undefined || index <= 0) throw invalidArgument(word, 'Invalid "index" value');
      draft.index = index;
    },
  },
  {
    words: 'link*',
    apply: (draft, take) => {
      draft.below = take();
    },
  },
  {
    words: 'address*',
    help: '[ address LLADDR ]',
    apply: (draft, take) => {
      draft.attributes.address = hardwareAddress(take());
    },
  },
  {
    words: 'broadcast* brd',
    help: '[ broadcast LLADDR ]',
    apply: (draft, take) => {
      draft.attributes.broadcast = hardwareAddress(take());
    },
  },
  number('txqueuelen* qlen txqlen*', 'txqueuelen', 'txqlen', '[ txqueuelen PACKETS ]'),
  number('mtu', 'mtu', 'mtu', '[ mtu MTU ]'),
  ...xdpRows,
  {
    words: 'netns',
    help: '[ netns { PID | NETNSNAME | NETNSFILE } ]',
    once: 'netns',
    apply: (draft, take, { openNamespaceFile }) => {
      const word = take();
      const file = openNamespaceFile(word);
      if (file === undefined) throw invalidArgument(word, 'Invalid "netns" value\n');
      draft.namespace = file;
    },
  },
  flag('multicast', 'MULTICAST'),
  flag('allmulticast', 'ALLMULTI'),
  flag('promisc', 'PROMISC'),
  flag('trailers', 'NOTRAILERS', true),
  flag('arp', 'NOARP', true),
  {
    words: 'carrier',
    help: '[ carrier { on | off } ]',
    apply: (draft, take) => {
      draft.attributes.carrier = oneOfOnOff(take(), 'carrier');
    },
  },
  {
    words: 'vf',
    help: vfHelp,
    apply: (draft, _take, _context, _word, words) => readVf(draft, words),
  },
  {
    words: 'master*',
    help: '[ master DEVICE | nomaster ]',
    apply: (draft, take, { lookup }) => {
      const word = take();
      const master = lookup.indexOf(word);
      if (master === 0) throw invalidArgument(word, 'Device does not exist\n');
      draft.attributes.master = master;
    },
  },
  {
    words: 'vrf',
    help: '[ vrf NAME ]',
    apply: (draft, take, { lookup }) => {
      draft.attributes.master = vrfNamed(lookup, take(), 'Not a valid VRF name\n').index;
    },
  },
  {
    words: 'nomaster*',
    apply: (draft) => {
      draft.attributes.master = 0;
    },
  },
  flag('dynamic*', 'DYNAMIC'),
  {
    words: 'type*',
    last: true,
    apply: (draft, take) => {
      draft.kind = take();
    },
  },
  {
    words: 'alias*',
    help: '[ alias NAME ]',
    apply: (draft, take) => {
      const word = take();
      if (Buffer.byteLength(word) >= mostAlias) throw invalidArgument(word, 'alias too long\n');
      draft.attributes.ifalias = word;
    },
  },
  {
    words: 'group',
    help: '[ group GROUP ]',
    once: 'group',
    apply: (draft, take) => {
      const word = take();
      const group = groupNumber(word);
      if (group === undefined) throw invalidArgument(word, 'Invalid "group" value\n');
      draft.group = group;
    },
  },
  {
    words: 'mode',
    help: '[ mode { default | dormant } ]',
    apply: (draft, take) => {
      draft.attributes.linkmode = position(linkModes.slice(0, 2), take(), 'Invalid link mode\n');
    },
  },
  {
    words: 'state',
    help: '[ state STATE ]',
    apply: (draft, take) => {
      draft.attributes.operstate = position(operstates, take(), 'Invalid operstate\n');
    },
  },
  number('numtxqueues*', 'numtxqueues', 'numTxQueues', '[ numtxqueues QUEUE_COUNT ]'),
  number('numrxqueues*', 'numrxqueues', 'numRxQueues', '[ numrxqueues QUEUE_COUNT ]'),
  {
    words: 'addrgenmode*',
    help: '[ addrgenmode { eui64 | none | stable_secret | random } ]',
    apply: (draft, take) => {
      const addrGenMode = position(addrGenModes, take(), 'Invalid address generation mode\n');
      draft.attributes.afSpec = { ...draft.attributes.afSpec, inet6: { addrGenMode } };
    },
  },
  {
    words: 'inet',
    help: inetHelp,
    apply: (draft, _take, _context, _word, words) => readInet(draft, words),
  },
  {
    words: 'link-netns',
    help: '[ link-netns NAME | link-netnsid ID ]',
    apply: (draft, take, { openNamespaceFile }) => {
      const word = take();
      refuseSecondBelow(draft, word);
      const fd = openNamespaceFile(word);
      if (fd === undefined) throw invalidArgument(word, 'Invalid "link-netns" value\n');
      draft.belowNamespace = { fd };
    },
  },
  {
    words: 'link-netnsid',
    apply: (draft, take) => {
      const word = take();
      refuseSecondBelow(draft, word);
      draft.belowNamespace = { id: integer(word, 'Invalid "link-netnsid" value\n') };
    },
  },
  {
    words: 'protodown',
    help: '[ protodown { on | off } ]',
    apply: (draft, take) => {
      draft.attributes.protoDown = oneOfOnOff(take(), 'protodown');
    },
  },
  {
    words: 'protodown_reason',
    help: '[ protodown_reason PREASON { on | off } ]',
    apply: (draft, take) => {
      const word = take();
      const bit = protodownReasons().numberOf(word) ?? parseUnsigned(word, 8);
      if (bit === undefined || bit > 31) throw invalidArgument(word, 'invalid protodown reason\n');
      const mask = (1 << bit) >>> 0;
      draft.attributes.protoDownReason = { mask, value: onOff(take(), 'protodown_reason') ? mask : 0 };
    },
  },
  number('gso_max_size', 'gso_max_size', 'gsoMaxSize', '[ gso_max_size BYTES ]'),
  number('gso_max_segs', 'gso_max_segs', 'gsoMaxSegs', '[ gso_max_segs PACKETS ]'),
  number('gro_max_size', 'gro_max_size', 'groMaxSize', '[ gro_max_size BYTES ]'),
  number('gso_ipv4_max_size', 'gso_ipv4_max_size', 'gsoIpv4MaxSize', '[ gso_ipv4_max_size BYTES ]'),
  number('gro_ipv4_max_size', 'gro_ipv4_max_size', 'groIpv4MaxSize', '[ gro_ipv4_max_size BYTES ]'),
  {
    words: 'parentdev',
    help: '[ parentdev NAME ]',
    apply: (draft, take) => {
      draft.attributes.parentDevName = take();
    },
  },
];

/** Words that are no option: `help`, or the link itself. */
export const linkGrammar: Grammar<LinkDraft, LinkContext> = {
  rows: linkRows,
  otherwise(draft, word, take, context) {
    if (word !== 'dev' && isPrefix(word, 'help')) context.help();
    const device = word === 'dev' ? take() : word;
    if (draft.device !== undefined) throw duplicateOrGarbage('dev', device);
    if (!isDeviceWord(device)) throw invalidArgument(device, '"dev" not a valid ifname');
    draft.device = device;
  },
};

function refuseSecondBelow(draft: LinkDraft, word: string): void {
  if (draft.belowNamespace !== undefined) throw duplicateArgument('link-netns/link-netnsid', word);
}
