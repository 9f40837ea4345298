import {
  type NftObjectMessage,
  type NftObjectMessageInput,
  nftObject,
} from '../../netlink/families/netfilter/nft-object.ts';
import { NLM_F_CREATE, NLM_F_EXCL } from '../../netlink/header.ts';
import type { Change, Sink } from './change.ts';
import { type FirewallFamily, familyNameOf, familyNumberOf } from './words.ts';

/** Kinds of objects. */
export type ObjectType = Exclude<NonNullable<NftObjectMessage['attributes']['state']>['kind'], 'other'>;

/** What is in an object, by its kind: `{ kind: 'counter', data: { packets, bytes } }`. */
export type ObjectState = NonNullable<NftObjectMessage['attributes']['state']>;
/** The kind of a stateful object, and what it holds, as the kernel has them. */
export type ObjectStateInput = NonNullable<NonNullable<NftObjectMessageInput['attributes']>['state']>;

/** What names an object: names are free for each kind. */
export interface ObjectName {
  readonly family: FirewallFamily;
  readonly table: string;
  readonly name: string;
  readonly type: ObjectType;
}

/** A stateful object to be made: a counter, quota, limit, … with a name. `nft add counter`, `add quota`, … */
export interface ObjectSpec extends Omit<ObjectName, 'type'> {
  /** Kind and contents. */
  readonly state: ObjectStateInput;
  readonly comment?: string | undefined;
}

/** An object as the kernel describes it: a counter, a quota, … that rules and maps refer to by name. */
export interface FirewallObject extends ObjectSpec {
  readonly type: ObjectType;
  readonly state: ObjectState;
  readonly handle: bigint;
  /** How many rules and elements refer to it. */
  readonly use: number;
  /** Everything that the kernel said, unknown attributes included. */
  readonly message: NftObjectMessage;
}

/** Changes of objects. `nft add counter`, `delete quota`, … */
export class ObjectChanges<R> {
  readonly #make: Sink<R>;

  constructor(make: Sink<R>) {
    this.#make = make;
  }

  /** Makes an object. Refused with EEXIST if there is one, ENOENT if this kernel has none of its kind. */
  add(spec: ObjectSpec): R {
    return this.#make(() => put(spec, 'add', NLM_F_CREATE | NLM_F_EXCL));
  }

  /** Makes an object, or changes the contents of one that is there (limits, timeouts and the like; not what was counted). */
  replace(spec: ObjectSpec): R {
    return this.#make(() => put(spec, 'set', NLM_F_CREATE));
  }

  /** Deletes an object, to which nothing may refer. */
  delete(name: ObjectName): R {
    return this.#make(() => single('del', name));
  }

  /** Deletes an object, should it be there. Linux 6.3. */
  destroy(name: ObjectName): R {
    return this.#make(() => single('destroy', name));
  }
}

function describe({ family, table, name }: Omit<ObjectName, 'type'>, type: string): string {
  return `${type} ${family} ${table} ${name}`;
}

function put({ family, table, name, state, comment }: ObjectSpec, what: string, flags: number): Change {
  const value: NftObjectMessageInput = {
    header: { family: familyNumberOf(family) },
    attributes: { table, name, state, userdata: comment === undefined ? undefined : { comment } },
  };
  return {
    operation: `${what} ${describe({ family, table, name }, state.kind ?? 'object')}`,
    messages: [{ declaration: nftObject, verb: 'new', value, flags }],
  };
}

function single(verb: 'del' | 'destroy', object: ObjectName): Change {
  const { family, table, name, type } = object;
  const value = { header: { family: familyNumberOf(family) }, attributes: { table, name, state: { kind: type } } };
  return {
    operation: `delete ${describe(object, type)}`,
    messages: [{ declaration: nftObject, verb, value, flags: 0 }],
  };
}

/** An object as the kernel gives it, in the words of this library. */
export function objectOf(message: NftObjectMessage): FirewallObject {
  const { header, attributes } = message;
  const state = attributes.state ?? ({ kind: 'other', name: '0' } as const);
  return {
    family: familyNameOf(header.family),
    table: attributes.table ?? '',
    name: attributes.name ?? '',
    type: (state.kind === 'other' ? state.name : state.kind) as ObjectType,
    state,
    comment: attributes.userdata?.comment,
    handle: attributes.handle ?? 0n,
    use: attributes.use ?? 0,
    message,
  };
}
