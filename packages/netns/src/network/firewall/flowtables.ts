import {
  type NftFlowtableMessage,
  type NftFlowtableMessageInput,
  nftFlowtable,
  nftFlowtableFlags,
} from '../../netlink/families/netfilter/nft-flowtable.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../netlink/header.ts';
import { flagNames } from '../../wire/names.ts';
import { devicesOf, encodeDevices } from './chains.ts';
import type { Change, Sink } from './change.ts';
import {
  bitsOf,
  type FirewallFamily,
  type FirewallPriority,
  familyNameOf,
  familyNumberOf,
  priorityOf,
} from './words.ts';

/** What names a flowtable. */
export interface FlowtableName {
  readonly family: FirewallFamily;
  readonly table: string;
  readonly name: string;
}

/** A flowtable to be made, in which known flows pass the rules by: `nft add flowtable`. */
export interface FlowtableSpec extends FlowtableName {
  /** Names of the devices whose packets it takes. */
  readonly devices?: readonly string[] | undefined;
  /** Default: `filter`, which is 0. */
  readonly priority?: FirewallPriority | number | undefined;
  /** `offload` (in the hardware, Linux 5.5), `counter` (Linux 5.7). */
  readonly flags?: readonly string[] | undefined;
}

/** A flowtable as the kernel describes it. */
export interface Flowtable extends FlowtableSpec {
  readonly devices: readonly string[];
  readonly priority: number;
  readonly flags: readonly string[];
  readonly handle: bigint;
  /** How many rules use it. */
  readonly use: number;
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: NftFlowtableMessage;
}

/** Changes of flowtables. `nft add flowtable`, `delete flowtable`. */
export class FlowtableChanges<R> {
  readonly #make: Sink<R>;

  constructor(make: Sink<R>) {
    this.#make = make;
  }

  /** Makes a flowtable. Refused with EEXIST if there is one, ENOENT if this kernel has none. */
  add(spec: FlowtableSpec): R {
    return this.#make(() => put(spec, 'add', NLM_F_CREATE | NLM_F_EXCL));
  }

  /** Makes a flowtable, or adds devices to one that is there. `nft add flowtable`. */
  replace(spec: FlowtableSpec): R {
    return this.#make(() => put(spec, 'set', NLM_F_CREATE));
  }

  /** Deletes a flowtable, which no rule may use. */
  delete(name: FlowtableName): R {
    return this.#make(() => single('del', name));
  }

  /** Deletes a flowtable, should it be there. Linux 6.3. */
  destroy(name: FlowtableName): R {
    return this.#make(() => single('destroy', name));
  }
}

function describe({ family, table, name }: FlowtableName): string {
  return `${family} ${table} ${name}`;
}

/** NF_NETDEV_INGRESS. */
const ingress = 0;

function put(spec: FlowtableSpec, what: string, flags: number): Change {
  const { family, table, name, devices, priority = 0 } = spec;
  const value: NftFlowtableMessageInput = {
    header: { family: familyNumberOf(family) },
    attributes: {
      table,
      name,
      hook: {
        num: ingress,
        priority: priorityOf(family, priority),
        devs: devices === undefined ? undefined : encodeDevices(devices),
      },
      flags: spec.flags === undefined ? undefined : bitsOf(nftFlowtableFlags, spec.flags, 'flags'),
    },
  };
  return {
    operation: `${what} flowtable ${describe(spec)}`,
    messages: [{ declaration: nftFlowtable, verb: 'new', value, flags }],
  };
}

function single(verb: 'del' | 'destroy', flowtable: FlowtableName): Change {
  const { family, table, name } = flowtable;
  const value = { header: { family: familyNumberOf(family) }, attributes: { table, name } };
  return {
    operation: `delete flowtable ${describe(flowtable)}`,
    messages: [{ declaration: nftFlowtable, verb, value, flags: 0 }],
  };
}

/** A flowtable as the kernel gives it, in the words of this library. */
export function flowtableOf(message: NftFlowtableMessage): Flowtable {
  const { header, attributes } = message;
  return {
    family: familyNameOf(header.family),
    table: attributes.table ?? '',
    name: attributes.name ?? '',
    devices: devicesOf(attributes.hook?.devs),
    priority: attributes.hook?.priority ?? 0,
    flags: flagNames(nftFlowtableFlags, attributes.flags ?? 0),
    handle: attributes.handle ?? 0n,
    use: attributes.use ?? 0,
    message,
  };
}
