import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import type { NetworkNamespace } from '../../../src/api/network-namespace.ts';
import type { Fd } from '../../../src/native/fd.ts';
import { syscall } from '../../../src/native/syscall.ts';
import { runIn, wiredNamespace } from './twin-networks.ts';

/** A namespace with sockets of many kinds, and TCP connections in every state that lasts. */
export interface BusySockets extends AsyncDisposable {
  readonly ns: NetworkNamespace;
  /** Whether nft was there to hold connections in the states that need lost packets. */
  readonly stuck: boolean;
}

const quietly = { allowHalfOpen: true } as const;

export async function busySockets(): Promise<BusySockets> {
  const ns = await wiredNamespace();
  const servers: Server[] = [];
  const ends: Socket[] = [];
  const held: Fd[] = [];
  const keep = (socket: Socket) => {
    ends.push(socket.on('error', () => {}));
    return socket;
  };
  const listen = async (...where: [port: number, host: string] | [path: string]) => {
    const server = ns.net.createServer({ ...quietly, pauseOnConnect: true }, keep);
    servers.push(server);
    server.listen(...(where as [number, string]));
    await once(server, 'listening');
    return server;
  };
  /** Both ends of a connection. */
  const connected = async (server: Server, ...where: [port: number, host: string] | [path: string]) => {
    const [[far], near] = await Promise.all([once(server, 'connection'), connect(...where)]);
    return { near, far: far as Socket };
  };
  const connect = async (...[port, host]: [port: number, host: string] | [path: string]) => {
    const options = typeof port === 'string' ? { path: port } : { port, host };
    const socket = keep(ns.net.connect({ ...options, ...quietly } as never));
    await once(socket, 'connect');
    return socket;
  };
  const end = (socket: Socket) => new Promise<void>((done) => socket.end(done));

  const main = await listen(8080, '127.0.0.1');
  await listen(8081, '::1');
  await listen(8082, '0.0.0.0');
  const dual = await listen(8083, '::');
  await connected(main, 8080, '127.0.0.1'); // established
  await connected(dual, 8083, '::1');
  await connected(dual, 8083, '10.0.0.1'); // IPv4 in IPv6
  const half = await connected(main, 8080, '127.0.0.1'); // fin-wait-2 and close-wait
  await end(half.near);
  const waiting = await connected(main, 8080, '127.0.0.1'); // time-wait
  await end(waiting.near);
  await end(waiting.far);
  waiting.near.destroy();
  waiting.far.destroy();
  const unread = await connected(main, 8080, '127.0.0.1'); // with something in its queue
  unread.near.write('twelve bytes');
  // A neighbour that is there for ever, and never answers.
  await runIn(ns, 'ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:99 dev v0 nud permanent');
  keep(ns.net.connect(9, '10.0.0.2')); // syn-sent
  const stuck = await holdInStates(ns, { listen, connected, end, keep });

  const name = `/run/busy-${process.pid}.sock`;
  await connected(await listen(name), name);
  await listen('\0busy');
  for (const [domain, type, protocol] of [
    ['unix', 'dgram', 0],
    ['unix', 'seqpacket', 0],
    ['inet', 'raw', 1],
    ['inet6', 'raw', 58],
    ['packet', 'raw', 0x0300], // ETH_P_ALL, in network byte order
    ['packet', 'dgram', 0x0608], // ETH_P_ARP
    ['netlink', 'raw', 0],
  ] as const)
    held.push(ns.socket(domain, type, protocol));
  held.push(bound(ns, 17, 5353), bound(ns, 136, 5354));
  const connectedUdp = bound(ns, 17, 5355);
  held.push(connectedUdp);
  syscall('connect', connectedUdp.raw, address(5353), 16);
  await settled(ns);
  return {
    ns,
    stuck,
    async [Symbol.asyncDispose]() {
      for (const socket of ends) socket.destroy();
      for (const server of servers) server.close();
      for (const fd of held) fd.close();
      ns.close();
    },
  };
}

interface Means {
  listen(port: number, host: string): Promise<Server>;
  connected(server: Server, port: number, host: string): Promise<{ readonly near: Socket; readonly far: Socket }>;
  end(socket: Socket): Promise<void>;
  keep(socket: Socket): Socket;
}

/** Connections whose packets are lost, in the states that wait for them. False without nft. */
async function holdInStates(ns: NetworkNamespace, { listen, connected, end, keep }: Means): Promise<boolean> {
  const { exitCode } = await ns.exec('nft', [
    'add table inet lose; add chain inet lose out { type filter hook output priority 0; }',
  ]);
  if (exitCode !== 0) return false;
  const lose = (what: string) => ns.exec('nft', [`add rule inet lose out tcp ${what} drop`]);
  const ended = await connected(await listen(8084, '127.0.0.1'), 8084, '127.0.0.1');
  await end(ended.near);
  await once(ended.far.resume(), 'end');
  await lose('sport 8084');
  void end(ended.far); // last-ack
  const ending = await connected(await listen(8085, '127.0.0.1'), 8085, '127.0.0.1');
  await lose('dport 8085');
  void end(ending.near); // fin-wait-1
  await listen(8086, '127.0.0.1');
  await lose('sport 8086 tcp flags syn,ack');
  keep(ns.net.connect(8086, '127.0.0.1')); // syn-sent, and syn-recv
  return true;
}

/** Until each state is what it will be: the kernel ends and acknowledges in its own time. */
async function settled(ns: NetworkNamespace): Promise<void> {
  let before = '';
  for (let same = 0; same < 3; ) {
    const states = (await ns.network.sockets.list({ kinds: ['tcp'] })).map(({ state }) => state).join();
    same = states === before && states.includes('time-wait') ? same + 1 : 0;
    before = states;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function address(port: number): Uint8Array {
  return Uint8Array.of(2, 0, port >> 8, port & 255, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
}

function bound(ns: NetworkNamespace, protocol: number, port: number): Fd {
  const fd = ns.socket('inet', 'dgram', protocol);
  syscall('bind', fd.raw, address(port), 16);
  return fd;
}
