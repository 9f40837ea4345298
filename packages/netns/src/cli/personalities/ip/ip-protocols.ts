import { readFileSync } from 'node:fs';
import { parseUnsigned } from './numbers.ts';

/** Where the names of protocols above IP are. */
const file = '/etc/protocols';
/** The ones that must work where that file is missing. */
const builtIn: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, 'ipv6-icmp': 58, sctp: 132 };

let fromFile: ReadonlyMap<string, number> | undefined;

function listed(): ReadonlyMap<string, number> {
  if (fromFile !== undefined) return fromFile;
  const found = new Map<string, number>();
  try {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [name, number, ...aliases] = (line.split('#', 1)[0] ?? '').trim().split(/\s+/);
      for (const each of [name, ...aliases]) if (each) found.set(each, Number(number));
    }
  } catch {
    // then the ones that are built in
  }
  fromFile = found;
  return found;
}

/** A protocol above IP, by name (`tcp`) or number; undefined if it is neither. */
export function getIpProtocol(word: string): number | undefined {
  return parseUnsigned(word, 8) ?? listed().get(word) ?? builtIn[word];
}

/** The name of a protocol above IP, if it has one. */
export function ipProtocolName(number: number): string | undefined {
  for (const names of [listed(), new Map(Object.entries(builtIn))]) {
    for (const [name, candidate] of names) if (candidate === number) return name;
  }
  return undefined;
}
