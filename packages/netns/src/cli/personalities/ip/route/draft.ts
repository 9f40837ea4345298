import type { RouteMessageInput } from '../../../../netlink/families/route/route.ts';
import type { InetPrefix } from '../inet.ts';
import type { Family } from '../options.ts';
import type { MetricsInput } from './metrics.ts';

/** The destination that takes the place of the packet's: labels in the catalogue, addresses of the route's family as `ip` has it. */
export const RTA_NEWDST = 19;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
export type RouteAttributes = Writable<NonNullable<RouteMessageInput['attributes']>>;

/** A request about a route, while its words are read. */
export interface RouteDraft {
  family: Family | undefined;
  destination?: InetPrefix;
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
