import { InvalidArgumentError } from '../../../errors.ts';
import type { Home } from '../home.ts';
import type { IpFamily } from '../socket-address.ts';
import { isAboutNamespace, lookupError } from './dns-error.ts';
import { addressesInHosts } from './hosts.ts';
import { looseIpv4 } from './loose-address.ts';
import type { NameFiles } from './name-files.ts';
import { reachableFirst } from './reachable.ts';
import { candidates } from './search.ts';

/** An address of a name, as `dns.lookup` has it. */
export interface LookupAddress {
  readonly address: string;
  readonly family: IpFamily;
}

/** How a name is looked up: the options of `dns.lookup`. */
export interface LookupOptions {
  /** 4 or 6: only such addresses; 0: both. */
  readonly family?: number | 'IPv4' | 'IPv6' | undefined;
  readonly all?: boolean | undefined;
  /** Which family comes first. Default (`verbatim`): what can be reached from inside, IPv6 before IPv4. */
  readonly order?: 'verbatim' | 'ipv4first' | 'ipv6first' | undefined;
  /** Not used: as in getaddrinfo. */
  readonly hints?: number | undefined;
}

/** What was given as options; a number is the family. Throws InvalidArgumentError where it cannot be right. */
export function checkLookup(given: LookupOptions | number | null): LookupOptions & { readonly family: number } {
  const options = typeof given === 'number' ? { family: given } : (given ?? {});
  const { order = 'verbatim' } = options;
  const family = { IPv4: 4, IPv6: 6 }[String(options.family)] ?? Number(options.family ?? 0);
  if (![0, 4, 6].includes(family)) throw new InvalidArgumentError('family', options.family, 'it has to be 0, 4 or 6');
  if (!['verbatim', 'ipv4first', 'ipv6first'].includes(order))
    throw new InvalidArgumentError('order', order, 'it has to be verbatim, ipv4first or ipv6first');
  return { ...options, family };
}

type Resolve = (name: string, family: IpFamily) => Promise<readonly string[]>;

/**
 * All addresses of a name, as getaddrinfo finds them: the hosts file, then the name servers with the search domains. Rejects with
 * `getaddrinfo ENOTFOUND` (no such name), `getaddrinfo EAI_AGAIN` (no server answered), and with what is wrong with the namespace itself.
 */
export async function lookupAddresses(
  home: Home,
  hostname: string,
  { family, order = 'verbatim' }: LookupOptions & { readonly family: number },
  { hosts, resolvConf }: NameFiles,
  resolve: Resolve,
): Promise<readonly LookupAddress[]> {
  const wanted = (found: readonly LookupAddress[]) => found.filter((one) => family === 0 || one.family === family);
  const number = looseIpv4(hostname);
  const listed = number === undefined ? addressesInHosts(hosts, hostname) : [{ address: number, family: 4 } as const];
  const local = listed.length === 0 && /^(?:.*\.)?localhost\.?$/i.test(hostname) ? loopback : listed;
  if (local.length > 0) {
    const found = wanted(local);
    if (found.length === 0) throw lookupError('ENOTFOUND', hostname);
    return sort(home, found, order);
  }
  let unanswered = false;
  let dead = false;
  for (const name of candidates(hostname, resolvConf)) {
    if (dead && name !== hostname) continue;
    const families = ([6, 4] as const).filter(
      (one) => (family === 0 || one === family) && (one === 4 || resolvConf.aaaa),
    );
    const answers = await Promise.allSettled(families.map((one) => resolve(name, one)));
    const found = answers.flatMap((answer, index) =>
      answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family: families[index] ?? 4 })) : [],
    );
    if (found.length > 0) return sort(home, found, order);
    const reasons = answers.map((answer) => (answer.status === 'rejected' ? answer.reason : undefined));
    const cause = reasons.find(isAboutNamespace);
    if (cause !== undefined) throw cause;
    const codes = reasons.map((reason) => (reason === undefined ? undefined : codeOf(reason)));
    unanswered ||= codes.some((code) => code !== undefined && !negative.has(code));
    // As the C library has it: whom nobody answers does not wait again for each domain, but only for the name itself.
    dead ||= codes.some((code) => code !== undefined && code !== 'ESERVFAIL' && !negative.has(code));
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

/** Answers, if only that there is nothing. */
const negative: ReadonlySet<string | undefined> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

function codeOf(reason: unknown): string {
  return (reason as NodeJS.ErrnoException).code ?? '';
}
