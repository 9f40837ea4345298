import { formatIpAddress } from '../../../../wire/ip-address.ts';

/** A multicast address that a link listens to. */
export interface MulticastAddress {
  readonly index: number;
  readonly name: string;
  readonly family: 'link' | 'inet' | 'inet6';
  readonly address: string;
  /** How many listen. */
  readonly users: number;
  /** It was set by hand. */
  readonly static: boolean;
}

/** Reads /proc/net/dev_mcast: index, name, users, how many of them by hand, and the address without colons. */
export function readLinkLayer(text: string): MulticastAddress[] {
  return fieldsOf(text).flatMap(([index, name, users, byHand, address]) =>
    address === undefined
      ? []
      : [entry(index, name, 'link', (address.match(/../g) ?? []).join(':'), users, byHand !== '0')],
  );
}

/** Reads /proc/net/igmp: a line for each link, and behind it one for each address, in hexadecimal as it is in memory. */
export function readIpv4(text: string): MulticastAddress[] {
  const found: MulticastAddress[] = [];
  let link: readonly string[] = [];
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (!/^\s/.test(line)) link = fields;
    else if (/^[0-9A-F]{8}$/.test(fields[0] ?? '')) {
      const bytes = Buffer.from(fields[0] ?? '', 'hex').reverse();
      found.push(entry(link[0], link[1]?.replace(/:$/, ''), 'inet', formatIpAddress(bytes), fields[1], false));
    }
  }
  return found;
}

/** Reads /proc/net/igmp6: index, name, the address, users. */
export function readIpv6(text: string): MulticastAddress[] {
  return fieldsOf(text).flatMap(([index, name, address = '', users]) =>
    address.length === 32
      ? [entry(index, name, 'inet6', formatIpAddress(Buffer.from(address, 'hex')), users, false)]
      : [],
  );
}

function fieldsOf(text: string): string[][] {
  return text.split('\n').map((line) => line.trim().split(/\s+/));
}

function entry(
  index: string | undefined,
  name = '',
  family: MulticastAddress['family'],
  address: string,
  users: string | undefined,
  byHand: boolean,
): MulticastAddress {
  return { index: Number(index), name, family, address, users: Number(users), static: byHand };
}
