import { domainToASCII } from 'node:url';
import type { DecodedPacket, RecordType } from 'dns-packet';
import type { Home } from '../home.ts';
import { codeOfAnswer, dnsError } from './dns-error.ts';
import { askByTcp, askByUdp, type ExchangeOptions } from './exchange.ts';
import type { ServerAddress } from './server-address.ts';

export interface QueryOptions {
  /** In the order in which they are asked. */
  readonly servers: readonly ServerAddress[];
  readonly timeout: number;
  readonly attempts: number;
  readonly tcp: boolean;
  readonly signal: AbortSignal;
}

/**
 * Asks the servers one after the other, as often as allowed, until one has an answer; by TCP if it does not fit into a datagram.
 * Resolves with the records of the answer. Rejects as `dns.resolve` does; `syscall` is what the error calls the question.
 */
export async function query(
  home: Home,
  name: string,
  type: RecordType,
  syscall: string,
  options: QueryOptions,
): Promise<DecodedPacket> {
  const codec = (await import('dns-packet')).default;
  const { randomInt } = process.getBuiltinModule('node:crypto');
  const ascii = asciiName(name);
  if (ascii === undefined) throw dnsError('EBADNAME', syscall, name);
  const question = { name: ascii, type, class: 'IN' as const };
  const asked = options.tcp ? [askByTcp] : [askByUdp, askByTcp];
  let code = 'ECONNREFUSED';
  for (let attempt = 0; attempt < options.attempts; attempt++) {
    for (const server of options.servers) {
      try {
        const id = randomInt(0x10000);
        const bytes = codec.encode({ type: 'query', id, flags: codec.RECURSION_DESIRED, questions: [question] });
        let answer: DecodedPacket | undefined;
        const accepts = (message: Buffer) => {
          answer = matching(codec, message, id, ascii, type);
          return answer !== undefined;
        };
        const exchange: ExchangeOptions = { server, timeout: options.timeout, signal: options.signal, accepts };
        for (const ask of asked) {
          await ask(home, bytes, exchange);
          if (!answer?.flag_tc) break;
        }
        const rcode = (answer as unknown as { rcode: string }).rcode;
        if (rcode === 'NOERROR') return answer as unknown as DecodedPacket;
        code = codeOfAnswer[rcode] ?? 'ESERVFAIL';
      } catch (error) {
        code = (error as NodeJS.ErrnoException).code ?? 'ESERVFAIL';
        if (!code.startsWith('E') || code.startsWith('ERR_')) throw error;
      }
      if (code === 'ENOTFOUND' || code === 'ECANCELLED') throw dnsError(code, syscall, name);
    }
  }
  throw dnsError(code, syscall, name);
}

/** The decoded message if it answers this question; a message that cannot be decoded answers none. */
function matching(
  codec: typeof import('dns-packet'),
  message: Buffer,
  id: number,
  name: string,
  type: RecordType,
): DecodedPacket | undefined {
  try {
    const packet = codec.decode(message);
    const [question] = packet.questions ?? [];
    const same = question?.type === type && question.name.toLowerCase() === name.toLowerCase();
    return packet.type === 'response' && packet.id === id && same ? packet : undefined;
  } catch {
    return undefined;
  }
}

/** A name as it goes into a question; undefined if it cannot be one. RFC 1035, section 2.3.4. */
function asciiName(name: string): string | undefined {
  const bare = name.replace(/\.$/, '');
  const ascii = /^[\x21-\x7e]*$/.test(bare) ? bare : domainToASCII(bare);
  const fits = ascii.length <= 253 && ascii.split('.').every((label) => label.length >= 1 && label.length <= 63);
  return fits ? ascii : undefined;
}
