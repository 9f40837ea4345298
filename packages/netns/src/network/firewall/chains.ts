import {
  type NftChainMessage,
  type NftChainMessageInput,
  nftChain,
  nftChainFlags,
} from '../../netlink/families/netfilter/nft-chain.ts';
import { nftRule } from '../../netlink/families/netfilter/nft-rule.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../netlink/header.ts';
import { flagNames } from '../../wire/names.ts';
import { oneOf } from '../words.ts';
import type { Change, Sink } from './change.ts';
import {
  bitsOf,
  type FirewallFamily,
  type FirewallHook,
  type FirewallPriority,
  familyNameOf,
  familyNumberOf,
  hookNameOf,
  hookNumberOf,
  priorityOf,
} from './words.ts';

/** What names a chain. */
export interface ChainName {
  readonly family: FirewallFamily;
  readonly table: string;
  readonly name: string;
}

/** A chain to be made: `nft add chain FAMILY TABLE NAME { … }`. */
export interface ChainSpec extends ChainName {
  /** Where it sees packets. A chain without a hook is for other rules to jump to. */
  readonly hook?: FirewallHook | undefined;
  /** `filter` (default), `nat` (Linux 3.13; with `inet` 5.2) or `route`. Only with `hook`. */
  readonly type?: 'filter' | 'nat' | 'route' | undefined;
  /** The chains of a hook see packets in this order, the lowest first. Default: `filter`, which is 0. */
  readonly priority?: FirewallPriority | number | undefined;
  /** Names of the devices: hooks `ingress` and `egress` need them. A name that ends with `*` means all that begin so (Linux 6.16). */
  readonly devices?: readonly string[] | undefined;
  /** What becomes of packets about which no rule decides. Default: `accept`. */
  readonly policy?: 'accept' | 'drop' | undefined;
  /** `offload`: in the hardware. `binding`: it belongs to the rule that jumps to it. */
  readonly flags?: readonly string[] | undefined;
  readonly comment?: string | undefined;
  /** Stands for the chain in the same transaction: a chain without a name needs it. */
  readonly id?: number | undefined;
}

/** A chain as the kernel describes it. */
export interface FirewallChain extends ChainSpec {
  readonly priority: number | undefined;
  readonly devices: readonly string[];
  readonly flags: readonly string[];
  readonly handle: bigint;
  /** How many rules are in it, or jump to it. */
  readonly use: number;
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: NftChainMessage;
}

const policies = { drop: 0, accept: 1 } as const;

/** Changes of chains. `nft add chain`, `delete chain`, … */
export class ChainChanges<R> {
  readonly #make: Sink<R>;

  constructor(make: Sink<R>) {
    this.#make = make;
  }

  /** Makes a chain. Refused with EEXIST if there is one, EOPNOTSUPP if this kernel has no such hook, type or priority for it. `nft create chain`. */
  add(spec: ChainSpec): R {
    return this.#make(() => put(spec, 'add', NLM_F_CREATE | NLM_F_EXCL));
  }

  /** Makes a chain, or changes the policy, devices and so on of one that is there. `nft add chain`. */
  replace(spec: ChainSpec): R {
    return this.#make(() => put(spec, 'set', NLM_F_CREATE));
  }

  /** Deletes a chain, which no rule may jump to, with its rules. `nft delete chain`. */
  delete(name: ChainName): R {
    return this.#make(() => single('del', name));
  }

  /** Deletes a chain, should it be there. `nft destroy chain`. Linux 6.3. */
  destroy(name: ChainName): R {
    return this.#make(() => single('destroy', name));
  }

  /** Gives a chain, by the kernel's number for it, another name. `nft rename chain`. */
  rename(chain: ChainName & { readonly handle: bigint }, name: string): R {
    return this.#make(() => rename(chain, name));
  }

  /** Takes all rules out of a chain. `nft flush chain`. */
  flush(chain: ChainName): R {
    return this.#make(() => flush(chain));
  }
}

export function describeChain({ family, table, name }: ChainName): string {
  return `${family} ${table} ${name}`;
}

function put(spec: ChainSpec, what: string, flags: number): Change {
  return {
    operation: `${what} chain ${describeChain(spec)}`,
    messages: [{ declaration: nftChain, verb: 'new', value: encodeChain(spec), flags }],
  };
}

function single(verb: 'del' | 'destroy', chain: ChainName): Change {
  const { family, table, name } = chain;
  const value = { header: { family: familyNumberOf(family) }, attributes: { table, name } };
  return {
    operation: `delete chain ${describeChain(chain)}`,
    messages: [{ declaration: nftChain, verb, value, flags: 0 }],
  };
}

function rename(chain: ChainName & { readonly handle: bigint }, name: string): Change {
  const { family, table, handle } = chain;
  const value = { header: { family: familyNumberOf(family) }, attributes: { table, handle, name } };
  return {
    operation: `rename chain ${describeChain(chain)} to ${name}`,
    messages: [{ declaration: nftChain, verb: 'new', value, flags: 0 }],
  };
}

function flush(chain: ChainName): Change {
  const { family, table, name } = chain;
  const value = { header: { family: familyNumberOf(family) }, attributes: { table, chain: name } };
  return {
    operation: `flush chain ${describeChain(chain)}`,
    messages: [{ declaration: nftRule, verb: 'del', value, flags: 0 }],
  };
}

function encodeChain(spec: ChainSpec): NftChainMessageInput {
  const { family, table, name, hook, type = 'filter', priority = 0, devices, policy, comment, id } = spec;
  const based = hook !== undefined;
  return {
    header: { family: familyNumberOf(family) },
    attributes: {
      table,
      name,
      hook: based
        ? { hooknum: hookNumberOf(family, hook), priority: priorityOf(family, priority), ...deviceAttributes(devices) }
        : undefined,
      policy: policy === undefined ? undefined : oneOf(policies, policy, 'policy'),
      type: based ? type : undefined,
      flags: spec.flags === undefined ? undefined : bitsOf(nftChainFlags, spec.flags, 'flags'),
      id,
      userdata: comment === undefined ? undefined : { comment },
    },
  };
}

/** One device has an attribute of its own, which old kernels know as well. */
function deviceAttributes(devices: readonly string[] | undefined) {
  if (devices === undefined || devices.length === 0) return {};
  const [only] = devices;
  if (devices.length === 1 && !only?.endsWith('*')) return { dev: only };
  return { devs: encodeDevices(devices) };
}

/** NFTA_DEVICE_*: whole names, and beginnings of names. */
export function encodeDevices(devices: readonly string[]) {
  const whole = devices.filter((device) => !device.endsWith('*'));
  const beginnings = devices.filter((device) => device.endsWith('*')).map((device) => device.slice(0, -1));
  return {
    ...(whole.length > 0 && { name: whole }),
    ...(beginnings.length > 0 && { prefix: beginnings }),
  };
}

export function devicesOf(
  devices: { readonly name?: readonly string[]; readonly prefix?: readonly string[] } | undefined,
): readonly string[] {
  return [...(devices?.name ?? []), ...(devices?.prefix ?? []).map((beginning) => `${beginning}*`)];
}

/** A chain as the kernel gives it, in the words of this library. */
export function chainOf(message: NftChainMessage): FirewallChain {
  const { header, attributes } = message;
  const { hook, policy } = attributes;
  const family = familyNameOf(header.family);
  return {
    family,
    table: attributes.table ?? '',
    name: attributes.name ?? '',
    hook: hook?.hooknum === undefined ? undefined : hookNameOf(family, hook.hooknum),
    type: attributes.type as FirewallChain['type'],
    priority: hook?.priority,
    devices: hook?.dev === undefined ? devicesOf(hook?.devs) : [hook.dev],
    policy: policy === undefined ? undefined : policy === policies.drop ? 'drop' : 'accept',
    flags: flagNames(nftChainFlags, attributes.flags ?? 0),
    comment: attributes.userdata?.comment,
    handle: attributes.handle ?? 0n,
    use: attributes.use ?? 0,
    message,
  };
}
