import { closest } from '../../closest.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import type {
  Connection,
  ConnectionChanges,
  ConnectionKey,
  ConnectionSpec,
  ConnectionTuple,
} from '../../network/connections/connection.ts';
import { Connections } from '../../network/connections/connections.ts';
import type { ConnectionFilter } from '../../network/connections/filter.ts';
import { withPort } from '../../wire/ip-address.ts';
import { defineVerb } from '../define-verb.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { markOf } from '../sockets/words.ts';
import { type Column, writeTable } from '../table.ts';
import { type Options, type OptionValues, UsageError } from '../verb.ts';

const options = {
  protocol: { summary: 'of this protocol: tcp, udp, icmp, ... or a number', value: 'PROTOCOL', letter: 'p' },
  src: { summary: 'from this address, or prefix', value: 'PREFIX', letter: 's' },
  dst: { summary: 'to this address, or prefix', value: 'PREFIX', letter: 'd' },
  sport: { summary: 'from this port', value: 'PORT' },
  dport: { summary: 'to this port', value: 'PORT' },
  ipv4: { summary: 'IPv4 alone', letter: '4' },
  ipv6: { summary: 'IPv6 alone', letter: '6' },
  mark: { summary: 'with this mark', value: 'MARK[/MASK]', letter: 'm' },
  zone: { summary: 'in this zone', value: 'ZONE', letter: 'w' },
  status: { summary: 'with this status: assured, seen_reply, src_nat, ...', value: 'STATUS', many: true, letter: 'u' },
  state: { summary: 'in this state: ESTABLISHED, TIME_WAIT, ...', value: 'STATE' },
  'icmp-type': { summary: 'for get and add: type of an ICMP message', value: 'NUMBER' },
  'icmp-code': { summary: 'for get and add: its code', value: 'NUMBER' },
  'icmp-id': { summary: 'for get and add: its id', value: 'NUMBER' },
  'reply-src': { summary: 'for add: the answers come from there', value: 'ADDRESS' },
  'reply-dst': { summary: 'for add: and go to there', value: 'ADDRESS' },
  'reply-sport': { summary: 'for add: from this port', value: 'PORT' },
  'reply-dport': { summary: 'for add: to this port', value: 'PORT' },
  'src-nat': { summary: 'for add: the source becomes this', value: 'ADDRESS[:PORT]' },
  'dst-nat': { summary: 'for add: the destination becomes this', value: 'ADDRESS[:PORT]' },
  zero: { summary: 'for list: set the counters to zero', letter: 'z' },
  'set-timeout': { summary: 'for add and update: forget it so many seconds from now', value: 'SECONDS', letter: 't' },
  'set-mark': { summary: 'for add and update: its mark', value: 'MARK' },
  'set-status': { summary: 'for add and update: give it this status, too', value: 'STATUS', many: true },
  'set-label': { summary: 'for add and update: its labels, each a number', value: 'LABEL', many: true },
  'set-state': { summary: 'for add and update: its state', value: 'STATE' },
  'set-helper': { summary: 'for add and update: who watches it: ftp, sip, ...', value: 'HELPER' },
} as const satisfies Options;

type Values = OptionValues<typeof options>;

const actions = ['list', 'get', 'add', 'delete', 'update', 'flush', 'count', 'stats', 'expected', 'events'] as const;
type Action = (typeof actions)[number];

export const verb = defineVerb({
  name: 'conntrack',
  summary: 'list, make, change and forget the connections that a firewall keeps track of',
  usage: [`${actions.join('|')} [NAME|PATH] [OPTIONS]`],
  notes: [
    'Without a name it works where it is. The kernel keeps track of connections as soon as a rule of the firewall asks for it.',
    '`add` makes one by hand; mark, status and state may also be given as to a filter. It needs a protocol, addresses and a time.\n' +
      '`delete` and `update` need a filter, and tell how many they meant; `flush` forgets all. The exit status is 1 if there was none.\n' +
      '`stats` is what each processor has counted, `expected` what other connections have announced. `events` tells of what comes,\n' +
      'changes and ends, until it is stopped; after `resync` it tells anew what there is, for events were lost.',
  ],
  options,
  examples: [
    ['netns conntrack list blue', 'all connections'],
    ['netns conntrack list blue -p tcp --dport 443 --json', 'for programs'],
    [
      'netns conntrack add blue -p udp -s 10.0.0.1 -d 192.0.2.53 --sport 5000 --dport 53 -t 60',
      'make one, for 60 seconds',
    ],
    ['netns conntrack delete blue -p udp -d 192.0.2.53', 'let these begin anew'],
    ['netns conntrack update blue -p tcp -s 10.0.0.0/8 --set-mark 7', 'give them a mark'],
    ['netns conntrack events blue', 'follow them'],
  ],
  otherWords: ['connections', 'ct', 'nat'],
  async run({ words, options: given, json, io }) {
    const [word = 'list', name, ...rest] = words;
    const action = actions.find((each) => each === word);
    if (action === undefined) {
      const near = closest(word, actions);
      const hint = near === undefined ? `of a namespace of that name, say list ${word}` : `did you mean '${near}'?`;
      throw new UsageError(`'${word}' is none of ${actions.join(', ')}: ${hint}`);
    }
    if (rest.length > 0) throw new UsageError(`'${rest.join(' ')}' is too much`);
    using namespace = name === undefined ? undefined : openNamespace(name, 'net', io.names);
    using connections = new Connections(namespace?.fd);
    return await perform[action]({ connections, given, json, io });
  },
});

interface Work {
  readonly connections: Connections;
  readonly given: Values;
  readonly json: boolean;
  readonly io: Io;
}

const perform: Readonly<Record<Action, (work: Work) => Promise<number>>> = {
  async list({ connections, given, json, io }) {
    const filter = filterOf(given);
    const listed = given.zero ? await connections.listAndReset(filter) : await connections.list(filter);
    if (json) writeJson(io, listed.map(withoutMessage));
    else writeTable(io, columns, listed);
    return 0;
  },
  async get({ connections, given, json, io }) {
    const found = await connections.get(keyOf(given, 'get'));
    if (json) writeJson(io, withoutMessage(found));
    else writeTable(io, columns, [found]);
    return 0;
  },
  async add({ connections, given, json, io }) {
    const spec = specOf(given);
    await connections.add(spec);
    if (json) writeJson(io, { added: 1 });
    return 0;
  },
  async delete({ connections, given, json, io }) {
    const filter = filterOf(given);
    needsFilter(filter, 'delete', 'to forget all, say flush');
    return counted(await connections.flush(filter), 'deleted', json, io);
  },
  async update({ connections, given, json, io }) {
    const filter = filterOf(given);
    needsFilter(filter, 'update', 'it would change every connection');
    const changes = changesOf(given);
    return counted(await connections.updateAll(filter, changes), 'updated', json, io);
  },
  async flush({ connections, given, json, io }) {
    if (Object.values(filterOf(given)).some((value) => value !== undefined))
      throw new UsageError('flush forgets all connections; to forget some, say delete');
    const deleted = await connections.flush();
    if (json) writeJson(io, { deleted });
    return 0;
  },
  async count({ connections, json, io }) {
    const { entries, most } = await connections.count();
    if (json) writeJson(io, { entries, most });
    else io.stdout.write(`${entries}\n`);
    return 0;
  },
  async stats({ connections, json, io }) {
    const processors = await connections.statistics();
    if (json) writeJson(io, processors);
    else {
      const names = [...new Set(processors.flatMap(({ counters }) => Object.keys(counters)))];
      writeTable(
        io,
        [
          { title: 'CPU', alignRight: true, cell: ({ cpu }) => String(cpu) },
          {
            title: 'COUNTERS',
            cell: ({ counters }) => names.map((each) => `${each}=${counters[each] ?? '-'}`).join(' '),
          },
        ],
        processors,
      );
    }
    return 0;
  },
  async expected({ connections, json, io }) {
    const expected = await connections.expected();
    if (json) writeJson(io, expected);
    else
      writeTable(
        io,
        [
          { title: 'PROTOCOL', cell: ({ protocol }) => protocol },
          { title: 'TIMEOUT', alignRight: true, cell: ({ timeout }) => String(timeout ?? '-') },
          { title: 'SOURCE', cell: ({ tuple }) => endOf(tuple.source, tuple.sourcePort) },
          { title: 'DESTINATION', cell: ({ tuple }) => endOf(tuple.destination, tuple.destinationPort) },
          { title: 'HELPER', cell: ({ helper }) => helper ?? '-' },
        ],
        expected,
      );
    return 0;
  },
  async events({ connections, given, json, io }) {
    for await (const { kind, connection } of connections.monitor({ ...filterOf(given), onlyChanges: true })) {
      if (json) writeJson(io, { kind, ...(connection && { connection: withoutMessage(connection) }) });
      else io.stdout.write(`${connection === undefined ? kind : `${kind} ${lineOf(connection)}`}\n`);
    }
    return 0;
  },
};

function filterOf(given: Values): ConnectionFilter {
  return {
    family: given.ipv4 === given.ipv6 ? undefined : given.ipv4 ? 'inet' : 'inet6',
    protocol: given.protocol === undefined ? undefined : (wholeNumber(given.protocol) ?? given.protocol),
    source: given.src,
    destination: given.dst,
    sourcePort: numberOf(given.sport, '--sport'),
    destinationPort: numberOf(given.dport, '--dport'),
    mark: markOf(given.mark),
    zone: numberOf(given.zone, '--zone'),
    status: given.status?.flatMap((text) => text.toLowerCase().split(',')),
    state: given.state?.toUpperCase(),
  };
}

function keyOf(given: Values, action: string): ConnectionKey {
  const { protocol, source, destination, sourcePort, destinationPort, zone } = filterOf(given);
  if (protocol === undefined || source === undefined || destination === undefined)
    throw new UsageError(`${action} needs --protocol, --src and --dst, and ports where there are some`);
  const icmp = {
    icmpType: numberOf(given['icmp-type'], '--icmp-type'),
    icmpCode: numberOf(given['icmp-code'], '--icmp-code'),
    icmpId: numberOf(given['icmp-id'], '--icmp-id'),
  };
  return { protocol, source, destination, sourcePort, destinationPort, zone, ...icmp };
}

/** A connection to make: what a filter says of mark, status and state is what it gets, as with `conntrack -I`. */
function specOf(given: Values): ConnectionSpec {
  const key = keyOf(given, 'add');
  const { mark, status, state } = given;
  const { timeout, ...changes } = changesOf({
    ...(mark !== undefined && { 'set-mark': mark }),
    ...(status !== undefined && { 'set-status': status }),
    ...(state !== undefined && { 'set-state': state }),
    ...given,
  });
  if (timeout === undefined) throw new UsageError('add needs --set-timeout: when is it to be forgotten?');
  const reply = {
    source: given['reply-src'] ?? key.destination,
    destination: given['reply-dst'] ?? key.source,
    sourcePort: numberOf(given['reply-sport'], '--reply-sport') ?? key.destinationPort,
    destinationPort: numberOf(given['reply-dport'], '--reply-dport') ?? key.sourcePort,
  };
  const isReplied = Object.keys(given).some((option) => option.startsWith('reply-'));
  const nat = { sourceNat: given['src-nat'], destinationNat: given['dst-nat'] };
  return { ...key, ...changes, timeout, ...nat, ...(isReplied && { reply }) };
}

function changesOf(given: Values): ConnectionChanges {
  const changes = {
    timeout: numberOf(given['set-timeout'], '--set-timeout'),
    mark: numberOf(given['set-mark'], '--set-mark'),
    status: given['set-status']?.flatMap((text) => text.toLowerCase().split(',')),
    labels: given['set-label']?.map((text) => numberOf(text, '--set-label') ?? 0),
    state: given['set-state']?.toUpperCase(),
    helper: given['set-helper'],
  };
  if (Object.values(changes).every((value) => value === undefined))
    throw new UsageError(
      'what is to be changed? --set-timeout, --set-mark, --set-status, --set-label, --set-state, --set-helper',
    );
  return changes;
}

function needsFilter(filter: ConnectionFilter, action: string, otherwise: string): void {
  if (Object.values(filter).every((value) => value === undefined))
    throw new UsageError(`${action} needs a filter; ${otherwise}`);
}

function counted(count: number, what: 'deleted' | 'updated', json: boolean, io: Io): number {
  if (json) writeJson(io, { [what]: count });
  else io.stdout.write(`${count} ${what}\n`);
  return count === 0 ? 1 : 0;
}

function wholeNumber(text: string): number | undefined {
  return /^(0x[0-9a-f]{1,8}|[0-9]{1,10})$/i.test(text) ? Number(text) : undefined;
}

function numberOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const number = wholeNumber(text);
  if (number === undefined) throw new UsageError(`${option} '${text}' is no number`);
  return number;
}

const columns: readonly Column<Connection>[] = [
  { title: 'PROTOCOL', cell: ({ protocol }) => protocol },
  { title: 'STATE', cell: ({ state }) => state ?? '-' },
  { title: 'TIMEOUT', alignRight: true, cell: ({ timeout }) => String(timeout ?? '-') },
  { title: 'SOURCE', cell: (connection) => endOf(connection.source, connection.sourcePort) },
  {
    title: 'DESTINATION',
    cell: (connection) => endOf(connection.destination, connection.destinationPort ?? icmpOf(connection)),
  },
  { title: 'REPLY-SOURCE', cell: ({ reply }) => endOf(reply.source, reply.sourcePort) },
  { title: 'REPLY-DESTINATION', cell: ({ reply }) => endOf(reply.destination, reply.destinationPort) },
  { title: 'PACKETS', alignRight: true, cell: ({ counters }) => packetsOf(counters) },
  { title: 'BYTES', alignRight: true, cell: ({ counters }) => bytesOf(counters) },
  { title: 'MARK', alignRight: true, cell: ({ mark }) => (mark === undefined ? '-' : String(mark)) },
  { title: 'ZONE', alignRight: true, cell: ({ zone }) => (zone === 0 ? '-' : String(zone)) },
  { title: 'STATUS', cell: ({ status }) => status.filter((word) => word !== 'confirmed').join(',') || '-' },
];

function packetsOf(counters: Connection['counters']): string {
  return counters === undefined ? '-' : `${counters.original.packets}/${counters.reply.packets}`;
}

function bytesOf(counters: Connection['counters']): string {
  return counters === undefined ? '-' : `${counters.original.bytes}/${counters.reply.bytes}`;
}

function endOf(address: string, port: number | string | undefined): string {
  return port === undefined ? address : withPort(address, port);
}

/** Of ICMP, the id stands where others have a port. */
function icmpOf({ icmpId }: ConnectionTuple): string | undefined {
  return icmpId === undefined ? undefined : `id${icmpId}`;
}

/** What each connection has, and by its name what only some have: that is what an update changes (`mark=7`). */
function lineOf(connection: Connection): string {
  const cells = columns.map(({ title, cell }) => [title.toLowerCase(), cell(connection)] as const);
  const always = cells.slice(0, 7).map(([, text]) => text);
  const some = cells.slice(7).flatMap(([title, text]) => (text === '-' ? [] : [`${title}=${text}`]));
  return [...always, ...some].join(' ');
}

/** All but what the kernel said in its own words. */
function withoutMessage({ message: _, ...rest }: Connection): object {
  return rest;
}
