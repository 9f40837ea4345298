import { AF_INET, AF_INET6 } from '../../../../netlink/families/route/address-families.ts';
import {
  type NeighbourMessage,
  neighbourExtFlags,
  neighbourFlag,
  type neighbourFlags,
} from '../../../../netlink/families/route/neighbour.ts';
import type { JsonObject } from '../json.ts';
import { named, protocols } from '../route-names.ts';
import { host, type Part, toJson, toText, type View, value } from '../show/fields.ts';
import type { Tint } from '../show/paint.ts';
import { stateNames } from './states.ts';

export interface NeighbourView extends View {
  deviceName(index: number): string;
  /** One device was asked for: it need not be said of each neighbour. */
  readonly deviceKnown: boolean;
}

type Shown = Part<NeighbourMessage, NeighbourView>;

const tintOf = (family: number): Tint | undefined =>
  family === AF_INET ? 'inet' : family === AF_INET6 ? 'inet6' : undefined;

/** Hundredths of a second, which is what the kernel counts time in for programs. */
const ticks = 100;

/** Flags in the order in which `ip` tells them. */
const flags: Shown = ({ header, attributes }) => {
  const ext = attributes.flagsExt ?? 0;
  const isSet = (flag: (typeof neighbourFlags)[number]) => (header.flags & neighbourFlag(flag)) !== 0;
  const isExt = (flag: (typeof neighbourExtFlags)[number]) => (ext & (1 << neighbourExtFlags.indexOf(flag))) !== 0;
  const order: readonly (readonly [string, boolean])[] = [
    ['router', isSet('router')],
    ['proxy', isSet('proxy')],
    ['managed', isExt('managed')],
    ['extern_learn', isSet('extern_learn')],
    ['extern_valid', isExt('ext_validated')],
    ['offload', isSet('offload')],
  ];
  const words = order.filter(([, is]) => is).map(([word]) => word);
  return {
    text: words.map((word) => `${word} `).join(''),
    json: Object.fromEntries(words.map((word) => [word, null])),
  };
};

/** When it was used, confirmed and updated, in seconds before now; how often it was asked for. */
const statistics: Shown = ({ attributes: { cacheinfo, probes } }, { options }) => {
  if (options.statistics === 0) return undefined;
  const json: Record<string, number> = {};
  let text = '';
  if (cacheinfo !== undefined) {
    const { refcnt } = cacheinfo;
    const [used, confirmed, updated] = [cacheinfo.used, cacheinfo.confirmed, cacheinfo.updated].map((each) =>
      Math.trunc(each / ticks),
    ) as [number, number, number];
    if (refcnt !== 0) json.refcnt = refcnt;
    Object.assign(json, { used, confirmed, updated });
    text += `${refcnt === 0 ? '' : ` ref ${refcnt}`} used ${used}/${confirmed}/${updated}`;
  }
  if (probes !== undefined) {
    json.probes = probes;
    text += `probes ${probes} `;
  }
  return { text, json };
};

/** A neighbour as `ip neighbour` shows it, without the newline at its end. */
const parts: readonly Shown[] = [
  host(
    'dst',
    (text, { paint }, { header }) => paint(tintOf(header.family), `${text} `),
    ({ attributes }) => attributes.dst,
  ),
  value(
    'dev',
    (name, { paint }) => `dev ${paint('ifname', `${name} `)}`,
    ({ header: { ifindex } }, view) => (view.deviceKnown || ifindex === 0 ? undefined : view.deviceName(ifindex)),
  ),
  value(
    'lladdr',
    (text, { paint }) => `lladdr ${paint('mac', `${text} `)}`,
    ({ attributes }) => attributes.lladdr,
  ),
  flags,
  statistics,
  ({ header: { state } }) => {
    const names = stateNames(state);
    return names.length === 0 ? undefined : { text: names.map((name) => `${name} `).join(''), json: { state: names } };
  },
  value('protocol', 'proto % ', ({ attributes: { protocol } }, { options }) =>
    protocol === undefined || protocol === 0 ? undefined : named(protocols, protocol, options),
  ),
];

/** What `-brief` shows, in columns. */
const briefParts: readonly Shown[] = [
  host(
    'dst',
    (text, { paint }, { header }) => paint(tintOf(header.family), `${String(text).padEnd(39)} `),
    ({ attributes }) => attributes.dst,
  ),
  value(
    'dev',
    (name, { paint }) => paint('ifname', `${String(name).padEnd(16)} `),
    ({ header: { ifindex } }, view) => (view.deviceKnown || ifindex === 0 ? undefined : view.deviceName(ifindex)),
  ),
  value(
    'lladdr',
    (text, { paint }) => paint('mac', String(text)),
    ({ attributes }) => attributes.lladdr,
  ),
];

const partsFor = ({ options }: View) => (options.brief ? briefParts : parts);

export function neighbourText(neighbour: NeighbourMessage, view: NeighbourView): string {
  return toText(partsFor(view), neighbour, view);
}

export function neighbourJson(neighbour: NeighbourMessage, view: NeighbourView): JsonObject {
  return toJson(partsFor(view), neighbour, view);
}
