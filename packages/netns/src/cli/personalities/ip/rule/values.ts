import { invalidArgument } from '../exit.ts';
import { getIpProtocol } from '../ip-protocols.ts';
import { dscpNumber } from '../route-names.ts';
import { unsigned64 } from '../values.ts';
import { markAndMask, type Range, readPortsIn, userRange } from './ranges.ts';

/** The values of options that listing and changing rules have in common; a wrong one is Exit (255). */

export function readMark(word: string): { mark: number; mask?: number } {
  const found = markAndMask(word);
  if ('wrong' in found) {
    throw invalidArgument(found.part, `fw${found.wrong} value is invalid\n`);
  }
  return found;
}

/** Ports, with a mask only where not all bits count. */
export interface Ports extends Range {
  readonly mask?: number;
}

const allBits = 0xffff;

export function readPorts(word: string): Ports {
  const found = readPortsIn(word);
  if ('wrong' in found) throw invalidArgument(found.part, `invalid ${found.wrong}`);
  const { start, end, mask } = found;
  return mask === undefined || mask === allBits ? { start, end } : found;
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
  return unsigned64(word, '"tun_id" value is invalid\n');
}

const allOfDscp = 0x3f;
const allOfLabel = 0xfffff;

/** A class of service, by name or number; a mask only where not all bits count. */
export function readDscp(word: string): { dscp: number; mask?: number } {
  const found = markAndMask(word, dscpNumber);
  if ('wrong' in found)
    throw invalidArgument(found.part, found.wrong === 'mask' ? 'invalid dscp mask' : 'invalid dscp');
  const { mark: dscp, mask } = found;
  return mask === undefined || mask === allOfDscp ? { dscp } : { dscp, mask };
}

export function readFlowLabel(word: string): { label: number; mask: number } {
  const found = markAndMask(word);
  if ('wrong' in found)
    throw invalidArgument(found.part, found.wrong === 'mask' ? 'invalid flowlabel mask' : 'invalid flowlabel');
  return { label: found.mark, mask: found.mask ?? allOfLabel };
}

/** The name of a device, which need not be there. Throws Exit (255). */
export function deviceName(option: string): (word: string) => string {
  return (word) => {
    if (word === '' || Buffer.byteLength(word) > 15 || /[/\s]/.test(word)) {
      throw invalidArgument(word, `${option} not a valid ifname`);
    }
    return word;
  };
}
