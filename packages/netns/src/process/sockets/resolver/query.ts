import { domainToASCII } from 'node:url';
import type { DecodedPacket, RecordType } from 'dns-packet';
import type { Home } from '../home.ts';
import { isWhole } from './answers.ts';
import { codeOfAnswer, dnsError, isAboutNamespace } from './dns-error.ts';
import { askByTcp, askByUdp, type ExchangeOptions } from './exchange.ts';
import type { ServerAddress } from './server-address.ts';

export interface QueryOptions {
  /** In the order in which they are asked. */
  readonly servers: readonly ServerAddress[];
  readonly timeout: number;
  readonly attempts: number;
  readonly tcp: boolean;
  readonly signal: AbortSignal;
  readonly from: ExchangeOptions['from'];
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
        let answer: DecodedPacket | 'damaged' | undefined;
        const accepts = (message: Buffer) => {
          answer = matching(codec, message, id, ascii, type);
          return answer !== undefined;
        };
        const { timeout, signal, from } = options;
        const exchange: ExchangeOptions = { server, timeout, signal, from, accepts };
        for (const ask of asked) {
          await ask(home, bytes, exchange);
          if (!(answer as unknown as DecodedPacket).flag_tc) break;
        }
        code = verdict(answer as unknown as DecodedPacket | 'damaged');
        if (code === '') return answer as unknown as DecodedPacket;
      } catch (error) {
        code = codeOfExchange(error);
      }
      if (code === 'ENOTFOUND' || code === 'ECANCELLED') throw dnsError(code, syscall, name);
    }
  }
  throw dnsError(code, syscall, name);
}

/** The code of an answer; empty if it has what was asked for. */
function verdict(answer: DecodedPacket | 'damaged'): string {
  if (answer === 'damaged') return 'EBADRESP';
  const { rcode } = answer as unknown as { readonly rcode: string };
  return rcode === 'NOERROR' ? '' : (codeOfAnswer[rcode] ?? 'ESERVFAIL');
}

/** Node's resolver knows one code for all that keeps it from a server, but for the time. */
function codeOfExchange(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (isAboutNamespace(error) || !code.startsWith('E') || code.startsWith('ERR_')) throw error;
  return code === 'ETIMEOUT' || code === 'ECANCELLED' ? code : 'ECONNREFUSED';
}

const headerSize = 12;

/**
 * The decoded message if it answers this question. One with the right number that cannot be decoded is a damaged answer, as nothing
 * better would follow it; whatever else it may be is passed over.
 */
function matching(
  codec: typeof import('dns-packet'),
  message: Buffer,
  id: number,
  name: string,
  type: RecordType,
): DecodedPacket | 'damaged' | undefined {
  const isAnswer = message.length >= headerSize && message.readUInt16BE() === id && ((message[2] ?? 0) & 0x80) !== 0;
  if (!isAnswer) return undefined;
  try {
    const packet = codec.decode(message);
    const [question] = packet.questions ?? [];
    const same = question?.type === type && question.name.toLowerCase() === name.toLowerCase();
    if (!same) return undefined;
    return isWhole(packet) ? packet : 'damaged';
  } catch {
    return 'damaged';
  }
}

/** A name as it goes into a question; undefined if it cannot be one. RFC 1035, section 2.3.4. */
function asciiName(name: string): string | undefined {
  const bare = name.replace(/\.$/, '');
  const ascii = /^[\x21-\x7e]*$/.test(bare) ? bare : domainToASCII(bare);
  const fits = ascii.length <= 253 && ascii.split('.').every((label) => label.length >= 1 && label.length <= 63);
  return fits ? ascii : undefined;
}
