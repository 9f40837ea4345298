import type { NftChainMessage } from '../../../netlink/families/netfilter/nft-chain.ts';
import type { NftElement } from '../../../netlink/families/netfilter/nft-elements.ts';
import type { NftFlowtableMessage } from '../../../netlink/families/netfilter/nft-flowtable.ts';
import type { NftObjectMessage } from '../../../netlink/families/netfilter/nft-object.ts';
import { NFT_DATA_VERDICT, type NftSetMessage } from '../../../netlink/families/netfilter/nft-set.ts';
import type { NftTableMessage } from '../../../netlink/families/netfilter/nft-table.ts';
import { nftTableFlags } from '../../../netlink/families/netfilter/nft-table.ts';
import { flagNames } from '../../../wire/names.ts';
import { dataTypes, dataTypesOfNumber } from './datatypes.ts';
import { showSynproxy } from './delinearize/statements.ts';
import { type PartType, showElements, showTemplate } from './elements-show.ts';
import type { Family } from './headers.ts';
import { hookName } from './hooks.ts';
import { objectWords } from './object-kinds.ts';
import type { Chain, Flowtable, Map as JsonMap, Set as JsonSet, RulesetObject, Table } from './schema.ts';
import { CONSTANT, MAP, OBJECTS, setFlagWords } from './set-flags.ts';
import { dataParts, keyParts } from './set-parts.ts';
import { timeoutStates } from './timeouts.ts';
import { showTypeOf } from './typeof.ts';
import { inUnits, oneOrMore, timeUnit, wordsOfBits } from './units.ts';
import { type JsonContext, jsonNumber, showValue } from './values.ts';

type WithHandle = { readonly handle?: bigint | undefined };

function handleOf({ handle }: WithHandle): { handle?: number | bigint } {
  return handle === undefined ? {} : { handle: jsonNumber(handle) };
}

function commentOf(userdata: { readonly comment?: string | undefined } | undefined): { comment?: string } {
  return userdata?.comment === undefined ? {} : { comment: userdata.comment };
}

export function showTable(family: Family, { attributes }: NftTableMessage): Table {
  const flags = oneOrMore(flagNames(nftTableFlags, attributes.flags ?? 0));
  return {
    family,
    name: attributes.name ?? '',
    ...handleOf(attributes),
    ...(flags !== undefined && { flags }),
    ...commentOf(attributes.userdata),
  };
}

const policies = ['drop', 'accept'] as const;

export function showChain(family: Family, { attributes }: NftChainMessage): Chain {
  const { table = '', name = '', hook, type, policy, userdata } = attributes;
  const chain = { family, table, name, ...handleOf(attributes), ...commentOf(userdata) };
  if (hook === undefined) return chain;
  const devices = oneOrMore([...(hook.devs?.name ?? []), ...(hook.devs?.prefix ?? []).map((each) => `${each}*`)]);
  const dev = hook.dev ?? devices;
  return {
    ...chain,
    ...(type !== undefined && { type }),
    hook: hookName(family, hook.hooknum ?? 0),
    prio: hook.priority ?? 0,
    ...(dev !== undefined && { dev }),
    ...(policy !== undefined && { policy: policies[policy] ?? String(policy) }),
  };
}

export function showFlowtable(family: Family, { attributes }: NftFlowtableMessage): Flowtable {
  const { table = '', name = '', hook, flags = 0 } = attributes;
  // In alphabetical order, as nft does it: the kernel's changes.
  const dev = oneOrMore([...(hook?.devs?.name ?? [])].sort());
  const words = oneOrMore(flagNames(['offload', 'counter'], flags));
  return {
    family,
    name,
    table,
    ...handleOf(attributes),
    hook: 'ingress',
    prio: hook?.priority ?? 0,
    ...(dev !== undefined && { dev }),
    ...(words !== undefined && { flags: words }),
  };
}

/** How a set with its elements looks in JSON; an anonymous one is shown in the rule that looks into it, not here. */
export function showSet(
  family: Family,
  set: NftSetMessage,
  elements: readonly NftElement[],
  context: JsonContext,
): { readonly set: JsonSet } | { readonly map: JsonMap } {
  const {
    table = '',
    name = '',
    flags = 0,
    keyType = 0,
    policy = 0,
    desc,
    timeout,
    gcInterval,
    userdata,
    objType,
  } = set.attributes;
  const words = wordsOfBits(setFlagWords, flags);
  const elem = showElements(set, elements, keyParts(set), dataParts(set), context) ?? [];
  const templates = set.attributes.expressions ?? (set.attributes.expr === undefined ? [] : [set.attributes.expr]);
  const stmt = templates.flatMap((expression) => showTemplate(expression) ?? []);
  const isMap = (flags & (MAP | OBJECTS)) !== 0;
  const json = {
    family,
    name,
    table,
    type: typeName(keyType),
    ...widthOf(set),
    ...typeofOf(userdata),
    ...handleOf(set.attributes),
    ...commentOf(userdata),
    ...(isMap && { map: dataName(set.attributes.dataType ?? 0, objType) }),
    ...((flags & CONSTANT) === 0 && policy === 1 && { policy: 'memory' }),
    ...((flags & CONSTANT) === 0 && desc?.size ? { size: desc.size } : {}),
    ...(words.length > 0 && { flags: words }),
    ...(timeout ? { timeout: Number(timeout / 1000n) } : {}),
    ...(gcInterval ? { 'gc-interval': Math.floor(gcInterval / 1000) } : {}),
    ...(userdata?.mergeElements === 1 && { 'auto-merge': true }),
    ...(elem.length > 0 && { elem }),
    ...(stmt.length > 0 && { stmt }),
  };
  return isMap ? { map: json as JsonMap } : { set: json };
}

/** The widths of parts of keys and values, where they do not follow from the type: `nft` keeps them elsewhere, and reads no such set from JSON. */
function widthOf(set: NftSetMessage): { width?: number[]; 'map-width'?: number[] } {
  const { dataType, objType } = set.attributes;
  const hasValues = dataType !== undefined && dataType !== NFT_DATA_VERDICT && objType === undefined;
  const [key, data] = [widths(keyParts(set)), hasValues ? widths(dataParts(set)) : undefined];
  return { ...(key && { width: key }), ...(data && { 'map-width': data }) };
}

function widths(parts: readonly PartType[]): number[] | undefined {
  return parts.some(({ type }) => type.bits === 0) ? parts.map(({ bits }) => bits) : undefined;
}

/** Of which expressions it is: `nft` -j does not say it, and keeps it. */
function typeofOf(userdata: NftSetMessage['attributes']['userdata']): Pick<JsonMap, 'typeof' | 'map-typeof'> {
  const [key, data] = [showTypeOf(userdata?.keyTypeof), showTypeOf(userdata?.dataTypeof)];
  return { ...(key !== undefined && { typeof: key }), ...(data !== undefined && { 'map-typeof': data }) };
}

function typeName(number: number): string | string[] {
  const names = dataTypesOfNumber(number)?.map(({ name }) => name) ?? ['integer'];
  return names.length === 1 ? (names[0] as string) : names;
}

function dataName(number: number, objType: number | undefined): string {
  if (objType !== undefined) return objectWords[objType] ?? String(objType);
  if (number === NFT_DATA_VERDICT) return 'verdict';
  const name = typeName(number);
  return typeof name === 'string' ? name : name.join(' . ');
}

const layer3 = { 2: 'ip', 10: 'ip6' } as Readonly<Record<number, string>>;

/** An object that rules refer to; undefined for kinds that the schema does not have. */
export function showObject(family: Family, { attributes }: NftObjectMessage): RulesetObject | undefined {
  const { table = '', name = '', state, userdata } = attributes;
  const head = { family, name, table, ...handleOf(attributes), ...commentOf(userdata) };
  switch (state?.kind) {
    case 'counter':
      return {
        counter: {
          ...head,
          packets: jsonNumber(state.data?.packets ?? 0n),
          bytes: jsonNumber(state.data?.bytes ?? 0n),
        },
      };
    case 'quota': {
      const { bytes = 0n, consumed = 0n, flags = 0 } = state.data ?? {};
      return { quota: { ...head, bytes: jsonNumber(bytes), used: jsonNumber(consumed), inv: (flags & 1) !== 0 } };
    }
    case 'limit':
      return { limit: { ...head, ...showLimitObject(state.data ?? {}) } };
    case 'ct helper': {
      const { name: type = '', l3proto = 0, l4proto = 0 } = state.data ?? {};
      return {
        'ct helper': {
          ...head,
          type,
          protocol: protocolWord(l4proto),
          ...(layer3[l3proto] !== undefined && { l3proto: layer3[l3proto] }),
        },
      };
    }
    case 'ct timeout': {
      const { l3proto = 0, policy } = state.data ?? {};
      const protocol = policy?.kind === 'udp' ? 'udp' : 'tcp';
      const given = (policy?.kind === 'tcp' || policy?.kind === 'udp' ? policy.data : {}) as Readonly<
        Record<string, number>
      >;
      const states = Object.entries(timeoutStates[protocol]).flatMap(([word, [attribute, seconds]]) => {
        const value = given[attribute];
        return value === undefined || value === seconds ? [] : [[word, value] as const];
      });
      return {
        'ct timeout': {
          ...head,
          protocol,
          ...(layer3[l3proto] !== undefined && { l3proto: layer3[l3proto] }),
          policy: Object.fromEntries(states),
        },
      };
    }
    case 'ct expectation': {
      const { l3proto = 0, l4proto = 0, dport = 0, timeout = 0, size = 0 } = state.data ?? {};
      return {
        'ct expectation': {
          ...head,
          protocol: protocolWord(l4proto),
          dport,
          timeout,
          size,
          ...(layer3[l3proto] !== undefined && { l3proto: layer3[l3proto] }),
        },
      };
    }
    case 'secmark':
      return { secmark: { ...head, context: state.data?.ctx ?? '' } };
    case 'synproxy':
      return { synproxy: { ...head, ...showSynproxy(state.data ?? {}) } };
    default:
      return undefined;
  }
}

function protocolWord(number: number): string {
  return String(showValue(dataTypes.inet_proto, BigInt(number)));
}

function showLimitObject(limit: {
  rate?: bigint | undefined;
  unit?: bigint | undefined;
  burst?: number | undefined;
  type?: number | undefined;
  flags?: number | undefined;
}) {
  const { rate = 0n, unit = 1n, burst = 0, type, flags = 0 } = limit;
  const per = timeUnit(unit) ?? `${unit} seconds`;
  const inv = flags & 1 ? { inv: true } : {};
  if (type !== 1) return { rate: jsonNumber(rate), per, ...(burst !== 0 && { burst }), ...inv };
  const [rates, bursts] = [inUnits(rate), inUnits(BigInt(burst))];
  return {
    rate: rates.value,
    per,
    ...inv,
    rate_unit: rates.unit,
    ...(burst !== 0 && { burst: bursts.value, burst_unit: bursts.unit }),
  };
}
