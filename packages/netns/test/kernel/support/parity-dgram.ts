import type dgram from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { outcome, type Tape } from './tape.ts';

export type Dgram = Pick<typeof dgram, 'createSocket'>;
type Case = (dgram: Dgram, tape: Tape) => Promise<unknown>;
type Args = readonly unknown[];

const port = 6200;
const turn = () => new Promise((resolve) => setImmediate(resolve));

const make = (dgram: Dgram, tape: Tape, name: string, ...args: Args): dgram.Socket => {
  const socket = (dgram.createSocket as (...args: Args) => dgram.Socket)(...args);
  return tape.of(name, socket).on('error', () => {});
};

const bound = async (socket: dgram.Socket, ...args: Args): Promise<dgram.Socket> => {
  (socket.bind as (...args: Args) => void)(...args);
  await once(socket, 'listening');
  return socket;
};

const closed = (socket: dgram.Socket) => {
  socket.close();
  return new Promise((resolve) => socket.once('close', resolve));
};

const send = (socket: dgram.Socket, ...args: Args) =>
  new Promise((resolve) => (socket.send as (...args: Args) => void)(...args, (...result: Args) => resolve(result)));

/** Without what the kernel chooses. */
const place = (socket: dgram.Socket, of: 'address' | 'remoteAddress' = 'address'): unknown =>
  outcome(() => {
    const { address, family, port: chosen } = socket[of]();
    return { address, family, port: chosen === port ? port : chosen > 0 };
  });

/** A lookup that gives this answer at once, whatever is asked. */
const answering =
  (...answer: Args) =>
  (...args: Args): void =>
    (args[2] as (...answer: Args) => void)(...answer);

/** Whether Node looks at sizes of buffers when a socket is made. Node 20.18 does it where nobody can catch what it throws. */
function checksSizes(): boolean {
  try {
    createSocket({ type: 'udp4', recvBufferSize: 'x' as unknown as number }).close();
    return false;
  } catch {
    return true;
  }
}

/** What becomes of one attempt to bind, in all that can be told. */
const binding =
  (options: unknown, ...args: Args): Case =>
  async (dgram, tape) => {
    const made = outcome(() => {
      const socket = make(dgram, tape, 'socket', options);
      settled = new Promise((resolve) =>
        socket.once('listening', resolve).once('error', resolve).once('close', resolve),
      );
      open = socket;
      return socket;
    });
    tape.note('made', made);
    if (open === undefined) return tape.lines;
    const socket: dgram.Socket = open;
    open = undefined;
    tape.note(
      'bind',
      outcome(() => (socket.bind as (...args: Args) => unknown)(...args)),
      place(socket),
    );
    const waiting = outcome(() => socket.getSendQueueCount());
    tape.note(waiting);
    const last = tape.lines.find((line) => Array.isArray(line) && line[0] === 'bind') as unknown[];
    if (last[1] === 'a Socket') await settled;
    tape.note('then', place(socket));
    outcome(() => socket.close());
    await turn();
    return tape.lines;
  };
let open: dgram.Socket | undefined;
let settled: Promise<unknown> | undefined;

/** A client that talks to an echo. */
const echoed =
  (
    type: 'udp4' | 'udp6',
    host: string,
    work: (client: dgram.Socket, tape: Tape) => Promise<unknown>,
    options = {},
  ): Case =>
  async (dgram, tape) => {
    const server = make(dgram, tape, 'server', { type, ...options });
    server.on('message', (message, { port, address }) => server.send(message, port, address));
    await bound(server, port, host);
    const client = make(dgram, tape, 'client', { type, ...options });
    try {
      await work(client, tape);
    } finally {
      await closed(client).catch(() => {});
      await closed(server);
    }
    return tape.lines.map((line) => JSON.stringify(line).replace(/"port":\d+/g, ''));
  };

const answer = (client: dgram.Socket) => once(client, 'message');

export const dgramCases: Readonly<Record<string, Case>> = {
  'bind: nothing': binding('udp4'),
  'bind: a port': binding('udp4', port),
  'bind: a port and an address': binding('udp4', port, '127.0.0.1'),
  'bind: options': binding('udp6', { port, address: '::1', exclusive: true }),
  'bind: an empty address': binding('udp4', { port, address: '' }),
  'bind: a name': binding('udp4', port, 'localhost'),
  'bind: no such name': binding({ type: 'udp4', lookup: answering(new Error('no name')) }, port, 'x'),
  'bind: a lookup': binding({ type: 'udp4', lookup: answering(null, '127.0.0.1') }, port, 'x'),
  'bind: a lookup of nonsense': binding({ type: 'udp4', lookup: answering(null, 'x') }, port, 'x'),
  'bind: a lookup of the other family': binding({ type: 'udp4', lookup: answering(null, '::1') }, port, 'x'),
  'bind: a lookup of IPv4 for IPv6': binding({ type: 'udp6', lookup: answering(null, '127.0.0.1') }, port, 'x'),
  'bind: no lookup': binding({ type: 'udp4', lookup: 5 }, port),
  'bind: not here': binding('udp4', port, '192.0.2.1'),
  'bind: not here, IPv6': binding('udp6', port, '2001:db8::1'),
  'bind: too high a port': binding('udp4', 70_000),
  'bind: a negative port': binding('udp4', -1),
  'bind: a fraction': binding('udp4', 1.5),
  'bind: a port in text': binding('udp4', '6200'),
  'bind: words': binding('udp4', 'x'),
  'bind: null': binding('udp4', null),
  'bind: a descriptor that is closed': binding('udp4', { fd: 999 }),
  'bind: a callback only': binding('udp4', () => {}),
  'bind: a shared address': binding({ type: 'udp4', reuseAddr: true }, port),
  'bind: IPv6 only': binding({ type: 'udp6', ipv6Only: true }, port),
  'bind: IPv6 only with IPv4': binding({ type: 'udp4', ipv6Only: true }, port),
  'bind: no such type': binding('udp5'),
  'bind: no type': binding({}),
  'bind: undefined': binding(undefined),
  'bind: null as options': binding(null),
  'bind: sizes of buffers': binding({ type: 'udp4', recvBufferSize: 30_000, sendBufferSize: 20_000 }, port),
  ...(checksSizes() && {
    'bind: sizes that are none': binding({ type: 'udp4', recvBufferSize: 'x' }, port),
    'bind: a negative size': binding({ type: 'udp4', recvBufferSize: -1 }, port),
  }),
  'bind: a signal that is none': binding({ type: 'udp4', signal: 5 }, port),
  'bind: an aborted signal': binding({ type: 'udp4', signal: AbortSignal.abort() }, port),

  'send: in each form': echoed('udp4', '127.0.0.1', async (client, tape) => {
    const text = Buffer.from('abcdef');
    for (const args of [
      ['text', port, '127.0.0.1'],
      ['text', port],
      [text, port, 'localhost'],
      [text, 1, 3, port, '127.0.0.1'],
      [text, 0, 0, port, '127.0.0.1'],
      [['a', text, new Uint8Array([66])], port, '127.0.0.1'],
      [[], port, '127.0.0.1'],
      [new DataView(new Uint8Array([67]).buffer), port],
    ] as Args[]) {
      tape.note(await send(client, ...args));
      await answer(client);
    }
  }),
  'send: mistakes': echoed('udp4', '127.0.0.1', async (client, tape) => {
    await bound(client, 0);
    for (const args of [
      [],
      ['x'],
      ['x', 0],
      ['x', 70_000],
      ['x', -1, '127.0.0.1'],
      ['x', port, 5],
      [5, port],
      [[5], port],
      [Buffer.from('abc'), 2, 5, port],
      [Buffer.from('abc'), -1, 1, port],
    ] as Args[])
      tape.note(outcome(() => (client.send as (...args: Args) => void)(...args)));
    await turn();
    tape.note(await send(client, 'x', port, '192.0.2.1'));
    tape.note(await send(client, 'x', port, '::1'));
    tape.note(await send(client, Buffer.alloc(65_508), port, '127.0.0.1'));
    tape.note(await send(client, 'x', port, '255.255.255.255'));
  }),
  'send: before it is bound': echoed('udp4', '127.0.0.1', async (client, tape) => {
    client.send('one', port, '127.0.0.1', (...args) => tape.note('sent', ...args));
    client.send('two', port, '127.0.0.1');
    tape.note(
      place(client),
      outcome(() => client.bind(port + 1)),
    );
    await answer(client);
    await answer(client);
  }),
  'send: over IPv6': echoed('udp6', '::1', async (client, tape) => {
    tape.note(await send(client, 'six', port, '::1'));
    await answer(client);
    tape.note(await send(client, 'by default', port));
    await answer(client);
    tape.note(await send(client, 'four', port, '127.0.0.1'));
    tape.note(await send(client, 'mapped', port, '::ffff:192.0.2.1'));
  }),
  'send: broadcast': async (dgram, tape) => {
    const receiver = await bound(make(dgram, tape, 'receiver', 'udp4'), port);
    const sender = await bound(make(dgram, tape, 'sender', 'udp4'), 0);
    tape.note(await send(sender, 'x', port, '127.255.255.255'));
    sender.setBroadcast(true);
    tape.note(await send(sender, 'all', port, '127.255.255.255'));
    await answer(receiver);
    await Promise.all([closed(receiver), closed(sender)]);
    return tape.lines.map((line) => JSON.stringify(line).replace(/"port":\d+/g, ''));
  },
  queues: echoed('udp4', '127.0.0.1', async (client, tape) => {
    await bound(client, 0);
    tape.note(client.getSendQueueSize(), client.getSendQueueCount());
    client.send('x', port, '127.0.0.1');
    await answer(client);
    tape.note(client.getSendQueueSize(), client.getSendQueueCount());
  }),

  connect: echoed('udp4', '127.0.0.1', async (client, tape) => {
    const connect = (...args: Args) => outcome(() => (client.connect as (...args: Args) => unknown)(...args));
    tape.note(
      place(client, 'remoteAddress'),
      outcome(() => client.disconnect()),
    );
    tape.note(connect(0), connect(70_000), connect('x'));
    tape.note(connect(port, '127.0.0.1'), connect(port), place(client, 'remoteAddress'));
    await once(client, 'connect');
    tape.note(place(client), place(client, 'remoteAddress'), connect(port));
    client.send('connected');
    await answer(client);
    tape.note(await send(client, Buffer.from('abc'), 1, 1));
    await answer(client);
    tape.note(
      outcome(() => client.send('x', 0, 1, port, '127.0.0.1')),
      outcome(() => client.disconnect()),
    );
    tape.note(
      place(client, 'remoteAddress'),
      outcome(() => client.disconnect()),
    );
    await new Promise<void>((resolve) => client.connect(port, 'localhost', resolve));
    tape.note(place(client, 'remoteAddress'));
  }),
  'connect: by IPv6': echoed('udp6', '::1', async (client, tape) => {
    await new Promise<void>((resolve) => client.connect(port, '::1', resolve));
    tape.note(place(client), place(client, 'remoteAddress'));
    client.send('x');
    await answer(client);
  }),
  'connect: what fails': async (dgram, tape) => {
    for (const [type, host] of [
      ['udp4', '::1'],
      ['udp4', '192.0.2.1'],
      ['udp6', '127.0.0.1'],
      ['udp6', '2001:db8::1'],
    ] as const) {
      const socket = make(dgram, tape, `to ${host}`, type);
      const told = new Promise((resolve) => socket.once('error', resolve).once('connect', resolve));
      socket.connect(port, host);
      await told;
      await closed(socket);
      const other = make(dgram, tape, `with a callback to ${host}`, type);
      tape.note(await new Promise((resolve) => other.connect(port, host, resolve as () => void)));
      await closed(other);
    }
    return tape.lines;
  },
  'connect: nobody there': async (dgram, tape) => {
    const socket = make(dgram, tape, 'socket', 'udp4');
    await new Promise<void>((resolve) => socket.connect(port + 1, '127.0.0.1', resolve));
    const failed = new Promise((resolve) => socket.once('error', resolve));
    socket.send('x');
    await failed;
    await closed(socket);
    return tape.lines;
  },

  'options of a socket': async (dgram, tape) => {
    for (const type of ['udp4', 'udp6'] as const) {
      const socket = make(dgram, tape, type, type);
      const all = () =>
        [
          ...[
            () => socket.setTTL(5),
            () => socket.setTTL(0),
            () => socket.setTTL(256),
            () => socket.setTTL('x' as never),
          ],
          ...[() => socket.setBroadcast(true), () => socket.setMulticastTTL(4), () => socket.setMulticastTTL(999)],
          ...[() => socket.setMulticastLoopback(false), () => socket.setMulticastInterface('x')],
          ...[() => socket.setMulticastInterface('127.0.0.1'), () => socket.setMulticastInterface('::%lo')],
          ...[() => socket.getRecvBufferSize(), () => socket.getSendBufferSize(), () => socket.setRecvBufferSize(9000)],
          ...[
            () => socket.setSendBufferSize(-1),
            () => socket.getRecvBufferSize(),
            () => socket.ref(),
            () => socket.unref(),
          ],
        ].map(outcome);
      tape.note('before', all());
      await bound(socket.ref(), 0);
      tape.note(
        'bound',
        all().filter((_, index) => type === 'udp4' || index !== 10),
      );
      await closed(socket);
      tape.note('after', all());
    }
    return tape.lines;
  },
  memberships: async (dgram, tape) => {
    for (const when of ['before', 'bound']) {
      const socket = make(dgram, tape, when, { type: 'udp4', reuseAddr: true });
      if (when === 'bound') await bound(socket, port);
      tape.note(
        when,
        outcome(() => socket.dropMembership('224.0.0.7', '127.0.0.1')),
        outcome(() => socket.addMembership('224.0.0.7', '127.0.0.1')),
        outcome(() => socket.addMembership('224.0.0.7', '127.0.0.1')),
        outcome(() => socket.dropMembership('224.0.0.7', '127.0.0.1')),
        outcome(() => socket.addMembership('224.0.0.8')),
        outcome(() => socket.addMembership('127.0.0.1', '127.0.0.1')),
        outcome(() => socket.addMembership('224.0.0.8', '192.0.2.1')),
        outcome(() => socket.addMembership('' as never)),
        outcome(() => socket.addMembership(5 as never)),
        outcome(() => socket.addMembership('224.0.0.8', 5 as never)),
        outcome(() => socket.addSourceSpecificMembership('127.0.0.1', '232.1.1.1', '127.0.0.1')),
        outcome(() => socket.dropSourceSpecificMembership('127.0.0.1', '232.1.1.1', '127.0.0.1')),
        outcome(() => socket.addSourceSpecificMembership('x', '232.1.1.1')),
        place(socket),
      );
      if (when === 'before') {
        // The membership has bound it.
        const told = new Promise((resolve) => socket.once('listening', resolve).once('error', resolve));
        socket.bind(port);
        await told;
      }
      await closed(socket);
    }
    return tape.lines;
  },
  'a membership, and messages to it': async (dgram, tape) => {
    const member = make(dgram, tape, 'member', { type: 'udp4', reuseAddr: true });
    await bound(member, port);
    member.addMembership('224.0.0.9', '127.0.0.1');
    const sender = make(dgram, tape, 'sender', 'udp4');
    await bound(sender, port + 1, '127.0.0.1');
    sender.setMulticastInterface('127.0.0.1');
    tape.note(await send(sender, 'to the group', port, '224.0.0.9'));
    await answer(member);
    await Promise.all([closed(member), closed(sender)]);
    return tape.lines;
  },

  'an address in use': async (dgram, tape) => {
    for (const [first, second] of [
      [false, false],
      [false, true],
      [true, false],
      [true, true],
    ]) {
      const one = await bound(make(dgram, tape, 'one', { type: 'udp4', reuseAddr: first }), port);
      const two = make(dgram, tape, 'two', { type: 'udp4', reuseAddr: second });
      const told = new Promise((resolve) => two.once('listening', resolve).once('error', resolve));
      two.bind(port, () => tape.note('called'));
      await told;
      tape.note(first, second, place(two), two.listenerCount('listening'));
      await Promise.all([closed(one), closed(two)]);
    }
    return tape.lines;
  },
  'bound again after a failure': async (dgram, tape) => {
    const socket = make(dgram, tape, 'socket', 'udp4');
    const failed = new Promise((resolve) => socket.once('error', resolve));
    socket.bind(port, '192.0.2.1');
    await failed;
    await bound(socket, port, '127.0.0.1');
    tape.note(place(socket));
    await closed(socket);
    return tape.lines;
  },
  'IPv6 only, beside IPv4': async (dgram, tape) => {
    for (const ipv6Only of [true, false]) {
      const six = await bound(make(dgram, tape, 'six', { type: 'udp6', ipv6Only }), port);
      const four = make(dgram, tape, 'four', 'udp4');
      const told = new Promise((resolve) => four.once('listening', resolve).once('error', resolve));
      four.bind(port);
      await told;
      await Promise.all([closed(six), closed(four)]);
    }
    return tape.lines;
  },
  'closed in each moment': async (dgram, tape) => {
    for (const moment of ['made', 'binding', 'sending', 'connecting', 'bound', 'closed']) {
      const socket = make(dgram, tape, moment, 'udp4');
      if (moment === 'binding') socket.bind(port, () => tape.note('bound'));
      if (moment === 'sending') socket.send('x', port, '127.0.0.1', (error) => tape.note('sent', error));
      if (moment === 'connecting') socket.connect(port, '127.0.0.1', () => tape.note('connected'));
      if (moment === 'bound' || moment === 'closed') await bound(socket, port);
      if (moment === 'closed') await closed(socket);
      tape.note(outcome(() => socket.close(() => tape.note('closed', moment))));
      await turn();
      await turn();
      tape.note(
        outcome(() => socket.bind(port)),
        outcome(() => socket.send('x', port)),
        outcome(() => socket.connect(port)),
        outcome(() => socket.addMembership('224.0.0.7')),
        place(socket),
      );
    }
    return tape.lines;
  },
  aborted: async (dgram, tape) => {
    const abort = new AbortController();
    const socket = await bound(make(dgram, tape, 'socket', { type: 'udp4', signal: abort.signal }), port);
    abort.abort();
    await turn();
    tape.note(place(socket));
    return tape.lines;
  },
  disposed: async (dgram, tape) => {
    const socket = await bound(make(dgram, tape, 'socket', 'udp4'), port);
    await socket[Symbol.asyncDispose]();
    tape.note(place(socket));
    return tape.lines;
  },
  'a listener given at once': async (dgram, tape) => {
    const receiver = make(dgram, tape, 'receiver', 'udp4', (message: Buffer) => tape.note('listener', message));
    await bound(receiver, port, '127.0.0.1');
    const sender = make(dgram, tape, 'sender', 'udp4');
    sender.send('x', port, '127.0.0.1');
    await answer(receiver);
    await Promise.all([closed(receiver), closed(sender)]);
    return tape.lines.map((line) => JSON.stringify(line).replace(/"port":\d+/g, ''));
  },
};
