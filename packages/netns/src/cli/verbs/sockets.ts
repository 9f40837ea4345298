import { KernelError, UnsupportedError } from '../../errors.ts';
import { openNamespace } from '../../namespaces/reference.ts';
import { InterfaceNames } from '../../network/interface-names.ts';
import { inetSocketKinds, type SocketFilter } from '../../network/sockets/filter.ts';
import { type SocketOwners, socketOwners } from '../../network/sockets/owners.ts';
import type { Socket } from '../../network/sockets/socket.ts';
import { Sockets } from '../../network/sockets/sockets.ts';
import { ResourceStack } from '../../resource.ts';
import { defineVerb } from '../define-verb.ts';
import type { Io } from '../io.ts';
import { writeJson } from '../json.ts';
import { readyNames } from '../names.ts';
import { readUserNames } from '../personalities/lsns/user-names.ts';
import { failureText, note } from '../report.ts';
import { localCell, netidOf, peerCell, processCell, type Surroundings, stateCell } from '../sockets/cells.ts';
import { type DetailOptions, detailsOf, tcpInfoOf } from '../sockets/details.ts';
import { isShown, type KindOptions, kindsOf, markOf, portsOf, statesOf } from '../sockets/words.ts';
import { type Column, writeTable } from '../table.ts';
import { type Options, type OptionValues, UsageError } from '../verb.ts';

const options = {
  all: { summary: 'those that listen, and those that wait to be forgotten, too', letter: 'a' },
  listening: { summary: 'only those that listen, and of UDP those that are open', letter: 'l' },
  numeric: { summary: 'as always: addresses and ports are numbers', letter: 'n' },
  processes: { summary: 'the processes that have each', letter: 'p' },
  tcp: { summary: 'TCP', letter: 't' },
  udp: { summary: 'UDP and UDP-Lite', letter: 'u' },
  raw: { summary: 'raw IP', letter: 'w' },
  unix: { summary: 'unix sockets', letter: 'x' },
  packet: { summary: 'packet sockets', letter: '0' },
  dccp: { summary: 'DCCP', letter: 'd' },
  sctp: { summary: 'SCTP', letter: 'S' },
  mptcp: { summary: 'MPTCP', letter: 'M' },
  netlink: { summary: 'sockets to the kernel' },
  vsock: { summary: 'sockets between virtual machines' },
  xdp: { summary: 'AF_XDP' },
  ipv4: { summary: 'IPv4 alone', letter: '4' },
  ipv6: { summary: 'IPv6 alone', letter: '6' },
  info: { summary: 'what TCP knows: times, windows, counters', letter: 'i' },
  memory: { summary: 'memory in use', letter: 'm' },
  extended: { summary: 'user, inode, cookie, control group, mark', letter: 'e' },
  timers: { summary: 'timers', letter: 'o' },
  state: {
    summary: 'in this state (established, listening, time-wait, connected, all, ...)',
    value: 'STATE',
    many: true,
  },
  sport: { summary: 'with this port here, or a range (8000-8999)', value: 'PORT', many: true },
  dport: { summary: 'with this port at the other end', value: 'PORT', many: true },
  src: { summary: 'with an address in this prefix here', value: 'PREFIX', many: true },
  dst: { summary: 'with an address in this prefix at the other end', value: 'PREFIX', many: true },
  device: { summary: 'bound to this device', value: 'DEVICE' },
  mark: { summary: 'with this mark', value: 'MARK[/MASK]' },
  'all-namespaces': { summary: 'in each namespace that has a name' },
  kill: { summary: 'end those that are shown, at once', letter: 'K' },
} as const satisfies Options;

type Values = OptionValues<typeof options>;

/** A socket, where it is, and what is known there. */
interface Row {
  readonly namespace: string | undefined;
  readonly socket: Socket;
  readonly around: Surroundings;
}

export const verb = defineVerb({
  name: 'sockets',
  summary: 'list the sockets of a namespace, and who has them',
  usage: ['[NAME|PATH] [OPTIONS]', '--all-namespaces [OPTIONS]'],
  notes: [
    'Letters and words are those of `ss`; without a name it looks where it is. Unless told otherwise it lists what is connected, of all\n' +
      'kinds. The kernel itself looks for states, ports, addresses, device and mark; several of a kind are alternatives.',
    '`--kill` ends connections of TCP, and sockets of UDP, by a filter: their programs get an error. It needs the right to do so, and a\n' +
      'kernel that can (CONFIG_INET_DIAG_DESTROY).',
    'A `?` for a process: there are processes that you may not look at.',
  ],
  options,
  examples: [
    ['netns sockets blue -tulpn', 'who listens where'],
    ['netns sockets blue -ta --state time-wait', 'connections that wait to be forgotten'],
    ['netns sockets blue -ti --dst 10.0.0.0/8 --dport 443', 'how these connections do'],
    ['netns sockets --all-namespaces -tlp --json', 'for programs'],
    ['netns sockets blue -t --dst 192.0.2.7 --kill', 'end connections'],
  ],
  otherWords: ['ss', 'socket', 'listeners'],
  async run({ words, options: given, json, io }) {
    const [name, ...rest] = words;
    if (rest.length > 0) throw new UsageError(`'${rest.join(' ')}' is too much`);
    const everywhere = given['all-namespaces'] === true;
    if (everywhere && name !== undefined) throw new UsageError('a name, or --all-namespaces: not both');
    using held = new ResourceStack();
    const filter = filterOf(given);
    const rows: Row[] = [];
    let status = 0;
    for (const each of everywhere ? readyNames(io.names) : [name]) {
      try {
        const { listed, failed } = await lookInto(each, filter, given, held, io);
        for (const row of listed) rows.push(row);
        if (failed) status = 1;
      } catch (error) {
        if (!everywhere) throw error;
        note(io, `${each}: ${failureText(error)}`);
        status = 1;
      }
    }
    const owners = given.processes
      ? socketOwners(new Set(rows.flatMap(({ socket: { inode } }) => (inode === 0 ? [] : [inode]))))
      : undefined;
    if (json)
      writeJson(
        io,
        rows.map((row) => jsonOf(row, everywhere, owners)),
      );
    else writeTable(io, columnsFor(everywhere, given, owners), rows);
    return status;
  },
});

function filterOf(given: Values): SocketFilter {
  const localPorts = portsOf(given.sport, '--sport');
  const remotePorts = portsOf(given.dport, '--dport');
  const narrow = [given.state, given.sport, given.dport, given.src, given.dst, given.device, given.mark];
  if (given.kill && narrow.every((each) => each === undefined))
    throw new UsageError('--kill needs a filter: --state, --sport, --dport, --src, --dst, --device or --mark');
  const kinds = kindsOf(given as KindOptions);
  return {
    kinds: given.kill ? (kinds ?? inetSocketKinds) : kinds,
    family: given.ipv4 === given.ipv6 ? undefined : given.ipv4 ? 'inet' : 'inet6',
    states:
      given.state !== undefined
        ? statesOf(given.state)
        : given.listening && !given.all
          ? ['listening', 'close']
          : undefined,
    localPorts,
    remotePorts,
    local: given.src,
    remote: given.dst,
    link: given.device,
    mark: markOf(given.mark),
  };
}

/** The sockets of one namespace, ended already if that is asked for. */
async function lookInto(
  name: string | undefined,
  filter: SocketFilter,
  given: Values,
  held: ResourceStack,
  io: Io,
): Promise<{ readonly listed: readonly Row[]; readonly failed: boolean }> {
  const namespace = name === undefined ? undefined : held.use(openNamespace(name, 'net', io.names));
  using sockets = new Sockets(namespace?.fd);
  const details = [given.info, given.memory, given.extended].includes(true);
  const all = await sockets.list(filter, { details });
  if (filter.kinds !== undefined && all.unlisted.length > 0 && !given.kill)
    note(io, `this kernel cannot list sockets of ${all.unlisted.join(', ')}`);
  const shown =
    given.state === undefined
      ? all.filter(({ kind, state }) => isShown(kind, state, given, filter.kinds !== undefined))
      : all;
  const around = surroundings(all, () => held.use(new InterfaceNames(namespace?.fd)));
  const rows = shown.map((socket) => ({ namespace: name, socket, around }));
  if (!given.kill) return { listed: rows, failed: false };
  const ended: Row[] = [];
  for (const row of rows) if (await end(sockets, row.socket, io)) ended.push(row);
  return { listed: ended, failed: ended.length < rows.length };
}

/** Whether it ended. One that is gone already has. */
async function end(sockets: Sockets, socket: Socket, io: Io): Promise<boolean> {
  try {
    await sockets.kill(socket);
    return true;
  } catch (error) {
    if (error instanceof KernelError && error.code === 'ENOENT') return true;
    if (!(error instanceof KernelError || error instanceof UnsupportedError)) throw error;
    note(io, failureText(error));
    return false;
  }
}

function surroundings(sockets: readonly Socket[], open: () => InterfaceNames): Surroundings {
  let names: InterfaceNames | undefined;
  const unixNames = new Map<number, string>();
  for (const socket of sockets)
    if (socket.kind === 'unix' && socket.name !== undefined) unixNames.set(socket.inode, socket.name);
  return {
    unixNames,
    deviceName(index) {
      names ??= open();
      return names.nameOf(index);
    },
  };
}

function columnsFor(everywhere: boolean, given: Values, owners: SocketOwners | undefined): readonly Column<Row>[] {
  const users = given.extended ? readUserNames() : new Map<number, string>();
  const wantsDetails = [given.info, given.memory, given.extended, given.timers].includes(true);
  return [
    ...(everywhere ? [{ title: 'NAMESPACE', cell: ({ namespace }: Row) => namespace ?? '-' }] : []),
    { title: 'NETID', cell: ({ socket }) => netidOf(socket) },
    { title: 'STATE', cell: ({ socket }) => stateCell(socket) },
    { title: 'RECV-Q', alignRight: true, cell: ({ socket }) => String(socket.receiveQueue) },
    { title: 'SEND-Q', alignRight: true, cell: ({ socket }) => String(socket.sendQueue) },
    { title: 'LOCAL', cell: ({ socket, around }) => localCell(socket, around) },
    { title: 'PEER', cell: ({ socket, around }) => peerCell(socket, around) },
    ...(owners === undefined ? [] : [{ title: 'PROCESS', cell: ({ socket }: Row) => ownersCell(socket, owners) }]),
    ...(wantsDetails
      ? [{ title: 'DETAILS', cell: ({ socket }: Row) => detailsOf(socket, given as DetailOptions, users) }]
      : []),
  ];
}

function ownersCell({ inode }: Socket, { of, partial }: SocketOwners): string {
  const processes = of.get(inode);
  if (processes !== undefined) return processCell(processes);
  return partial && inode !== 0 ? '?' : '-';
}

/** Everything that was asked for; what TCP knows under `info`. */
function jsonOf({ namespace, socket, around }: Row, everywhere: boolean, owners: SocketOwners | undefined): object {
  const { message: _, kind, state, processes: __, ...rest } = socket;
  return {
    ...(everywhere && { namespace }),
    netid: netidOf(socket),
    kind,
    state,
    ...rest,
    ...('link' in rest && rest.link !== undefined && { device: around.deviceName(rest.link) }),
    ...(owners !== undefined && {
      processes: owners.of.get(socket.inode) ?? [],
      owners: owners.partial ? 'partial' : 'all',
    }),
    info: tcpInfoOf(socket),
  };
}
