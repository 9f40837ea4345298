import { parseIpAddress } from '../../../wire/ip-address.ts';
import { splitZone } from '../socket-address.ts';

/** What a `resolv.conf` says. */
export interface ResolvConf {
  readonly servers: readonly string[];
  /** Domains to try behind a name that is not complete. */
  readonly search: readonly string[];
  /** A name with at least so many dots is tried as it is first. */
  readonly ndots: number;
  /** How long to wait for one answer, in milliseconds. */
  readonly timeout: number;
  /** How often to ask all servers. */
  readonly attempts: number;
  /** Begin each question with another server. */
  readonly rotate: boolean;
  /** Always ask by TCP. */
  readonly tcp: boolean;
  /** Look for IPv6 addresses, too. */
  readonly aaaa: boolean;
  /** Whether a name without dots is tried as it is. */
  readonly topLevel: boolean;
}

/**
 * Reads a `resolv.conf`. Where it says nothing, the C library's defaults hold: a server on this host, the domain of the host's own
 * name, 1 dot, 5 seconds, 2 attempts. What cannot be understood is passed over, as there. resolv.conf(5).
 */
export function parseResolvConf(text: string, hostname = ''): ResolvConf {
  const servers: string[] = [];
  let search: readonly string[] = [hostname.replace(/^[^.]*\.?/, '')];
  let options: readonly string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver' && isAddress(words[0])) servers.push(words[0]);
    if (keyword === 'search') search = words.map((word) => word.replace(/\.$/, ''));
    if (keyword === 'domain') search = [(words[0] ?? '').replace(/\.$/, '')];
    if (keyword === 'options') options = [...options, ...words];
  }
  return {
    servers: servers.length === 0 ? ['127.0.0.1'] : servers,
    search: search.filter((domain) => domain !== ''),
    ndots: numberOption(options, 'ndots', 1, 0, 15),
    timeout: numberOption(options, 'timeout', 5, 1, 30) * 1000,
    attempts: numberOption(options, 'attempts', 2, 1, 5),
    rotate: options.includes('rotate'),
    tcp: options.includes('use-vc'),
    aaaa: !options.includes('no-aaaa'),
    topLevel: !options.includes('no-tld-query'),
  };
}

function isAddress(word: string | undefined): word is string {
  return word !== undefined && parseIpAddress(splitZone(word)[0]) !== undefined;
}

function numberOption(
  options: readonly string[],
  name: string,
  otherwise: number,
  least: number,
  most: number,
): number {
  const text = options.findLast((option) => option.startsWith(`${name}:`))?.slice(name.length + 1);
  if (text === undefined || !/^\d+$/.test(text)) return otherwise;
  return Math.min(most, Math.max(least, Number(text)));
}
