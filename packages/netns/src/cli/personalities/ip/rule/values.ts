import { invalidArgument } from '../exit.ts';
import { getIpProtocol } from '../ip-protocols.ts';
import { markAndMask, portRange, type Range, userRange } from './ranges.ts';

/** The values of options that listing and changing rules have in common; a wrong one is Exit (255). */

export function readMark(word: string): { mark: number; mask?: number } {
  const found = markAndMask(word);
  if ('wrong' in found) {
    throw invalidArgument(found.part, `fw${found.wrong} value is invalid\n`);
  }
  return found;
}

export function readPorts(word: string): Range {
  const found = portRange(word);
  if (found === undefined) throw invalidArgument(word, 'invalid port range\n');
  return found;
}

export function readUsers(word: string): Range {
  const found = userRange(word);
  if (found === undefined) throw invalidArgument(word, 'invalid UID range\n');
  return found;
}

export function readIpProtocol(word: string): number {
  const found = getIpProtocol(word);
  if (found === undefined) throw invalidArgument(word, 'Invalid "ipproto" value\n');
  return found;
}

export function readTunnelId(word: string): bigint {
  const match = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.test(word);
  const id = match ? BigInt(/^0[0-7]+$/.test(word) ? `0o${word.slice(1)}` : word) : -1n;
  if (id < 0n || id >= 1n << 64n) throw invalidArgument(word, '"tun_id" value is invalid\n');
  return id;
}
