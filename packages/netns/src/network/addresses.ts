import { InvalidArgumentError } from '../errors.ts';
import {
  type AddressMessage,
  type AddressMessageInput,
  address,
  addressFlag,
  addressFlags,
  addressProtocols,
  scopes,
} from '../netlink/families/route/address.ts';
import { flagNames, nameOf } from '../wire/names.ts';
import { addressIn, familyName, familyNumber, type IpFamily, parsePrefix } from './prefix.ts';
import { type Question, ReplaceableTable } from './table.ts';
import { numberFor, onlyWords } from './words.ts';

/** An address of a device. Given back to `delete` or `add`, it means the same. */
export interface Address extends AddressSpec {
  /** `10.0.0.1`, `fe80::1`. */
  readonly address: string;
  readonly prefixLength: number;
  readonly family: IpFamily;
  /** The index of the device. */
  readonly link: number;
  /** `global`, `site`, `link`, `host`. */
  readonly scope: string;
  /** The other end of a point-to-point link. */
  readonly peer: string | undefined;
  readonly broadcast: string | undefined;
  readonly label: string | undefined;
  /** `secondary`, `tentative`, `permanent`, … */
  readonly flags: readonly string[];
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: AddressMessage;
}

/** An address to be made, changed or taken away: `ip address add ADDRESS dev DEV`. */
export interface AddressSpec {
  /** Name or index of the device. */
  readonly link: string | number;
  /** The address with its prefix length: `10.0.0.1/24`; without one it is the address alone (/32, /128). */
  readonly address: string;
  /** The prefix length, where `address` has none. */
  readonly prefixLength?: number | undefined;
  /** The other end of a point-to-point link, `10.0.0.2/32`; it has the prefix length then. */
  readonly peer?: string | undefined;
  readonly broadcast?: string | undefined;
  readonly label?: string | undefined;
  /** By default the kernel's choice: `host` for loopback addresses, else `global`. */
  readonly scope?: string | number | undefined;
  /** Do not look for other users of an IPv6 address first. */
  readonly noDad?: boolean | undefined;
  /** Make no route to the prefix. Linux 3.14, for IPv4 4.4. */
  readonly noPrefixRoute?: boolean | undefined;
  /** Seconds until it is taken away. Default: never. */
  readonly validLifetime?: number | undefined;
  /** Seconds until new connections avoid it. Default: as long as it is valid. */
  readonly preferredLifetime?: number | undefined;
  /** Metric of the route to the prefix. Linux 4.18. */
  readonly metric?: number | undefined;
  /** Who made it, a number or `kernel_lo`, `kernel_ra`, `kernel_ll`. Linux 5.18. */
  readonly protocol?: string | number | undefined;
}

/** Which addresses are meant: `ip address show dev DEV`, and the like. */
export interface AddressFilter {
  /** The device, by name or index. */
  readonly link?: string | number | undefined;
  readonly family?: IpFamily | undefined;
  /** Ask about another namespace: the one that this namespace has this number for. Linux 4.20. */
  readonly targetNsid?: number | undefined;
}

const checkSpec = onlyWords<AddressSpec, Address>({
  link: true,
  address: true,
  prefixLength: true,
  peer: true,
  broadcast: true,
  label: true,
  scope: true,
  noDad: true,
  noPrefixRoute: true,
  validLifetime: true,
  preferredLifetime: true,
  metric: true,
  protocol: true,
  family: false,
  flags: false,
  message: false,
});
const checkFilter = onlyWords<AddressFilter>({ link: true, family: true, targetNsid: true });

/**
 * The IP addresses of one network namespace. `ip address show`, `add`, `replace`, `delete`, `flush`.
 *
 * `add` throws NetlinkError EEXIST (the device has it), ENODEV, EPERM; `delete` EADDRNOTAVAIL (the device does not have it).
 */
export class Addresses extends ReplaceableTable<typeof address, AddressSpec, Address, AddressFilter> {
  protected readonly declaration = address;
  protected readonly nouns = ['address', 'addresses'] as const;
  protected readonly checkSpec = checkSpec;
  protected readonly checkFilter = checkFilter;
  protected readonly optionNames = {
    index: 'link',
    cacheinfo: '',
    preferred: 'preferredLifetime',
    prefixlen: 'prefixLength',
    proto: 'protocol',
    rtPriority: 'metric',
    targetNetnsid: 'targetNsid',
    valid: 'validLifetime',
  };

  protected describe(spec: AddressSpec): string {
    return `${spec.address} (link ${spec.link})`;
  }

  protected encode(spec: AddressSpec): AddressMessageInput {
    const { address: local, length, family } = parsePrefix(spec.address, 'address');
    const peer = spec.peer === undefined ? undefined : parsePrefix(spec.peer, 'peer', family);
    const bits = family === 'inet6' ? 128 : 32;
    if (spec.prefixLength !== undefined && spec.prefixLength > bits)
      throw new InvalidArgumentError('prefixLength', spec.prefixLength, `it must be a whole number from 0 to ${bits}`);
    const ownScope = isLoopback(local) ? 254 : 0;
    return {
      header: {
        family: familyNumber(family),
        prefixlen: spec.prefixLength ?? (spec.peer?.includes('/') ? peer?.length : length),
        index: this.links.index(spec.link),
        scope: numberFor(scopes, spec.scope, 'scope', ownScope),
      },
      attributes: {
        local,
        address: peer?.address ?? local,
        broadcast: addressIn(family, spec.broadcast, 'broadcast'),
        label: spec.label,
        flags: (spec.noDad ? addressFlag('nodad') : 0) | (spec.noPrefixRoute ? addressFlag('noprefixroute') : 0),
        cacheinfo: lifetimesOf(spec),
        rtPriority: spec.metric,
        proto: spec.protocol === undefined ? undefined : numberFor(addressProtocols, spec.protocol, 'protocol', 0),
      },
    };
  }

  protected decode(message: AddressMessage): Address {
    return addressOf(message);
  }

  protected question(filter: AddressFilter): Question<typeof address, Address> {
    const index = this.links.indexIfGiven(filter.link) ?? 0;
    const { family, targetNsid } = filter;
    return {
      value: {
        header: { index, family: family === undefined ? 0 : familyNumber(family) },
        attributes: { targetNetnsid: targetNsid },
      },
      // Kernels before 4.20 do not filter by themselves.
      keep: (entry) => (index === 0 || entry.link === index) && (family === undefined || entry.family === family),
    };
  }
}

/** A lifetime that never ends. */
const FOREVER = 0xffffffff;

function lifetimesOf({ validLifetime: valid = FOREVER, preferredLifetime: preferred = valid }: AddressSpec) {
  return valid === FOREVER && preferred === FOREVER ? undefined : { valid, preferred };
}

function secondsLeft(lifetime: number | undefined): number | undefined {
  return lifetime === FOREVER ? undefined : lifetime;
}

function isLoopback(text: string): boolean {
  return text.startsWith('127.') || text === '::1';
}

/** An address as the kernel gives it, in the words of this library. */
export function addressOf(message: AddressMessage): Address {
  const { header, attributes } = message;
  const { local, address: other = '' } = attributes;
  const flags = flagNames(addressFlags, attributes.flags ?? header.flags);
  return {
    address: local ?? other,
    prefixLength: header.prefixlen,
    family: familyName(header.family),
    link: header.index,
    scope: nameOf(scopes, header.scope),
    peer: local !== undefined && other !== local ? other : undefined,
    broadcast: attributes.broadcast,
    label: attributes.label,
    flags,
    noDad: flags.includes('nodad'),
    noPrefixRoute: flags.includes('noprefixroute'),
    validLifetime: secondsLeft(attributes.cacheinfo?.valid),
    preferredLifetime: secondsLeft(attributes.cacheinfo?.preferred),
    metric: attributes.rtPriority,
    protocol: attributes.proto === undefined ? undefined : nameOf(addressProtocols, attributes.proto),
    message,
  };
}
