/**
 * What kind of value a sysctl has, where its look alone does not tell (a list of ports may hold one number, or none): the first line
 * whose pattern fits counts, and `*` is any text. The types of `get` and `set` come from these lines.
 *
 * Source: `Documentation/networking/ip-sysctl.rst` of the kernel.
 */
export const sysctlShapes = [
  ['net.ipv4.conf.*', 'number'],
  ['net.ipv6.conf.*.stable_secret', 'text'],
  ['net.ipv6.conf.*', 'number'],
  ['net.ipv4.neigh.*', 'number'],
  ['net.ipv6.neigh.*', 'number'],
  ['net.ipv4.ip_forward', 'number'],
  ['net.ipv4.ip_nonlocal_bind', 'number'],
  ['net.ipv4.ip_default_ttl', 'number'],
  ['net.ipv4.ip_unprivileged_port_start', 'number'],
  ['net.ipv4.ip_local_port_range', 'numbers'],
  ['net.ipv4.ip_local_reserved_ports', 'text'],
  ['net.ipv4.ping_group_range', 'numbers'],
  ['net.ipv4.tcp_rmem', 'numbers'],
  ['net.ipv4.tcp_wmem', 'numbers'],
  ['net.ipv4.tcp_mem', 'numbers'],
  ['net.ipv4.udp_mem', 'numbers'],
  ['net.ipv4.tcp_fastopen_key', 'text'],
  ['net.ipv4.tcp_*congestion_control', 'text'],
  ['net.ipv4.tcp_*', 'number'],
  ['net.ipv4.icmp_*', 'number'],
  ['net.ipv4.fib_multipath_hash_seed', 'number'],
  ['net.ipv6.icmp.ratemask', 'text'],
  ['net.core.rps_default_mask', 'text'],
  ['net.core.somaxconn', 'number'],
  ['net.mptcp.available_*', 'text'],
  ['net.mptcp.path_manager', 'text'],
  ['net.mptcp.scheduler', 'text'],
  ['net.netfilter.nf_log.*', 'text'],
  ['net.netfilter.nf_conntrack_*', 'number'],
] as const;

export type SysctlShape = 'number' | 'numbers' | 'text';

/** A value of a sysctl: a number, a list of numbers, or a text, without the line's end. */
export type SysctlValue = number | readonly number[] | string;

interface Values {
  readonly number: number;
  readonly numbers: readonly number[];
  readonly text: string;
}

type Glob<P extends string> = P extends `${infer Head}*${infer Tail}` ? `${Head}${string}${Glob<Tail>}` : P;
type FirstOf<N extends string, Lines> = Lines extends readonly [
  readonly [infer P extends string, infer S extends SysctlShape],
  ...infer Rest,
]
  ? N extends Glob<P>
    ? Values[S]
    : FirstOf<N, Rest>
  : SysctlValue;

/** What `get` gives for a name: as precisely as the name is known. */
export type SysctlValueOf<N extends string> = FirstOf<N, typeof sysctlShapes>;
