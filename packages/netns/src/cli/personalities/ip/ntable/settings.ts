import type { NeighbourTableMessage } from '../../../../netlink/families/route/neighbour-table.ts';

type Attributes = NeighbourTableMessage['attributes'];
type Parms = NonNullable<Attributes['parms']>;

/** One setting of a table of neighbours: its word, where it is, and what is particular about it. */
export type Setting = {
  readonly word: string;
  /** Its name in JSON, where that is not the word. */
  readonly json?: string;
  /** 64 bits: a time in milliseconds. */
  readonly wide?: true;
  /** It is shown, and cannot be changed. */
  readonly fixed?: true;
} & (
  | { readonly of: 'table'; readonly key: 'thresh1' | 'thresh2' | 'thresh3' | 'gcInterval' }
  | { readonly of: 'device'; readonly key: Exclude<keyof Parms, 'unknown'> }
);

/** The settings in the order, and in the lines, in which they are shown. */
export const settingLines: readonly (readonly Setting[])[] = [
  [
    { word: 'thresh1', of: 'table', key: 'thresh1' },
    { word: 'thresh2', of: 'table', key: 'thresh2' },
    { word: 'thresh3', of: 'table', key: 'thresh3' },
    { word: 'gc_int', json: 'gc_interval', of: 'table', key: 'gcInterval', wide: true },
  ],
  [
    { word: 'refcnt', of: 'device', key: 'refcnt', fixed: true },
    { word: 'reachable', of: 'device', key: 'reachableTime', wide: true, fixed: true },
    { word: 'base_reachable', of: 'device', key: 'baseReachableTime', wide: true },
    { word: 'retrans', of: 'device', key: 'retransTime', wide: true },
  ],
  [
    { word: 'gc_stale', of: 'device', key: 'gcStaletime', wide: true },
    { word: 'delay_probe', of: 'device', key: 'delayProbeTime', wide: true },
    { word: 'queue', of: 'device', key: 'queueLen' },
  ],
  [
    { word: 'app_probes', of: 'device', key: 'appProbes' },
    { word: 'ucast_probes', of: 'device', key: 'ucastProbes' },
    { word: 'mcast_probes', of: 'device', key: 'mcastProbes' },
    { word: 'mcast_reprobes', of: 'device', key: 'mcastReprobes' },
  ],
  [
    { word: 'anycast_delay', of: 'device', key: 'anycastDelay', wide: true },
    { word: 'proxy_delay', of: 'device', key: 'proxyDelay', wide: true },
    { word: 'proxy_queue', of: 'device', key: 'proxyQlen' },
    { word: 'locktime', of: 'device', key: 'locktime', wide: true },
  ],
];

export function settingOf(attributes: Attributes, setting: Setting): number | undefined {
  const found = setting.of === 'table' ? attributes[setting.key] : attributes.parms?.[setting.key];
  return found === undefined ? undefined : Number(found);
}
