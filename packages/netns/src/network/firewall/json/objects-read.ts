import type { NftObjectMessageInput } from '../../../netlink/families/netfilter/nft-object.ts';
import {
  booleanAt,
  checkKeys,
  countAt,
  integerAt,
  type JsonObject,
  objectAt,
  optional,
  stringAt,
  wordAt,
} from './checked.ts';
import { dataTypes } from './datatypes.ts';
import type { Path } from './fault.ts';
import { readSynproxy } from './linearize/objects.ts';
import { readLimit } from './stateful-read.ts';
import { timeoutStates } from './timeouts.ts';

type State = NonNullable<NonNullable<NftObjectMessageInput['attributes']>['state']>;

const named = ['family', 'table', 'name', 'handle', 'comment'];
const layer3 = { ip: 2, ip6: 10, inet: 1 } as const;

function protocolAt(value: unknown, path: Path): number {
  return wordAt(value, { ...dataTypes.inet_proto.words }, 'protocol', path);
}

/** Objects that rules refer to, by the word for them in JSON: what the kernel is told of one. */
export const objectReaders: Readonly<Record<string, (object: JsonObject, path: Path) => State>> = {
  counter(object, path) {
    checkKeys(object, [...named, 'packets', 'bytes'], path);
    return {
      kind: 'counter',
      data: {
        packets: optional(object.packets, countAt, path.at('packets')) ?? 0n,
        bytes: optional(object.bytes, countAt, path.at('bytes')) ?? 0n,
      },
    };
  },
  quota(object, path) {
    checkKeys(object, [...named, 'bytes', 'used', 'inv'], path);
    return {
      kind: 'quota',
      data: {
        bytes: optional(object.bytes, countAt, path.at('bytes')) ?? 0n,
        consumed: optional(object.used, countAt, path.at('used')) ?? 0n,
        flags: optional(object.inv, booleanAt, path.at('inv')) ? 1 : 0,
      },
    };
  },
  limit(object, path) {
    checkKeys(object, [...named, 'rate', 'per', 'burst', 'unit', 'rate_unit', 'burst_unit', 'inv'], path);
    return { kind: 'limit', data: readLimit({ burst: 0, ...object }, path) };
  },
  'ct helper'(object, path) {
    checkKeys(object, [...named, 'type', 'protocol', 'l3proto'], path);
    return {
      kind: 'ct helper',
      data: {
        name: stringAt(object.type, path.at('type')),
        l4proto: protocolAt(object.protocol, path.at('protocol')),
        l3proto: l3protoOf(object, path),
      },
    };
  },
  'ct timeout'(object, path) {
    checkKeys(object, [...named, 'protocol', 'l3proto', 'policy', 'state', 'value'], path);
    const kind = wordAt(object.protocol, { tcp: 'tcp', udp: 'udp' } as const, 'protocol', path.at('protocol'));
    const states: Readonly<Record<string, readonly [attribute: string, seconds: number]>> = timeoutStates[kind];
    const policy = optional(object.policy, objectAt, path.at('policy')) ?? {};
    const values = Object.entries(policy).map(([word, seconds]) => {
      const at = path.at('policy');
      const [attribute] = wordAt(word, states, `state of ${kind}`, at);
      return [attribute, integerAt(seconds, at.at(word))] as const;
    });
    const data = Object.fromEntries(values);
    return { kind: 'ct timeout', data: { l3proto: l3protoOf(object, path), policy: { kind, data } } };
  },
  'ct expectation'(object, path) {
    checkKeys(object, [...named, 'l3proto', 'protocol', 'dport', 'timeout', 'size'], path);
    return {
      kind: 'ct expectation',
      data: {
        l3proto: l3protoOf(object, path),
        l4proto: protocolAt(object.protocol, path.at('protocol')),
        dport: integerAt(object.dport, path.at('dport'), 0, 65_535),
        timeout: integerAt(object.timeout, path.at('timeout')),
        size: integerAt(object.size, path.at('size'), 0, 255),
      },
    };
  },
  secmark(object, path) {
    checkKeys(object, [...named, 'context'], path);
    return { kind: 'secmark', data: { ctx: stringAt(object.context, path.at('context')) } };
  },
  synproxy(object, path) {
    checkKeys(object, [...named, 'mss', 'wscale', 'flags'], path);
    return { kind: 'synproxy', data: readSynproxy(object, path) };
  },
};

function l3protoOf(object: JsonObject, path: Path): number {
  const family = object.l3proto ?? (object.family === 'ip6' ? 'ip6' : object.family === 'inet' ? 'inet' : 'ip');
  return wordAt<number>(family, layer3, 'family', path.at('l3proto'));
}
