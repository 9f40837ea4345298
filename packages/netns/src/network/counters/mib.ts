/** Counters of the network protocols by the names that `nstat` gives them: `TcpExtListenDrops`. */
export type ProtocolCounters = Readonly<Record<string, bigint>>;

const number = /^-?\d{1,20}$/;

/**
 * Reads /proc/net/snmp and /proc/net/netstat: pairs of lines, one with the names of a group, one with their values. What makes no
 * sense is passed over.
 */
export function readPairedLines(text: string, into: Record<string, bigint>): void {
  const lines = text.split('\n');
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const [group = '', ...names] = (lines[index] ?? '').split(' ');
    const [again, ...values] = (lines[index + 1] ?? '').split(' ');
    if (!group.endsWith(':') || group !== again) continue;
    for (const [column, name] of names.entries()) put(into, group.slice(0, -1) + name, values[column]);
  }
}

/** Reads /proc/net/snmp6 and /proc/net/xfrm_stat: a name and a value on each line. */
export function readNamedLines(text: string, into: Record<string, bigint>): void {
  for (const line of text.split('\n')) {
    const [name = '', value] = line.split(/\s+/);
    put(into, name, value);
  }
}

function put(into: Record<string, bigint>, name: string, value: string | undefined): void {
  if (name !== '' && value !== undefined && number.test(value)) into[name] = BigInt(value);
}

/** What is no counter: settings, and the number of connections that there are now. `nstat` leaves them out. */
const gauges: readonly string[] = [
  'IpForwarding',
  'IpDefaultTTL',
  'TcpRtoAlgorithm',
  'TcpRtoMin',
  'TcpRtoMax',
  'TcpMaxConn',
  'TcpCurrEstab',
];

/** Whether it only grows, so that its growth means something. */
export function isCounter(name: string): boolean {
  return !gauges.includes(name);
}
