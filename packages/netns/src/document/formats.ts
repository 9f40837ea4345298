import { formatIpAddress, parseIpAddress } from '../wire/ip-address.ts';
import { text } from './schema.ts';

/** Names under which sysctls speak of all devices: with IP the kernel takes none of these (`sysctl_dev_name_is_allowed`). */
const ofSysctls: readonly string[] = ['all', 'default'];

/** A device's name: what the kernel takes (`dev_valid_name`). */
export const linkName = text(
  'the name of a device: 1 to 15 bytes, without blanks, "/" and ":"',
  (name) => {
    if (ofSysctls.includes(name)) return "it must be the name of a device: 'all' and 'default' stand for all of them";
    return name === '' || utf8Length(name) > 15 || /[\s/:]/.test(name) || name === '.' || name === '..'
      ? 'it must be the name of a device: 1 to 15 bytes, without blanks, "/" and ":"'
      : undefined;
  },
  '^(?!(?:\\.\\.?|all|default)$)[^\\s/:]{1,15}$',
);

export const namespaceName = text(
  'the name of a namespace',
  (name) =>
    name === '' || utf8Length(name) > 255 || name.includes('/') || name.includes('\0') || name === '.' || name === '..'
      ? 'it must be the name of a namespace: 1 to 255 bytes, without "/"'
      : undefined,
  '^(?!\\.\\.?$)[^/]{1,255}$',
);

/** A namespace in a document: `.` is the one that netns runs in. */
export const namespaceRef: typeof namespaceName = {
  ...namespaceName,
  fault: (name) => (name === '.' ? undefined : namespaceName.fault?.(name)),
  pattern: '^(?!\\.\\.$)[^/]{1,255}$',
};

function utf8Length(name: string): number {
  let length = 0;
  for (const character of name) {
    const point = character.codePointAt(0) ?? 0;
    length += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return length;
}

export const ipAddress = text('an IP address', (address) =>
  parseIpAddress(address) === undefined ? 'it must be an IP address' : undefined,
);

/** An address with the length of its prefix, or without: then it is the address alone. */
export const ipPrefix = text('an IP address, mostly with a prefix length: 192.0.2.1/24', (prefix) =>
  splitPrefix(prefix) === undefined ? 'it must be an IP address, or one with a prefix length' : undefined,
);

/** Where a route leads to. */
export const destination = text("a prefix, or 'default'", (prefix) =>
  prefix !== 'default' && splitPrefix(prefix) === undefined ? "it must be a prefix, or 'default'" : undefined,
);

export const hardwareAddress = text(
  'a hardware address: 02:00:00:00:00:01',
  (address) =>
    /^[0-9a-f]{2}(?::[0-9a-f]{2})*$/i.test(address) ? undefined : 'it must be a hardware address: 02:00:00:00:00:01',
  '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*$',
);

/** As the database of a bridge has them; of a vxlan also the address of none, for all that is not known. */
export const multicastGroup = text('a multicast address: 239.1.1.1, ff05::7, or a hardware address', (group) =>
  isGroup(group) ? undefined : 'it must be a multicast address: 239.1.1.1, ff05::7, or a hardware address',
);

function isGroup(group: string): boolean {
  const bytes = parseIpAddress(group);
  if (bytes === undefined) return /^[0-9a-f][13579bdf](?::[0-9a-f]{2}){5}$/i.test(group);
  const [first = 0] = bytes;
  return (bytes.length === 4 ? first >> 4 === 0xe : first === 0xff) || bytes.every((byte) => byte === 0);
}

interface Split {
  readonly address: string;
  readonly length: number;
  readonly six: boolean;
}

/** The parts of a prefix, the address as the kernel writes it. */
export function splitPrefix(prefix: string): Split | undefined {
  const slash = prefix.indexOf('/');
  const bytes = parseIpAddress(slash === -1 ? prefix : prefix.slice(0, slash));
  if (bytes === undefined) return undefined;
  const bits = 8 * bytes.length;
  const digits = slash === -1 ? String(bits) : prefix.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > bits) return undefined;
  return { address: formatIpAddress(bytes), length: Number(digits), six: bits === 128 };
}

/** An address as the kernel writes it; what is none stays as it is. */
export function normalAddress(address: string): string {
  const bytes = parseIpAddress(address);
  return bytes === undefined ? address : formatIpAddress(bytes);
}

/** A prefix as the kernel writes it, with its length. */
export function normalPrefix(prefix: string): string {
  const split = splitPrefix(prefix);
  return split === undefined ? prefix : `${split.address}/${split.length}`;
}

export function isSix(address: string): boolean {
  return address.includes(':');
}
