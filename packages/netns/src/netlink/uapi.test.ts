import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AttributeSet } from '../wire/shape.ts';
import { ackAttributes } from './extended-ack.ts';
import { addressAttributes } from './families/route/address.ts';
import { encaps } from './families/route/encap.ts';
import { bond, bondSlave } from './families/route/kinds/bond.ts';
import { bridge, bridgePort, bridgeSpec } from './families/route/kinds/bridge.ts';
import { geneve } from './families/route/kinds/geneve.ts';
import { gre, ip6gre } from './families/route/kinds/gre.ts';
import { ip6tnl, ipip, sit } from './families/route/kinds/ip-tunnel.ts';
import { macsec } from './families/route/kinds/macsec.ts';
import { macvlan } from './families/route/kinds/macvlan.ts';
import { bareudp, hsr, ipvlan, tun, vrf, xfrm } from './families/route/kinds/small.ts';
import { vlan } from './families/route/kinds/vlan.ts';
import { vti, vti6 } from './families/route/kinds/vti.ts';
import { vxlan } from './families/route/kinds/vxlan.ts';
import { linkAttributes, veth } from './families/route/link.ts';
import { linkInet6 } from './families/route/link-af-spec.ts';
import { linkPort, linkVfInfoList } from './families/route/link-vf.ts';
import { neighbourAttributes } from './families/route/neighbour.ts';
import { neighbourTableAttributes, neighbourTableParms } from './families/route/neighbour-table.ts';
import { nsidAttributes } from './families/route/nsid.ts';
import { routeAttributes, routeMetrics } from './families/route/route.ts';
import { ruleAttributes } from './families/route/rule.ts';

const folder = '/usr/include/linux';
const headers = [
  'fib_rules.h',
  'if_addr.h',
  'if_bridge.h',
  'if_link.h',
  'if_tunnel.h',
  'ila.h',
  'ioam6_iptunnel.h',
  'lwtunnel.h',
  'mpls_iptunnel.h',
  'neighbour.h',
  'net_namespace.h',
  'netlink.h',
  'rpl_iptunnel.h',
  'rtnetlink.h',
  'seg6_iptunnel.h',
  'seg6_local.h',
  'veth.h',
];

/** Which prefix the kernel gives the members of each set. */
const prefixes: readonly (readonly [prefix: string, set: AttributeSet])[] = [
  ['IFLA_', linkAttributes],
  ['IFLA_INET6_', linkInet6],
  ['IFLA_PORT_', linkPort],
  ['IFLA_VF_', linkVfInfoList.byName.get('info') as never],
  ['IFLA_VXLAN_', vxlan],
  ['IFLA_BR_', bridge],
  ['IFLA_BRPORT_', bridgePort],
  ['IFLA_BRIDGE_', bridgeSpec],
  ['IFLA_MACVLAN_', macvlan],
  ['IFLA_VLAN_', vlan],
  ['IFLA_TUN_', tun],
  ['IFLA_IPVLAN_', ipvlan],
  ['IFLA_VRF_', vrf],
  ['IFLA_GENEVE_', geneve],
  ['IFLA_GRE_', gre],
  ['IFLA_GRE_', ip6gre],
  ['IFLA_IPTUN_', ipip],
  ['IFLA_IPTUN_', sit],
  ['IFLA_IPTUN_', ip6tnl],
  ['IFLA_VTI_', vti],
  ['IFLA_VTI_', vti6],
  ['IFLA_XFRM_', xfrm],
  ['IFLA_BAREUDP_', bareudp],
  ['IFLA_MACSEC_', macsec],
  ['IFLA_HSR_', hsr],
  ['IFLA_BOND_', bond],
  ['IFLA_BOND_SLAVE_', bondSlave],
  ['VETH_INFO_', veth],
  ['IFA_', addressAttributes],
  ['RTA_', routeAttributes],
  ['RTAX_', routeMetrics],
  ['MPLS_IPTUNNEL_', encaps.mpls],
  ['LWTUNNEL_IP_', encaps.ip],
  ['LWTUNNEL_IP6_', encaps.ip6],
  ['ILA_ATTR_', encaps.ila],
  ['SEG6_IPTUNNEL_', encaps.seg6],
  ['LWT_BPF_', encaps.bpf],
  ['SEG6_LOCAL_', encaps.seg6local],
  ['RPL_IPTUNNEL_', encaps.rpl],
  ['IOAM6_IPTUNNEL_', encaps.ioam6],
  ['LWT_XFRM_', encaps.xfrm],
  ['FRA_', ruleAttributes],
  ['NDA_', neighbourAttributes],
  ['NDTA_', neighbourTableAttributes],
  ['NDTPA_', neighbourTableParms],
  ['NETNSA_', nsidAttributes],
  ['NLMSGERR_ATTR_', ackAttributes],
];

/** Words of ours for what the kernel calls otherwise, or calls the same in every family. */
const ours: Readonly<Record<string, string>> = {
  IFLA_BRIDGE_PORT: 'IFLA_PROTINFO',
  IFLA_INET6: 'IFLA_PROTINFO',
  RTA_DST_LABEL: 'RTA_DST',
  IFLA_BRIDGE_SPEC: 'IFLA_AF_SPEC',
  IFLA_IPTUN_SIXRD_PREFIX: 'IFLA_IPTUN_6RD_PREFIX',
  IFLA_IPTUN_SIXRD_RELAY_PREFIX: 'IFLA_IPTUN_6RD_RELAY_PREFIX',
  IFLA_IPTUN_SIXRD_PREFIXLEN: 'IFLA_IPTUN_6RD_PREFIXLEN',
  IFLA_IPTUN_SIXRD_RELAY_PREFIXLEN: 'IFLA_IPTUN_6RD_RELAY_PREFIXLEN',
  NLMSGERR_ATTR_MESSAGE: 'NLMSGERR_ATTR_MSG',
  NLMSGERR_ATTR_OFFSET: 'NLMSGERR_ATTR_OFFS',
  NLMSGERR_ATTR_MISSING_TYPE: 'NLMSGERR_ATTR_MISS_TYPE',
  NLMSGERR_ATTR_MISSING_NEST: 'NLMSGERR_ATTR_MISS_NEST',
};

describe.skipIf(!existsSync(`${folder}/if_link.h`))("the kernel's headers (linux-libc-dev)", () => {
  const constants = new Map(headers.flatMap((header) => enumerators(readFileSync(`${folder}/${header}`, 'utf8'))));

  it.each(prefixes)('give the members of %s* the same numbers', (prefix, set) => {
    const members = 'shape' in set ? (set.shape as AttributeSet).fields : set.fields;
    let compared = 0;
    for (const { name, number } of members) {
      const constant = prefix + name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
      const expected = constants.get(ours[constant] ?? constant);
      // Constants that are newer than the installed headers cannot be compared.
      if (expected === undefined) continue;
      expect(number, constant).toBe(expected);
      compared++;
    }
    expect(compared).toBeGreaterThan(members.length / 2);
  });
});

/** Names and numbers of all enums in a C header. */
function enumerators(source: string): [name: string, number: number][] {
  const code = source.replaceAll(/\/\*.*?\*\//gs, '').replaceAll(/^#.*$/gm, '');
  return [...code.matchAll(/enum\s*\w*\s*{(.*?)}/gs)].flatMap(([, body = '']) => {
    let next = 0;
    const found: [string, number][] = [];
    for (const entry of body.split(',').map((text) => text.trim())) {
      const [, name, value] = /^(\w+)(?:\s*=\s*(\w+))?/.exec(entry) ?? [];
      if (name === undefined) continue;
      if (value !== undefined) next = found.find(([other]) => other === value)?.[1] ?? Number(value);
      found.push([name, next++]);
    }
    return found;
  });
}
