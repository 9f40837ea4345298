import { byKind } from '../../../wire/attributes.ts';
import { message } from '../../../wire/message.ts';
import type { AttributeSet, In, Out, Typed } from '../../../wire/shape.ts';
import { NETLINK_ROUTE } from '../../protocols.ts';
import { flower } from './filters/flower.ts';
import {
  basicFilter,
  bpfFilter,
  cgroupFilter,
  flowFilter,
  fw,
  matchall,
  routeFilter,
  u32Filter,
} from './filters/kinds.ts';
import { tcAttributes } from './qdisc.ts';
import { tcmsg } from './tcmsg.ts';

/** The settings of each kind of filter, in TCA_OPTIONS. */
export const filterKinds = {
  u32: u32Filter,
  bpf: bpfFilter,
  flower,
  matchall,
  fw,
  route: routeFilter,
  basic: basicFilter,
  cgroup: cgroupFilter,
  flow: flowFilter,
} as const;

const attributesByKind = byKind(1, 2, filterKinds, tcAttributes);

/** What filters and chains have in common, with a name, so that no type spells out every kind again (see `Action`). */
export type FilterAttributes = Out<typeof attributesByKind> | never;
export type FilterAttributesInput = In<typeof attributesByKind> | never;

export const filterAttributes: Typed<AttributeSet, FilterAttributes, FilterAttributesInput> = attributesByKind;

/** Filters: which class a packet belongs to, and what is done with it, `tc filter`. See tc(8), `linux/pkt_cls.h`. Chains need Linux 4.14. */
export const filter = message({
  name: 'filter',
  kernelName: 'TFILTER',
  protocol: NETLINK_ROUTE,
  types: { new: 44, del: 45, get: 46 },
  header: tcmsg,
  attributes: filterAttributes,
});

/** Chains of filters, which may have a template that all of their filters must fit: `tc chain`, Linux 4.19. */
export const chain = message({
  name: 'chain',
  kernelName: 'CHAIN',
  protocol: NETLINK_ROUTE,
  types: { new: 100, del: 101, get: 102 },
  header: tcmsg,
  attributes: filterAttributes,
});

export type FilterMessage = Out<typeof filter>;
export type FilterMessageInput = In<typeof filter>;
export type ChainMessage = Out<typeof chain>;
export type ChainMessageInput = In<typeof chain>;
