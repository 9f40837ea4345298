import type { Answer, DecodedPacket, RecordType } from 'dns-packet';

interface Fields {
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

/** The records of an answer that have the wanted type (`ANY`: all that are known), whatever name they belong to: aliases were followed. */
export function recordsOf(packet: DecodedPacket, type: string): readonly ResolvedRecord[] {
  return (packet.answers ?? []).flatMap((answer: Answer) => {
    const shape = Object.hasOwn(shapes, answer.type) ? shapes[answer.type] : undefined;
    if (shape === undefined || (type !== 'ANY' && answer.type !== type)) return [];
    const { data, ttl = 0 } = answer as unknown as Fields;
    return [{ type: answer.type, value: shape(data), ttl }];
  });
}
