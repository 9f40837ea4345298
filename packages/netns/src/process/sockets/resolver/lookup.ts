import type { Home } from '../home.ts';
import type { IpFamily } from '../socket-address.ts';
import { lookupError } from './dns-error.ts';
import { addressesInHosts } from './hosts.ts';
import type { NameFiles } from './name-files.ts';
import { reachableFirst } from './reachable.ts';
import { candidates } from './search.ts';

export interface LookupAddress {
  readonly address: string;
  readonly family: IpFamily;
}

export interface LookupOptions {
  /** 4 or 6: only such addresses; 0: both. */
  readonly family?: number | undefined;
  readonly all?: boolean | undefined;
  /** Which family comes first. Default (`verbatim`): what can be reached from inside, IPv6 before IPv4. */
  readonly order?: 'verbatim' | 'ipv4first' | 'ipv6first' | undefined;
  /** Not used: as in getaddrinfo. */
  readonly hints?: number | undefined;
}

type Resolve = (name: string, family: IpFamily) => Promise<readonly string[]>;

/**
 * All addresses of a name, as getaddrinfo finds them: the hosts file, then the name servers with the search domains. Rejects with
 * `getaddrinfo ENOTFOUND` (no such name), `getaddrinfo EAI_AGAIN` (no server answered).
 */
export async function lookupAddresses(
  home: Home,
  hostname: string,
  { family = 0, order = 'verbatim' }: LookupOptions,
  { hosts, resolvConf }: NameFiles,
  resolve: Resolve,
): Promise<readonly LookupAddress[]> {
  const wanted = (found: readonly LookupAddress[]) => found.filter((one) => family === 0 || one.family === family);
  const listed = addressesInHosts(hosts, hostname);
  const local = listed.length === 0 && /^(?:.*\.)?localhost\.?$/i.test(hostname) ? loopback : listed;
  if (local.length > 0) {
    const found = wanted(local);
    if (found.length === 0) throw lookupError('ENOTFOUND', hostname);
    return sort(home, found, order);
  }
  let unanswered = false;
  for (const name of candidates(hostname, resolvConf)) {
    const families = ([6, 4] as const).filter((one) => family === 0 || one === family);
    const answers = await Promise.allSettled(families.map((one) => resolve(name, one)));
    const found = answers.flatMap((answer, index) =>
      answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family: families[index] ?? 4 })) : [],
    );
    if (found.length > 0) return sort(home, found, order);
    unanswered ||= answers.some((answer) => answer.status === 'rejected' && isUnanswered(answer.reason));
  }
  throw lookupError(unanswered ? 'EAI_AGAIN' : 'ENOTFOUND', hostname);
}

/** RFC 6761, section 6.3: nobody is asked for it. */
const loopback: readonly LookupAddress[] = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
];

function sort(home: Home, found: readonly LookupAddress[], order: NonNullable<LookupOptions['order']>) {
  if (order === 'verbatim') return reachableFirst(home, found);
  const first = order === 'ipv4first' ? 4 : 6;
  return [...found].sort((a, b) => Number(b.family === first) - Number(a.family === first));
}

function isUnanswered(reason: unknown): boolean {
  const { code } = reason as NodeJS.ErrnoException;
  return code !== 'ENOTFOUND' && code !== 'ENODATA' && code !== 'EBADNAME';
}
