import { parseIpAddress } from '../../../wire/ip-address.ts';
import { splitZone } from '../socket-address.ts';
import type { LookupAddress } from './lookup.ts';

/** One name of one address in a hosts file, in lower case. */
export type HostsEntry = LookupAddress & { readonly name: string };

/** All names of a hosts file, in its order; lines without a proper address are passed over. hosts(5). */
export function hostsEntries(text: string): readonly HostsEntry[] {
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
    const bytes = parseIpAddress(splitZone(address)[0]);
    if (bytes === undefined) return [];
    const family = bytes.length === 4 ? 4 : 6;
    return names.map((name) => ({ name: name.toLowerCase(), address, family }) as const);
  });
}

/** The addresses that a hosts file gives a name. */
export function addressesInHosts(text: string, name: string): readonly LookupAddress[] {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  return hostsEntries(text)
    .filter((entry) => entry.name === wanted)
    .map(({ address, family }) => ({ address, family }));
}

/** The names that a hosts file gives an address. */
export function namesInHosts(text: string, address: string): readonly string[] {
  const wanted = parseIpAddress(address)?.join('.');
  return hostsEntries(text)
    .filter((entry) => parseIpAddress(splitZone(entry.address)[0])?.join('.') === wanted)
    .map(({ name }) => name);
}
