/** What is in a network, in a few words: a line of `netns diff` and `netns watch`. Pure. */
import { closest } from '../closest.ts';
import type { Container } from '../inspect/containers/cgroups.ts';
import { sayContainer } from '../inspect/containers/cgroups.ts';
import { UsageError } from './verb.ts';

export type Values = Readonly<Record<string, unknown>>;

/** The name of a device, by its index in the namespace that is spoken of. */
export type DeviceName = (index: number) => string | undefined;

/** What people call a namespace. */
export function sayPlace({
  key,
  names,
  container,
  initial,
}: {
  readonly key: string;
  readonly names: readonly string[];
  readonly container: Container | undefined;
  readonly initial: boolean;
}): string {
  if (names.length > 0) return names.join(' ');
  if (container !== undefined) return sayContainer(container, ' ');
  return initial && key.startsWith('net:') ? 'the machine' : key;
}

/** `address 10.0.0.1/24 on eth0`, `route 10.0.0.0/8 via 10.0.0.1 on eth0`. */
export function sayObject(object: string, value: Values, deviceName: DeviceName): string {
  const { [object]: say } = sayings;
  return [object === 'nft' ? 'firewall' : object, ...(say?.(value, deviceName) ?? [])]
    .filter((word) => word !== undefined && word !== '')
    .join(' ');
}

type Words = readonly (string | undefined)[];

const sayings: Readonly<Record<string, (value: Values, deviceName: DeviceName) => Words>> = {
  name: ({ name }) => [text(name)],
  link: ({ name, kind, up, mtu, address }) => [
    text(name),
    text(kind),
    up ? 'up' : 'down',
    labelled('mtu', mtu),
    text(address),
  ],
  address: ({ address, prefixLength, link }, of) => [`${address}/${prefixLength}`, device(link, of)],
  route: (value, of) => [
    value.type === 'unicast' ? undefined : text(value.type),
    text(value.destination),
    ...way(value, of),
    ...(Array.isArray(value.nexthops) ? value.nexthops.flatMap((each: Values) => way(each, of)) : []),
    labelled('nexthop', value.nexthop),
    value.table === 254 || value.table === 255 ? undefined : labelled('table', value.table),
    value.metric === 0 ? undefined : labelled('metric', value.metric),
  ],
  rule: ({ priority, family, from, to, inputLink, outputLink, mark, action, table }) => [
    text(priority),
    text(family),
    labelled('from', from),
    labelled('to', to),
    labelled('iif', inputLink),
    labelled('oif', outputLink),
    labelled('mark', mark),
    action === 'table' ? labelled('table', table) : text(action),
  ],
  neighbour: ({ address, link, linkAddress, state }, of) => [
    text(address),
    device(link, of),
    labelled('is', linkAddress),
    state === undefined ? undefined : String(state).toLowerCase(),
  ],
  fdb: ({ linkAddress, link, destination, vlan }, of) => [
    text(linkAddress),
    device(link, of),
    labelled('to', destination),
    labelled('vlan', vlan),
  ],
  nexthop: (value, of) => [text(value.id), ...way(value, of), value.blackhole ? 'blackhole' : undefined],
  socket: ({ kind, local, remote, name, processes }) => [
    text(kind),
    local === undefined ? text(name) : end(local as Values),
    (remote as Values | undefined)?.port ? `to ${end(remote as Values)}` : undefined,
    ...(Array.isArray(processes) ? processes.map(({ pid, command }: Values) => `(${command} ${pid})`) : []),
  ],
  namespace: ({ key }) => [text(key)],
  firewall: ({ kind, family, table, chain, name, handle }) => [
    text(kind),
    text(family),
    text(table),
    text(chain),
    text(name),
    kind === 'rule' ? labelled('handle', handle) : undefined,
  ],
  publication: ({ protocol, address, port, to }) => {
    const { address: host, port: toPort } = to as Values;
    const target = host === undefined ? `port ${toPort}` : end({ address: host, port: toPort });
    return [text(protocol), address === undefined ? text(port) : end({ address, port }), 'to', target];
  },
  connection: ({ protocol, source, destination, sourcePort, destinationPort }) => {
    const at = (address: unknown, port: unknown) => (port === undefined ? text(address) : end({ address, port }));
    return [text(protocol), at(source, sourcePort), 'to', at(destination, destinationPort)];
  },
  nft: (value) => {
    const [[kind, of] = ['', {}]] = Object.entries(value);
    const { family, table, chain, name, handle } = of as Values;
    return [
      kind,
      text(family),
      text(table),
      text(chain),
      text(name),
      kind === 'rule' ? labelled('handle', handle) : undefined,
    ];
  },
};

function way({ gateway, link }: Values, of: DeviceName): Words {
  return [labelled('via', gateway), device(link, of)];
}

function device(link: unknown, of: DeviceName): string | undefined {
  return typeof link === 'number' && link > 0 ? `on ${of(link) ?? `device ${link}`}` : undefined;
}

function end({ address, port }: Values): string {
  const host = String(address);
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function labelled(label: string, value: unknown): string | undefined {
  return value === undefined ? undefined : `${label} ${value}`;
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** The kind that a word of `--only` means. Throws UsageError with the nearest one. */
export function kindNamed<T extends string>(kinds: Readonly<Record<string, T>>, word: string): T {
  const kind = Object.hasOwn(kinds, word) ? kinds[word] : undefined;
  if (kind !== undefined) return kind;
  const near = closest(word, Object.keys(kinds));
  throw new UsageError(`there is no kind '${word}'${near === undefined ? '' : `; did you mean '${near}'?`}`);
}
