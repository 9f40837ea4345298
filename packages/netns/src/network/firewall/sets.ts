import type { NftStatefulExpressionInput } from '../../netlink/families/netfilter/expressions.ts';
import { nftElements } from '../../netlink/families/netfilter/nft-elements.ts';
import { nftObjectTypes } from '../../netlink/families/netfilter/nft-object.ts';
import {
  type NftSetMessage,
  type NftSetMessageInput,
  nftSet,
  nftSetFlags,
  nftSetPolicies,
} from '../../netlink/families/netfilter/nft-set.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../netlink/header.ts';
import { flagNames, nameOf } from '../../wire/names.ts';
import { numberFor } from '../words.ts';
import type { Change, Sink } from './change.ts';
import { bitsOf, type FirewallFamily, familyNameOf, familyNumberOf } from './words.ts';

/** What names a set or map. */
export interface SetName {
  readonly family: FirewallFamily;
  readonly table: string;
  readonly name: string;
}

/** A set or map to be made: `nft add set`, `nft add map`. */
export interface FirewallSetSpec extends SetName {
  /** How many bytes a key has. Parts of a key that is put together are filled up to four bytes each. */
  readonly keyLength: number;
  /** What keys are, by the number that `nft` has for it (7: ipv4_addr): the kernel only keeps it. */
  readonly keyType?: number | undefined;
  /** How many bytes each part of a key has that is put together: needed with `interval` and `concat`. */
  readonly fields?: readonly number[] | undefined;
  /**
   * `map`, `interval`, `timeout`, `constant`, `anonymous`, `dynamic` (rules add to it), `object` (its data are names of objects), `concat`,
   * `expr`.
   */
  readonly flags?: readonly string[] | undefined;
  /** Of a map: how many bytes its data have. Not for verdicts. */
  readonly dataLength?: number | undefined;
  /** Of a map: what its data are; 0xffffff00 for verdicts. */
  readonly dataType?: number | undefined;
  /** Of a map of objects: `counter`, `quota`, … */
  readonly objectType?: string | undefined;
  /** How long an element stays, in milliseconds, if it does not say otherwise. */
  readonly timeout?: bigint | undefined;
  /** How often the kernel looks for elements whose time is over, in milliseconds. */
  readonly gcInterval?: number | undefined;
  /** How many elements there may be. */
  readonly size?: number | undefined;
  readonly policy?: 'performance' | 'memory' | undefined;
  /** What each element gets: a counter, a limit, … Linux 5.7; several 5.11. */
  readonly expressions?: readonly NftStatefulExpressionInput[] | undefined;
  readonly comment?: string | undefined;
  /** What else is stored with it, as `nft` reads it; instead of `comment`. */
  readonly userdata?: NftSetUserdataInput | undefined;
  /** Stands for the set in the same transaction; default: a number of its own. */
  readonly id?: number | undefined;
}

type NftSetUserdataInput = NonNullable<NonNullable<NftSetMessageInput['attributes']>['userdata']>;

/** A set or map as the kernel describes it. What is in it comes with `elements.list`. */
export interface FirewallSet extends FirewallSetSpec {
  readonly flags: readonly string[];
  readonly handle: bigint;
  /** How many elements are in it. Linux 6.16. */
  readonly count: number | undefined;
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: NftSetMessage;
}

/** Changes of sets and maps. `nft add set`, `add map`, `delete set`, … */
export class SetChanges<R> {
  readonly #make: Sink<R>;
  readonly #nextId: () => number;

  constructor(make: Sink<R>, nextId: () => number) {
    this.#make = make;
    this.#nextId = nextId;
  }

  /** Makes a set, or with the flag `map` a map. Refused with EEXIST if there is one. */
  add(spec: FirewallSetSpec): R {
    return this.#make(() => this.#put(spec, 'add', NLM_F_CREATE | NLM_F_EXCL));
  }

  /** Makes a set, should there be none. One that is there must be the same. `nft add set`. */
  replace(spec: FirewallSetSpec): R {
    return this.#make(() => this.#put(spec, 'set', NLM_F_CREATE));
  }

  /** Deletes a set, which no rule may look into. `nft delete set`. */
  delete(name: SetName): R {
    return this.#make(() => single('del', name));
  }

  /** Deletes a set, should it be there. `nft destroy set`. Linux 6.3. */
  destroy(name: SetName): R {
    return this.#make(() => single('destroy', name));
  }

  /** Takes all elements out of a set. `nft flush set`. */
  flush(set: SetName): R {
    return this.#make(() => flush(set));
  }

  #put(spec: FirewallSetSpec, what: string, flags: number): Change {
    const value = encodeSet(spec, spec.id ?? this.#nextId());
    return {
      operation: `${what} set ${describeSet(spec)}`,
      messages: [{ declaration: nftSet, verb: 'new', value, flags }],
    };
  }
}

export function describeSet({ family, table, name }: SetName): string {
  return `${family} ${table} ${name}`;
}

function single(verb: 'del' | 'destroy', set: SetName): Change {
  const { family, table, name } = set;
  const value = { header: { family: familyNumberOf(family) }, attributes: { table, name } };
  return {
    operation: `delete set ${describeSet(set)}`,
    messages: [{ declaration: nftSet, verb, value, flags: 0 }],
  };
}

function flush(set: SetName): Change {
  const { family, table, name } = set;
  const value = { header: { family: familyNumberOf(family) }, attributes: { table, set: name } };
  return {
    operation: `flush set ${describeSet(set)}`,
    messages: [{ declaration: nftElements, verb: 'del', value, flags: 0 }],
  };
}

function encodeSet(spec: FirewallSetSpec, id: number): NftSetMessageInput {
  const { expressions = [], fields, size, comment } = spec;
  const [first] = expressions;
  return {
    header: { family: familyNumberOf(spec.family) },
    attributes: {
      table: spec.table,
      name: spec.name,
      flags: bitsOf(nftSetFlags, spec.flags ?? [], 'flags'),
      keyType: spec.keyType ?? 0,
      keyLen: spec.keyLength,
      dataType: spec.dataType,
      dataLen: spec.dataLength,
      objType: spec.objectType === undefined ? undefined : numberFor(nftObjectTypes, spec.objectType, 'objectType', 0),
      timeout: spec.timeout,
      gcInterval: spec.gcInterval,
      policy: spec.policy === undefined ? undefined : numberFor(nftSetPolicies, spec.policy, 'policy', 0),
      desc: size === undefined && fields === undefined ? undefined : { size, concat: fields?.map((len) => ({ len })) },
      userdata: spec.userdata ?? (comment === undefined ? undefined : { comment }),
      // One has an attribute of its own, which old kernels know as well.
      expr: expressions.length === 1 ? first : undefined,
      expressions: expressions.length > 1 ? expressions : undefined,
      id,
    },
  };
}

/** A set as the kernel gives it, in the words of this library. */
export function setOf(message: NftSetMessage): FirewallSet {
  const { header, attributes } = message;
  const { desc, expr, userdata, policy, objType } = attributes;
  return {
    family: familyNameOf(header.family),
    table: attributes.table ?? '',
    name: attributes.name ?? '',
    keyType: attributes.keyType,
    keyLength: attributes.keyLen ?? 0,
    fields: desc?.concat?.map(({ len = 0 }) => len),
    flags: flagNames(nftSetFlags, attributes.flags ?? 0),
    dataType: attributes.dataType,
    dataLength: attributes.dataLen,
    objectType: objType === undefined ? undefined : nameOf(nftObjectTypes, objType),
    timeout: attributes.timeout,
    gcInterval: attributes.gcInterval,
    size: desc?.size,
    policy: policy === undefined ? undefined : (nameOf(nftSetPolicies, policy) as FirewallSet['policy']),
    expressions: attributes.expressions ?? (expr === undefined ? [] : [expr]),
    comment: userdata?.comment,
    userdata,
    handle: attributes.handle ?? 0n,
    count: attributes.count,
    message,
  };
}
