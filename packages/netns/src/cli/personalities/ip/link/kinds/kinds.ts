import type { Kind } from './kind.ts';

/**
 * Where each kind of link is described; loaded only when a link of that kind is made, changed, or shown in detail.
 * A kind that `ip` takes no settings for has nothing to load.
 */
const kinds: Readonly<Record<string, () => Promise<Kind>>> = {
  amt: async () => (await import('./ports.ts')).amt,
  bareudp: async () => (await import('./bareudp.ts')).bareudp,
  bond: async () => (await import('./bond.ts')).bond,
  bond_slave: async () => (await import('./bond-member.ts')).bondMember,
  bridge: async () => (await import('./bridge.ts')).bridge,
  bridge_slave: async () => (await import('./bridge-port.ts')).bridgePort,
  dsa: async () => (await import('./ports.ts')).dsa,
  dummy: () => withoutWords('dummy'),
  erspan: async () => (await import('./gre.ts')).erspan,
  geneve: async () => (await import('./geneve.ts')).geneve,
  gre: async () => (await import('./gre.ts')).gre,
  gretap: async () => (await import('./gre.ts')).gretap,
  gtp: async () => (await import('./modems.ts')).gtp,
  hsr: async () => (await import('./hsr.ts')).hsr,
  ifb: () => withoutWords('ifb'),
  ip6erspan: async () => (await import('./ip6gre.ts')).ip6erspan,
  ip6gre: async () => (await import('./ip6gre.ts')).ip6gre,
  ip6gretap: async () => (await import('./ip6gre.ts')).ip6gretap,
  ip6tnl: async () => (await import('./ip6tnl.ts')).ip6tnl,
  ipip: async () => (await import('./ipip.ts')).ipip,
  ipoib: async () => (await import('./ports.ts')).ipoib,
  ipvlan: async () => (await import('./ipvlan.ts')).ipvlan,
  ipvtap: async () => (await import('./ipvlan.ts')).ipvtap,
  macsec: async () => (await import('./macsec.ts')).macsec,
  macvlan: async () => (await import('./macvlan.ts')).macvlan,
  macvtap: async () => (await import('./macvlan.ts')).macvtap,
  netdevsim: () => withoutWords('netdevsim'),
  netkit: async () => (await import('./netkit.ts')).netkit,
  nlmon: () => withoutWords('nlmon'),
  ovpn: async () => (await import('./modems.ts')).ovpn,
  rmnet: async () => (await import('./modems.ts')).rmnet,
  sit: async () => (await import('./ipip.ts')).sit,
  team: () => withoutWords('team'),
  team_slave: () => withoutWords('team_slave'),
  tun: async () => (await import('./tun.ts')).tun,
  vcan: () => withoutWords('vcan'),
  veth: async () => (await import('./veth.ts')).veth,
  virt_wifi: () => withoutWords('virt_wifi '),
  vlan: async () => (await import('./vlan.ts')).vlan,
  vrf: async () => (await import('./vrf.ts')).vrf,
  vrf_slave: async () => (await import('./vrf.ts')).vrfMember,
  vti: async () => (await import('./vti.ts')).vti,
  vti6: async () => (await import('./vti.ts')).vti6,
  vxcan: async () => (await import('./veth.ts')).vxcan,
  vxlan: async () => (await import('./vxlan.ts')).vxlan,
  wwan: async () => (await import('./modems.ts')).wwan,
  xfrm: async () => (await import('./xfrm.ts')).xfrm,
};

const withoutWords = async (kind: string): Promise<Kind> => ({ kind, usage: `Usage: ... ${kind}\n` });

/** What is known of a kind; undefined for one that this program has no words for. */
export async function loadKind(name: string): Promise<Kind | undefined> {
  return Object.hasOwn(kinds, name) ? kinds[name]?.() : undefined;
}

/** The kinds that are only shown: no words make or change them. */
const shownOnly = ['tun', 'vrf_slave'];

/** The kinds that have words of their own, for help. */
export const kindNames: readonly string[] = Object.keys(kinds).filter((name) => !shownOnly.includes(name));
