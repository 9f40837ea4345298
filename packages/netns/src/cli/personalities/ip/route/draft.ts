import type { RouteMessageInput } from '../../../../netlink/families/route/route.ts';
import type { InetFamily, InetPrefix } from '../inet.ts';
import type { MetricsInput } from './metrics.ts';

export type RouteFamily = InetFamily | 'mpls';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
export type RouteAttributes = Writable<NonNullable<RouteMessageInput['attributes']>>;

/** A request about a route, while its words are read. */
export interface RouteDraft {
  family: RouteFamily | undefined;
  destination?: InetPrefix | { readonly labels: readonly number[] };
  source?: InetPrefix;
  type?: number;
  table?: number;
  protocol?: number;
  scope?: number;
  tos?: number;
  flags: number;
  device?: string;
  /** A router was given. */
  gateway: boolean;
  /** The words from the first `nexthop` on. */
  hops?: readonly string[];
  readonly metrics: MetricsInput;
  readonly attributes: RouteAttributes;
}
