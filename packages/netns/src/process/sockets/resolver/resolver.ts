import type dns from 'node:dns';
import type { RecordType } from 'dns-packet';
import { InvalidArgumentError } from '../../../errors.ts';
import { builtin } from '../../../native/builtin.ts';
import { parseIpAddress } from '../../../wire/ip-address.ts';
import type { Home } from '../home.ts';
import type { IpFamily } from '../socket-address.ts';
import type { ResolvedRecord } from './answers.ts';
import type { LookupAddress, LookupOptions } from './lookup.ts';
import { type NameFileOptions, type NameFiles, readNameFiles } from './name-files.ts';
import { formatServer, parseServer, type ServerAddress } from './server-address.ts';

/** Whom a resolver asks, how long and how often, and whose files it reads. */
export interface NamespaceResolverOptions extends NameFileOptions {
  /** Ask these instead of those in the file: addresses, with `:port` if it is not 53. */
  readonly servers?: readonly string[] | undefined;
  /** How long to wait for one answer, in milliseconds. Default: what the file says, or 5 seconds. */
  readonly timeout?: number | undefined;
  /** How often to ask all servers. Default: what the file says, or twice. */
  readonly tries?: number | undefined;
}

/** An address with the seconds for which it may be kept. */
export interface RecordWithTtl {
  readonly address: string;
  /** Seconds. */
  readonly ttl: number;
}

/** A record with the fingerprint of a certificate, as `dns.resolveTlsa` of newer Nodes gives it. RFC 6698. */
export interface TlsaRecord {
  readonly certUsage: number;
  readonly selector: number;
  readonly match: number;
  readonly data: ArrayBuffer;
}

/**
 * Looks up names for a namespace: by the files that belong to it, through sockets inside. As `dns.promises.Resolver`, and `lookup`
 * as `dns.promises.lookup`. The files are read anew for each question, so a change counts at once.
 *
 * Rejects as `node:dns` does: `code` is ENOTFOUND, ENODATA, ESERVFAIL, EREFUSED, ETIMEOUT, ECONNREFUSED, ECANCELLED, …
 */
export class NamespaceResolver {
  readonly #home: Home;
  readonly #options: NamespaceResolverOptions;
  #servers: readonly ServerAddress[] | undefined;
  #cancel = new AbortController();
  #turn = 0;
  #from: { readonly 4?: string; readonly 6?: string } = {};

  constructor(home: Home, options: NamespaceResolverOptions = {}) {
    this.#home = home;
    this.#options = options;
    this.#servers = options.servers?.map(parseServer);
  }

  /** The name servers that the next question goes to. */
  getServers(): string[] {
    return this.#serversOf(this.#files()).map(formatServer);
  }

  /** Asks these from now on. Throws InvalidArgumentError for what is no address. */
  setServers(servers: readonly string[]): void {
    this.#servers = servers.map(parseServer);
  }

  /** Sends questions from these addresses of the namespace: one of each family, or one; the other is left to the kernel. */
  setLocalAddress(first: string, second?: string): void {
    const given = second === undefined ? [first] : [first, second];
    const from = Object.fromEntries(given.map((address) => [builtin('net').isIP(address), address]));
    if (0 in from || Object.keys(from).length !== given.length)
      throw new InvalidArgumentError(
        'local address',
        given.join(', '),
        'it has to be an IPv4 address, an IPv6 address, or one of each',
      );
    this.#from = from;
  }

  /** All questions that are under way reject with ECANCELLED. */
  cancel(): void {
    this.#cancel.abort();
    this.#cancel = new AbortController();
  }

  /** The addresses of a name as programs look it up: hosts file, name servers, search domains; the first, or `all`. */
  lookup(hostname: string, options: LookupOptions & { readonly all: true }): Promise<LookupAddress[]>;
  lookup(hostname: string, options?: LookupOptions | number | null): Promise<LookupAddress>;
  async lookup(hostname: string, given: LookupOptions | number | null = {}): Promise<LookupAddress | LookupAddress[]> {
    const { checkLookup, lookupAddresses } = await import('./lookup.ts');
    const options = checkLookup(given);
    const literal = builtin('net').isIP(hostname);
    const files = this.#files();
    const found =
      literal !== 0
        ? [{ address: hostname, family: literal as IpFamily }]
        : await lookupAddresses(this.#home, hostname, options, files, async (name, family) => {
            const records = await this.#ask(name, family === 4 ? 'A' : 'AAAA', files);
            return records.map(({ value }) => value as string);
          });
    return options.all ? [...found] : (found[0] as LookupAddress);
  }

  /** IPv4 addresses; with `ttl: true` each with its lifetime. */
  resolve4(hostname: string, options: { readonly ttl: true }): Promise<RecordWithTtl[]>;
  resolve4(hostname: string, options?: { readonly ttl?: false }): Promise<string[]>;
  resolve4(hostname: string, options: { readonly ttl?: boolean } = {}): Promise<string[] | RecordWithTtl[]> {
    return this.#addresses(hostname, 'A', options.ttl === true);
  }

  /** IPv6 addresses; with `ttl: true` each with its lifetime. */
  resolve6(hostname: string, options: { readonly ttl: true }): Promise<RecordWithTtl[]>;
  resolve6(hostname: string, options?: { readonly ttl?: false }): Promise<string[]>;
  resolve6(hostname: string, options: { readonly ttl?: boolean } = {}): Promise<string[] | RecordWithTtl[]> {
    return this.#addresses(hostname, 'AAAA', options.ttl === true);
  }

  /** Records of any type that `dns.resolve` knows, in its shapes. Default: A. */
  async resolve(hostname: string, type = 'A'): Promise<unknown> {
    if (type === 'ANY') return this.resolveAny(hostname);
    const { recordTypes } = await import('./answers.ts');
    if (!recordTypes.includes(type as RecordType))
      throw new InvalidArgumentError('record type', type, `it is none of ${recordTypes.join(', ')}, ANY`);
    const values = await this.#values(hostname, type as RecordType);
    return type === 'SOA' ? values[0] : values;
  }

  /** Records of all types that the name server is willing to tell. RFC 8482: many tell next to nothing. */
  resolveAny(hostname: string): Promise<dns.AnyRecord[]> {
    return this.#ask(hostname, 'ANY' as RecordType).then((records) =>
      records.toSorted((a, b) => anyOrder.indexOf(a.type) - anyOrder.indexOf(b.type)).map(anyRecord),
    );
  }

  /** Who may certify the domain. RFC 8659. */
  resolveCaa(hostname: string): Promise<dns.CaaRecord[]> {
    return this.#values(hostname, 'CAA');
  }

  /** The name that this one stands for. */
  resolveCname(hostname: string): Promise<string[]> {
    return this.#values(hostname, 'CNAME');
  }

  /** Where mail for the domain goes. */
  resolveMx(hostname: string): Promise<dns.MxRecord[]> {
    return this.#values(hostname, 'MX');
  }

  /** Rules by which further names are made. RFC 3403. */
  resolveNaptr(hostname: string): Promise<dns.NaptrRecord[]> {
    return this.#values(hostname, 'NAPTR');
  }

  /** The name servers of the domain. */
  resolveNs(hostname: string): Promise<string[]> {
    return this.#values(hostname, 'NS');
  }

  /** What the name points to; `reverse` asks this of an address. */
  resolvePtr(hostname: string): Promise<string[]> {
    return this.#values(hostname, 'PTR');
  }

  /** Where a service is: hosts, ports, priorities. RFC 2782. */
  resolveSrv(hostname: string): Promise<dns.SrvRecord[]> {
    return this.#values(hostname, 'SRV');
  }

  /** Fingerprints of the certificates of a service. RFC 6698. */
  resolveTlsa(hostname: string): Promise<TlsaRecord[]> {
    return this.#values(hostname, 'TLSA' as RecordType);
  }

  /** Texts, each in the pieces that it came in. */
  resolveTxt(hostname: string): Promise<string[][]> {
    return this.#values(hostname, 'TXT');
  }

  /** Who keeps the domain, and how it is to be kept elsewhere. */
  async resolveSoa(hostname: string): Promise<dns.SoaRecord> {
    const [record] = await this.#values<dns.SoaRecord>(hostname, 'SOA');
    return record as dns.SoaRecord;
  }

  /** The names of an address, from the hosts file and the name servers. Rejects with EINVAL for what is no address. */
  async reverse(address: string): Promise<string[]> {
    const { dnsError } = await import('./dns-error.ts');
    const { namesInHosts } = await import('./hosts.ts');
    const bytes = parseIpAddress(address);
    if (bytes === undefined) throw dnsError('EINVAL', 'getHostByAddr', address);
    const files = this.#files();
    const listed = namesInHosts(files.hosts, address);
    if (listed.length > 0) return [...listed];
    const records = await this.#ask(reverseName(bytes), 'PTR', files, ['getHostByAddr', address]);
    return records.map(({ value }) => value as string);
  }

  async #addresses(hostname: string, type: 'A' | 'AAAA', ttl: boolean): Promise<string[] | RecordWithTtl[]> {
    const records = await this.#ask(hostname, type);
    return ttl
      ? records.map(({ value, ttl }) => ({ address: value as string, ttl }))
      : records.map(({ value }) => value as string);
  }

  async #values<T>(hostname: string, type: RecordType): Promise<T[]> {
    return (await this.#ask(hostname, type)).map(({ value }) => value as T);
  }

  async #ask(
    hostname: string,
    type: RecordType,
    files: NameFiles = this.#files(),
    [syscall, subject]: readonly [string, string] = [syscallOf(type), hostname],
  ): Promise<readonly ResolvedRecord[]> {
    const { signal } = this.#cancel;
    const [{ query }, { recordsOf }, { dnsError }] = await askingModules();
    const { timeout, attempts, tcp } = files.resolvConf;
    const servers = this.#serversOf(files);
    const first = files.resolvConf.rotate ? this.#turn++ % servers.length : 0;
    try {
      const packet = await query(this.#home, hostname, type, syscall, {
        servers: [...servers.slice(first), ...servers.slice(0, first)],
        timeout: this.#options.timeout ?? timeout,
        attempts: this.#options.tries ?? attempts,
        tcp,
        signal,
        from: this.#from,
      });
      const records = recordsOf(packet, type);
      if (records.length === 0) throw dnsError('ENODATA', syscall, subject);
      return records;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw subject === hostname || code === undefined ? error : dnsError(code, syscall, subject);
    }
  }

  #files(): NameFiles {
    return readNameFiles(this.#home, this.#options);
  }

  #serversOf({ resolvConf }: NameFiles): readonly ServerAddress[] {
    return this.#servers ?? resolvConf.servers.map(parseServer);
  }
}

/** Loaded with the first question: most programs ask none. */
function askingModules() {
  return Promise.all([import('./query.ts'), import('./answers.ts'), import('./dns-error.ts')]);
}

/** What `node:dns` calls a question in its errors: `queryA`, `queryAaaa`. */
function syscallOf(type: string): string {
  return `query${type.charAt(0)}${type.slice(1).toLowerCase()}`;
}

function reverseName(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${[...bytes].reverse().join('.')}.in-addr.arpa`;
  const nibbles = [...bytes].flatMap((byte) => [byte >> 4, byte & 15]).reverse();
  return `${nibbles.map((nibble) => nibble.toString(16)).join('.')}.ip6.arpa`;
}

/** Node sorts all records of a name by their types. */
const anyOrder = ['CNAME', 'A', 'AAAA', 'MX', 'NS', 'TXT', 'SRV', 'PTR', 'NAPTR', 'SOA', 'CAA', 'TLSA'];

function anyRecord({ type, value, ttl }: ResolvedRecord): dns.AnyRecord {
  if (type === 'A' || type === 'AAAA') return { type, address: value as string, ttl } as dns.AnyRecord;
  if (type === 'TXT') return { type, entries: value as string[] } as dns.AnyRecord;
  return (typeof value === 'object' ? { type, ...value } : { type, value }) as dns.AnyRecord;
}
