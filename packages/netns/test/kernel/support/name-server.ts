import { once } from 'node:events';
import packet, { type Answer, type DecodedPacket } from 'dns-packet';
import type { NetworkNamespace } from '../../../src/api/network-namespace.ts';

/** What the server says to one question: records, a refusal, or nothing at all. */
export type Reply =
  | readonly Answer[]
  | 'NXDOMAIN'
  | 'SERVFAIL'
  | 'REFUSED'
  | 'silence'
  | 'nonsense'
  /** Ask again by TCP, where there is no answer. */
  | 'hang-up'
  /** Any bytes, made of the question. */
  | ((question: Buffer) => Buffer);

export interface NameServer {
  /** `udp example.org A`, in the order in which they came. */
  readonly questions: string[];
  /** `udp 192.0.2.1`: who has asked. */
  readonly askers: ReadonlySet<string>;
  close(): void;
}

const rcodes: Readonly<Record<string, number>> = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 };

/** A small name server inside a namespace, over UDP and TCP. An answer of more than 512 bytes is cut short by UDP. */
export async function nameServer(
  ns: NetworkNamespace,
  address: string,
  reply: (name: string, type: string) => Reply,
  port = 53,
): Promise<NameServer> {
  const questions: string[] = [];
  const askers = new Set<string>();
  const answer = (message: Buffer, by: 'udp' | 'tcp'): Buffer | 'hang-up' | undefined => {
    const query = packet.decode(message) as DecodedPacket;
    const [question] = query.questions ?? [];
    const { name = '', type = 'A' } = question ?? {};
    questions.push(`${by} ${name} ${type}`);
    const said = reply(name, type);
    if (said === 'silence') return undefined;
    if (said === 'nonsense') return Buffer.from('nonsense');
    if (typeof said === 'function') return said(message);
    if (said === 'hang-up' && by === 'tcp') return said;
    const rcode = typeof said === 'string' ? (rcodes[said] ?? 0) : 0;
    const answers = typeof said === 'string' ? [] : [...said];
    const common = { type: 'response', id: query.id ?? 0, questions: query.questions ?? [] } as const;
    const bytes = packet.encode({ ...common, flags: rcode, answers });
    if (said !== 'hang-up' && (by === 'tcp' || bytes.length <= 512)) return bytes;
    return packet.encode({ ...common, flags: packet.TRUNCATED_RESPONSE, answers: [] });
  };

  const udp = ns.dgram.createSocket(address.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (message, { address, port }) => {
    askers.add(`udp ${address}`);
    const bytes = answer(message, 'udp');
    if (typeof bytes === 'object') udp.send(bytes, port, address);
  });
  udp.bind(port, address);
  const tcp = ns.net.createServer((socket) => {
    askers.add(`tcp ${socket.remoteAddress}`);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const bytes = answer(data.subarray(2), 'tcp');
      if (bytes === 'hang-up') socket.destroy();
      if (typeof bytes !== 'object') return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      // In pieces, as a network may deliver it.
      socket.write(length.subarray(0, 1));
      setTimeout(() => socket.write(Buffer.concat([length.subarray(1), bytes])), 5);
    });
  });
  tcp.listen(port, address);
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
  return {
    questions,
    askers,
    close() {
      udp.close();
      tcp.close();
    },
  };
}
