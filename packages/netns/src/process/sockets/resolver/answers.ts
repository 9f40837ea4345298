import type { Answer, DecodedPacket, RecordType } from 'dns-packet';
import { parseIpAddress } from '../../../wire/ip-address.ts';

interface Fields {
  readonly class?: string;
  readonly ttl?: number;
  readonly data: never;
}

/** How `dns.resolve` shows one record of each type that it knows. */
const shapes: Readonly<Record<string, (data: never) => unknown>> = {
  A: (data: string) => data,
  AAAA: (data: string) => data,
  CNAME: (data: string) => data,
  NS: (data: string) => data,
  PTR: (data: string) => data,
  TXT: (data: readonly Uint8Array[]) => [data].flat().map((chunk) => Buffer.from(chunk).toString()),
  MX: ({ exchange, preference = 0 }: { exchange: string; preference?: number }) => ({ exchange, priority: preference }),
  SRV: ({
    target,
    port,
    priority = 0,
    weight = 0,
  }: {
    target: string;
    port: number;
    priority?: number;
    weight?: number;
  }) => ({
    name: target,
    port,
    priority,
    weight,
  }),
  SOA: ({ mname, rname, serial, refresh, retry, expire, minimum }: Record<string, unknown>) => ({
    nsname: mname,
    hostmaster: rname,
    serial,
    refresh,
    retry,
    expire,
    minttl: minimum,
  }),
  CAA: ({ issuerCritical, tag, value }: { issuerCritical?: boolean; tag: string; value: string }) => ({
    critical: issuerCritical ? 128 : 0,
    [tag]: value,
  }),
  TLSA: (data: { usage: number; selector: number; matchingType: number; certificate: Uint8Array }) => ({
    certUsage: data.usage,
    selector: data.selector,
    match: data.matchingType,
    data: new Uint8Array(data.certificate).buffer,
  }),
  NAPTR: (data: {
    flags: string;
    services: string;
    regexp: string;
    replacement: string;
    order: number;
    preference: number;
  }) => ({
    flags: data.flags,
    service: data.services,
    regexp: data.regexp,
    replacement: data.replacement,
    order: data.order,
    preference: data.preference,
  }),
};

export const recordTypes = Object.keys(shapes) as readonly RecordType[];

/** One record as `dns.resolve` shows it, with its lifetime in seconds. */
export interface ResolvedRecord {
  readonly type: string;
  readonly value: unknown;
  readonly ttl: number;
}

/**
 * The records of an answer that have the wanted type (`ANY`: all that are known), whatever name they belong to: aliases were followed,
 * and nothing holds longer than they do.
 */
export function recordsOf(packet: DecodedPacket, type: string): readonly ResolvedRecord[] {
  const answers = (packet.answers ?? []) as readonly Answer[];
  const isAddress = type === 'A' || type === 'AAAA';
  const aliases = isAddress ? answers.filter((answer) => answer.type === 'CNAME') : [];
  const longest = Math.min(...aliases.map((alias) => fieldsOf(alias).ttl ?? 0));
  return answers.flatMap((answer) => {
    const shape = Object.hasOwn(shapes, answer.type) ? shapes[answer.type] : undefined;
    if (shape === undefined || (type !== 'ANY' && answer.type !== type)) return [];
    const { data, ttl = 0, class: network } = fieldsOf(answer);
    return network === 'IN' ? [{ type: answer.type, value: shape(data), ttl: Math.min(ttl, longest) }] : [];
  });
}

function fieldsOf(answer: Answer): Fields {
  return answer as unknown as Fields;
}

/** Whether the addresses in an answer are whole: a decoder may have read beyond its end. */
export function isWhole(packet: DecodedPacket): boolean {
  return ((packet.answers ?? []) as readonly Answer[]).every(
    (answer) =>
      (answer.type !== 'A' && answer.type !== 'AAAA') || parseIpAddress(fieldsOf(answer).data as string) !== undefined,
  );
}
