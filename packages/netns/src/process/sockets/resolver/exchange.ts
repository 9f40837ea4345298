import { dgramIn } from '../dgram.ts';
import type { Home } from '../home.ts';
import { netIn } from '../net.ts';
import type { ServerAddress } from './server-address.ts';

export interface ExchangeOptions {
  readonly server: ServerAddress;
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Where questions are sent from, by family. */
  readonly from: { readonly 4?: string | undefined; readonly 6?: string | undefined };
  /** Whether a message is the answer; others (late, forged) are passed over. */
  readonly accepts: (message: Buffer) => boolean;
}

/** A question sent to one server by UDP: resolves with its answer. Rejects with a code: ETIMEOUT, ECONNREFUSED, ECANCELLED, … */
export function askByUdp(home: Home, question: Uint8Array, options: ExchangeOptions): Promise<Buffer> {
  const { server, accepts, from } = options;
  const family = familyOf(server);
  const socket = dgramIn(home).createSocket(`udp${family}`);
  return within(
    options,
    (resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (message) => {
        if (accepts(message)) resolve(message);
      });
      if (from[family] !== undefined) socket.bind({ address: from[family], port: 0 });
      // Connected: the kernel keeps out what others send, and tells when nobody listens there.
      socket.connect(server.port, server.address, (error?: Error) => {
        if (error) reject(error);
        else socket.send(question);
      });
    },
    () => socket.close(),
  );
}

/** The same by TCP, where a message has its length before it. */
export function askByTcp(home: Home, question: Uint8Array, options: ExchangeOptions): Promise<Buffer> {
  const { server, accepts, from } = options;
  const socket = netIn(home).connect({
    port: server.port,
    host: server.address,
    localAddress: from[familyOf(server)],
  });
  return within(
    options,
    (resolve, reject) => {
      let received = Buffer.alloc(0);
      socket.on('error', reject);
      socket.on('close', () => reject(Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' })));
      socket.on('data', (data) => {
        received = Buffer.concat([received, data]);
        while (received.length >= 2 && received.length >= 2 + received.readUInt16BE()) {
          const end = 2 + received.readUInt16BE();
          const message = received.subarray(2, end);
          received = received.subarray(end);
          if (accepts(message)) resolve(message);
        }
      });
      const length = Buffer.alloc(2);
      length.writeUInt16BE(question.length);
      socket.write(Buffer.concat([length, question]));
    },
    () => socket.destroy(),
  );
}

function familyOf({ address }: ServerAddress): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** Runs `work` until it settles, the time is over or it is called off; then tidies up. */
async function within<T>(
  { timeout, signal }: ExchangeOptions,
  work: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
  tidy: () => void,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let abort = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      const fail = (code: string) => reject(Object.assign(new Error(code), { code }));
      timer = setTimeout(fail, timeout, 'ETIMEOUT');
      abort = () => fail('ECANCELLED');
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort);
      work(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    tidy();
  }
}
