import type { NetlinkConnection } from '../connection/connection.ts';
import { InvalidArgumentError } from '../errors.ts';
import {
  type AddressMessage,
  type AddressMessageInput,
  address,
  addressFlags,
  scopes,
} from '../netlink/families/route/address.ts';
import { AF_INET, AF_INET6 } from '../netlink/families/route/address-families.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../netlink/header.ts';
import type { Links } from './links.ts';

/** An address of a device. */
export interface Address {
  /** `10.0.0.1`, `fe80::1`. */
  readonly address: string;
  readonly prefixLength: number;
  readonly family: 'inet' | 'inet6';
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

export interface AddressSpec {
  /** Name or index of the device. */
  readonly link: string | number;
  /** The address with its prefix length: `10.0.0.1/24`; without one it is the address alone (/32, /128). */
  readonly address: string;
  readonly peer?: string | undefined;
  readonly broadcast?: string | undefined;
  readonly label?: string | undefined;
  /** By default the kernel's choice: `host` for loopback addresses, else `global`. */
  readonly scope?: keyof typeof scopeNumbers | undefined;
  /** Do not look for other users of an IPv6 address first. */
  readonly noDad?: boolean | undefined;
}

const scopeNumbers = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;

/** The IP addresses of one network namespace. `ip address`. */
export class Addresses {
  readonly #connection: NetlinkConnection;
  readonly #links: Links;

  constructor(connection: NetlinkConnection, links: Links) {
    this.#connection = connection;
    this.#links = links;
  }

  /** All addresses, or those of one device. `ip address show [dev DEV]`. */
  async list(filter: { readonly link?: string | number } = {}): Promise<Address[]> {
    const index = filter.link === undefined ? 0 : await this.#indexOf(filter.link);
    const { messages } = await this.#connection.dump(address, { header: { index } }, { operation: 'list addresses' });
    // Kernels before 4.20 do not filter by themselves.
    return messages.filter(({ header }) => index === 0 || header.index === index).map(addressOf);
  }

  /** Gives a device an address. `ip address add`. Throws NetlinkError EEXIST if it has it; ENODEV; EPERM. */
  async add(spec: AddressSpec): Promise<void> {
    await this.#change('new', spec, NLM_F_CREATE | NLM_F_EXCL, `add address ${spec.address} to link ${spec.link}`);
  }

  /** The same, but an address that is there is changed. `ip address replace`. */
  async replace(spec: AddressSpec): Promise<void> {
    await this.#change('new', spec, NLM_F_CREATE | NLM_F_REPLACE, `set address ${spec.address} of link ${spec.link}`);
  }

  /** Takes an address away. `ip address delete`. Throws NetlinkError EADDRNOTAVAIL if the device does not have it. */
  async delete(spec: AddressSpec): Promise<void> {
    await this.#change('del', spec, 0, `delete address ${spec.address} of link ${spec.link}`);
  }

  async #change(verb: 'new' | 'del', spec: AddressSpec, flags: number, operation: string): Promise<void> {
    const message = encodeSpec(spec, await this.#indexOf(spec.link));
    await this.#connection.request(address, verb, message, { operation, flags });
  }

  async #indexOf(ref: string | number): Promise<number> {
    return typeof ref === 'number' ? ref : (await this.#links.get(ref)).index;
  }
}

function encodeSpec(spec: AddressSpec, index: number): AddressMessageInput {
  const [local, length] = splitPrefix(spec.address);
  const v6 = local.includes(':');
  const bits = v6 ? 128 : 32;
  const prefixlen = length === undefined ? bits : Number(length);
  if (length !== undefined && !(/^[0-9]+$/.test(length) && prefixlen <= bits)) {
    throw new InvalidArgumentError('prefix length', spec.address, `it must be a whole number from 0 to ${bits}`);
  }
  return {
    header: {
      family: v6 ? AF_INET6 : AF_INET,
      prefixlen,
      index,
      flags: spec.noDad ? 1 << addressFlags.indexOf('nodad') : 0,
      scope: spec.scope === undefined ? (isLoopback(local) ? scopeNumbers.host : 0) : scopeNumbers[spec.scope],
    },
    attributes: {
      local,
      address: spec.peer === undefined ? local : splitPrefix(spec.peer)[0],
      broadcast: spec.broadcast,
      label: spec.label,
    },
  };
}

function splitPrefix(text: string): [address: string, length: string | undefined] {
  const slash = text.indexOf('/');
  return slash === -1 ? [text, undefined] : [text.slice(0, slash), text.slice(slash + 1)];
}

function isLoopback(text: string): boolean {
  return text.startsWith('127.') || text === '::1';
}

function addressOf(message: AddressMessage): Address {
  const { header, attributes } = message;
  const local = attributes.local ?? attributes.address ?? '';
  const flags = attributes.flags ?? header.flags;
  return {
    address: local,
    prefixLength: header.prefixlen,
    family: header.family === AF_INET6 ? 'inet6' : 'inet',
    link: header.index,
    scope: (scopes as Readonly<Record<number, string>>)[header.scope] ?? String(header.scope),
    peer: attributes.local !== undefined && attributes.address !== attributes.local ? attributes.address : undefined,
    broadcast: attributes.broadcast,
    label: attributes.label,
    flags: addressFlags.filter((_, bit) => flags & (1 << bit)),
    message,
  };
}
