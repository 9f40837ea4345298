import { routeAttributes } from '../../netlink/families/route/route.ts';
import type { RouteEncapsulation } from '../../network/routes.ts';
import type { Pair } from '../../wire/shape.ts';
import { pairIn, pairToDocument, pairToWire, schemaOfPair } from '../from-wire.ts';
import type { KindData, Typed } from '../schema.ts';
import { kindWords } from './kind-words.ts';

/** What is put around a packet on its way. */
export interface Encapsulation {
  readonly kind: string;
  readonly data?: KindData | undefined;
}

export const encapSchema: Typed<ReturnType<typeof schemaOfPair>, Encapsulation> = {
  ...schemaOfPair(pairIn(routeAttributes, 'encap')),
  about: 'what is put around a packet on its way, as `ip route … encap`',
};

export function encapOf(pair: Pair, encap: RouteEncapsulation | undefined): Encapsulation | undefined {
  return encap === undefined ? undefined : (pairToDocument(pair, encap) as Encapsulation);
}

export function encapToKernel(pair: Pair, encap: Encapsulation | undefined): RouteEncapsulation | undefined {
  return encap === undefined ? undefined : (pairToWire(pair, encap) as RouteEncapsulation);
}

export function encapCommand(encap: Encapsulation | undefined): string | undefined {
  if (encap === undefined) return undefined;
  const { kind, data = {} } = encap;
  if (kind === 'mpls')
    return `encap mpls ${(data.dst as readonly number[]).join('/')}${data.ttl === undefined ? '' : ` ttl ${data.ttl}`}`;
  return ['encap', kind, ...kindWords(data)].join(' ');
}
