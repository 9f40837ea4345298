import { formatIpAddress, parseIpAddress } from '../../../../wire/ip-address.ts';
import { address, prefix, toText } from '../../ip/inet.ts';
import { hardwareAddress } from '../../ip/values.ts';
import { isPrefix, type Words } from '../../ip/words.ts';
import { etherTypeText, parseEtherType } from '../ether-types.ts';
import { illegal, next, number } from '../kinds/read.ts';
import { actionKind, type Data, readEnd, readSome, skipWord, tellUsers } from './kind.ts';
import { tellVerdict } from './verdict.ts';

const pipe = 3;
const pass = 0;

function readEtherType(word: string): number {
  const value = parseEtherType(word);
  if (value === undefined) throw illegal('protocol');
  return value;
}

/** The number of the first of these words, counted from 1. Throws Exit. */
function readMode(words: Words, modes: readonly string[], kind: string): number {
  const word = next(words);
  const mode = modes.indexOf(word);
  if (mode < 1) throw illegal(kind);
  return mode;
}

const vlanModes = ['', 'pop', 'push', 'modify', 'pop_eth', 'push_eth'] as const;

/** Puts a tag of 802.1Q or an Ethernet header on, takes it off, or changes it. */
export const vlan = actionKind<Data<'vlan'>>({
  read(words) {
    skipWord(words, 'vlan');
    const vAction = isPrefix(words.peek() ?? '', 'index') ? 0 : readMode(words, vlanModes, 'vlan');
    const draft: Record<string, number | string> = {};
    readSome(words, draft, {
      id: (take) => ({ pushVlanId: number(take(), 'id') }),
      protocol: (take) => ({ pushVlanProtocol: readEtherType(take()) }),
      priority: (take) => ({ pushVlanPriority: number(take(), 'priority') }),
      dst_mac: (take) => ({ pushEthDst: hardwareAddress(take()) }),
      src_mac: (take) => ({ pushEthSrc: hardwareAddress(take()) }),
    });
    const { pushVlanId, pushVlanProtocol, pushVlanPriority, pushEthDst, pushEthSrc } = draft;
    return {
      parms: { ...readEnd(words, pipe), vAction },
      pushVlanId,
      pushVlanProtocol,
      pushVlanPriority,
      pushEthDst,
      pushEthSrc,
    };
  },
  print(say, { parms, tm, ...given }, view) {
    if (parms === undefined) return;
    say.member('kind', 'vlan');
    say.words('vlan ');
    const mode = vlanModes[parms.vAction] ?? '';
    say.value('vlan_action', ' %', mode);
    if (mode === 'push' || mode === 'modify') {
      say.value('id', ' id %', given.pushVlanId);
      if (given.pushVlanProtocol !== undefined)
        say.value('protocol', ' protocol %', etherTypeText(given.pushVlanProtocol));
      say.value('priority', ' priority %', given.pushVlanPriority);
    }
    if (mode === 'push_eth') {
      say.value('dst_mac', ' dst_mac %', given.pushEthDst);
      say.value('src_mac', ' src_mac %', given.pushEthSrc);
    }
    tellVerdict(say, ' %', parms.action);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

const mplsModes = ['', 'pop', 'push', 'modify', 'dec_ttl', 'mac_push'] as const;

/** Puts a label of MPLS on, takes it off, or changes it. */
export const mpls = actionKind<Data<'mpls'>>({
  read(words) {
    skipWord(words, 'mpls');
    const mAction = isPrefix(words.peek() ?? '', 'index') ? 0 : readMode(words, mplsModes, 'mpls');
    const draft: Record<string, number> = {};
    readSome(words, draft, {
      label: (take) => ({ label: number(take(), 'label') }),
      tc: (take) => ({ tc: number(take(), 'tc') }),
      ttl: (take) => ({ ttl: number(take(), 'ttl') }),
      bos: (take) => ({ bos: number(take(), 'bos') }),
      protocol: (take) => ({ proto: readEtherType(take()) }),
    });
    const { label, proto, tc, ttl, bos } = draft;
    return { parms: { ...readEnd(words, pipe), mAction }, label, proto, tc, ttl, bos };
  },
  print(say, { parms, tm, label, proto, tc, ttl, bos }, view) {
    if (parms === undefined) return;
    say.member('kind', 'mpls');
    say.words('mpls ');
    const mode = mplsModes[parms.mAction] ?? '';
    say.value('mpls_action', ' %', mode);
    const protocol = () => {
      if (proto !== undefined) say.value('protocol', ' protocol %', etherTypeText(proto));
    };
    const fields = () => {
      say.value('label', ' label %', label);
      say.value('tc', ' tc %', tc);
      say.value('bos', ' bos %', bos);
      say.value('ttl', ' ttl %', ttl);
    };
    if (mode === 'pop') protocol();
    if (mode === 'push' || mode === 'mac_push') protocol();
    if (mode !== 'pop' && mode !== 'dec_ttl') fields();
    tellVerdict(say, ' %', parms.action);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

/** Another address, without a memory of connections. */
export const nat = actionKind<Data<'nat'>>({
  read(words) {
    skipWord(words, 'nat');
    const direction = next(words);
    if (direction !== 'ingress' && direction !== 'egress') throw illegal('nat');
    const old = next(words);
    const { bytes, length } =
      old === 'any' || old === 'all' ? { bytes: new Uint8Array(4), length: 32 } : prefix(old, 'inet');
    const mask = new Uint8Array(4);
    new DataView(mask.buffer).setUint32(0, length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0);
    const newAddr = toText(address(next(words), 'inet'));
    const flags = direction === 'egress' ? 1 : 0;
    return {
      parms: { ...readEnd(words, pass), oldAddr: formatIpAddress(bytes), newAddr, mask: formatIpAddress(mask), flags },
    };
  },
  print(say, { parms, tm }, view) {
    if (parms === undefined) return;
    // tc counts the bits of the mask from the wrong end: what is not a whole number of addresses is shown as one
    const lowest = (parseIpAddress(parms.mask) ?? []).findLastIndex((byte) => byte !== 0);
    const length = lowest === -1 ? 0 : 32;
    say.member('type', 'nat');
    say.words(' nat ');
    say.value('direction', '%', (parms.flags & 1) === 0 ? 'ingress' : 'egress');
    say.value('old_addr', ' %', `${parms.oldAddr}/${length}`);
    say.value('new_addr', ' %', parms.newAddr);
    tellVerdict(say, ' %', parms.action);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});

/** Of which checksums are computed again, by bit. */
const checksums: Readonly<Record<string, number>> = {
  iph: 1,
  ip4h: 1,
  ipv4h: 1,
  icmp: 2,
  igmp: 4,
  tcp: 8,
  udp: 16,
  udplite: 32,
  sctp: 64,
};

export const csum = actionKind<Data<'csum'>>({
  read(words) {
    skipWord(words, 'csum');
    let updateFlags = 0;
    for (let word = words.peek(); word !== undefined; word = words.peek()) {
      const known = Object.keys(checksums).find((each) => isPrefix(word as string, each));
      if (known !== undefined) updateFlags |= checksums[known] ?? 0;
      else if (!isPrefix(word, 'and')) break;
      words.take();
    }
    const end = readEnd(words, pass);
    if (updateFlags === 0 && end.index === undefined) throw illegal('csum');
    return { parms: { ...end, updateFlags } };
  },
  print(say, { parms, tm }, view) {
    if (parms === undefined) return;
    say.member('kind', 'csum');
    const names = ['iph', 'icmp', 'igmp', 'tcp', 'udp', 'udplite', 'sctp'];
    const shown = names.filter((_, bit) => (parms.updateFlags & (1 << bit)) !== 0).join(', ');
    say.value('csum', 'csum (%) ', shown === '' ? '?empty' : shown);
    tellVerdict(say, 'action %', parms.action);
    tellUsers(say, parms, tm, view, '\n\t');
    say.words('\n');
  },
});

const skbmodFlags = { dmac: 1, smac: 2, etype: 4, swap: 8, ecn: 16 } as const;

/** Sets or swaps hardware addresses, or marks congestion. */
export const skbmod = actionKind<Data<'skbmod'>>({
  read(words) {
    skipWord(words, 'skbmod');
    const draft: { dmac?: string; smac?: string; etype?: number } = {};
    let flags = 0;
    readSome<typeof draft>(words, draft, {
      swap: (take) => {
        if (!isPrefix(take(), 'mac')) throw illegal('swap');
        flags |= skbmodFlags.swap;
        return {};
      },
      ecn: () => {
        flags |= skbmodFlags.ecn;
        return {};
      },
      set: () => ({}),
      etype: (take) => {
        flags |= skbmodFlags.etype;
        return { etype: number(take(), 'etype') };
      },
      dmac: (take) => {
        flags |= skbmodFlags.dmac;
        return { dmac: hardwareAddress(take()) };
      },
      smac: (take) => {
        flags |= skbmodFlags.smac;
        return { smac: hardwareAddress(take()) };
      },
    });
    const { dmac, smac, etype } = draft;
    return { parms: { ...readEnd(words, pipe), flags: BigInt(flags) }, dmac, etype, smac };
  },
  print(say, { parms, tm, dmac, smac, etype }, view) {
    if (parms === undefined) return;
    const flags = Number(parms.flags);
    say.member('kind', 'skbmod');
    say.words('skbmod ');
    tellVerdict(say, '% ', parms.action);
    if ((flags & skbmodFlags.etype) !== 0)
      say.value('etype', 'set etype 0x% \n\t ', etype, (etype ?? 0).toString(16).toUpperCase());
    if ((flags & skbmodFlags.dmac) !== 0) say.value('dmac', 'set dmac % ', dmac);
    if ((flags & skbmodFlags.smac) !== 0) say.value('smac', 'set smac % ', smac);
    say.flag('swap_mac', 'swap mac ', (flags & skbmodFlags.swap) !== 0);
    say.flag('ecn', 'ecn ', (flags & skbmodFlags.ecn) !== 0);
    tellUsers(say, parms, tm, view);
    say.words('\n');
  },
});
