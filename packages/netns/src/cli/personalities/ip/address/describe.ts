import { type AddressMessage, addressFlag, addressFlags } from '../../../../netlink/families/route/address.ts';
import { AF_INET, AF_INET6 } from '../../../../netlink/families/route/address-families.ts';
import type { Json } from '../json.ts';
import type { NameTable } from '../name-table.ts';
import { hexWithPrefix } from '../numbers.ts';
import { host, type Part, type View, value, when } from '../show/fields.ts';

export interface AddressView extends View {
  readonly scopes: NameTable;
  readonly protocols: NameTable;
  /** Nothing in front tells of the link. */
  readonly alone: boolean;
  /** The name of the link that an address belongs to. */
  linkName(index: number): string;
}

type Shown = Part<AddressMessage, AddressView>;

/** 2^32 - 1 seconds are for ever. */
const forever = 0xffffffff;

export function allFlags({ header, attributes }: AddressMessage): number {
  return attributes.flags ?? header.flags;
}

/** The address itself; IPv6 and point-to-point links differ in where the kernel puts it. */
export function ownAddress({ attributes }: AddressMessage): string | undefined {
  return attributes.local ?? attributes.address;
}

function otherEnd({ attributes: { local, address } }: AddressMessage): string | undefined {
  return address === undefined || local === undefined || address === local ? undefined : address;
}

const familyName = (family: number) => (family === AF_INET ? 'inet' : family === AF_INET6 ? 'inet6' : String(family));

/** An address in the colour of its family. */
function painted(text: string, view: AddressView, { header: { family } }: AddressMessage): string {
  return view.paint(family === AF_INET ? 'inet' : family === AF_INET6 ? 'inet6' : undefined, text);
}

const line: readonly Shown[] = [
  host('local', (text, view, address) => painted(String(text), view, address), ownAddress),
  host('address', (text, view, address) => ` peer ${painted(String(text), view, address)}`, otherEnd),
  value('prefixlen', '/% ', (address) => (ownAddress(address) === undefined ? undefined : address.header.prefixlen)),
  value('metric', 'metric % ', (address) => address.attributes.rtPriority),
];

/**
 * The flags with names, in the order of their bits. That an address is not permanent is what is worth saying, so that
 * bit is told as `dynamic` when it is missing.
 */
const flags: Shown = (address) => {
  const set = allFlags(address);
  let rest = set;
  let text = '';
  const members: Record<string, Json> = {};
  for (const flag of addressFlags) {
    const isSet = (set & addressFlag(flag)) !== 0;
    rest &= ~addressFlag(flag);
    if (isSet === (flag === 'permanent')) continue;
    const name =
      flag === 'permanent'
        ? 'dynamic'
        : flag === 'secondary' && address.header.family === AF_INET6
          ? 'temporary'
          : flag;
    text += `${name} `;
    members[name] = true;
  }
  if (rest !== 0) {
    text += `flags ${(rest >>> 0).toString(16).padStart(2, '0')} `;
    members.ifa_flags = hexWithPrefix(rest >>> 0);
  }
  return { text, json: members };
};

function lifetime(seconds: number): string {
  return seconds === forever ? 'forever' : `${seconds}sec`;
}

/** An address as `ip address` shows it, without the newline at its end. */
export const addressParts: readonly Shown[] = [
  when(
    (_address, view) => view.alone,
    [
      value('index', '%: ', (address) => address.header.index),
      value('dev', '%', (address, view) => view.linkName(address.header.index)),
    ],
  ),
  value('family', '    % ', (address) => familyName(address.header.family)),
  ...line,
  host(
    'broadcast',
    (text, view, address) => `brd ${painted(`${text} `, view, address)}`,
    (address) => address.attributes.broadcast,
  ),
  host(
    'anycast',
    (text, view, address) => `any ${painted(`${text} `, view, address)}`,
    (address) => address.attributes.anycast,
  ),
  host(
    'multicast',
    (text, view, address) => `mcast ${painted(`${text} `, view, address)}`,
    (address) => address.attributes.multicast,
  ),
  value('scope', 'scope % ', ({ header: { scope } }, view) => {
    return (view.options.numeric ? undefined : view.scopes.nameOf(scope)) ?? String(scope);
  }),
  value('protocol', 'proto % ', ({ attributes: { proto } }, view) => {
    if (proto === undefined) return undefined;
    return (view.options.numeric ? undefined : view.protocols.nameOf(proto)) ?? `0x${proto.toString(16)}`;
  }),
  flags,
  value('label', '%', (address) => address.attributes.label),
  value(
    'valid_life_time',
    (seconds, view) => `${view.newline}       valid_lft ${lifetime(Number(seconds))}`,
    (address) => address.attributes.cacheinfo?.valid,
  ),
  value(
    'preferred_life_time',
    (seconds) => ` preferred_lft ${lifetime(Number(seconds))}`,
    (address) => address.attributes.cacheinfo?.preferred,
  ),
];

/** What `-brief` shows of an address. */
export const briefAddressParts: readonly Shown[] = line;
