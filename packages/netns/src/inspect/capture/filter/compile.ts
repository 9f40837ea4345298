import { InvalidArgumentError } from '../../../errors.ts';
import { type LinkLayer, Packets } from './packets.ts';
import { parseFilter } from './parse.ts';
import { assemble, beside, type Instruction, maximalLength, type Question } from './program.ts';

/** Which packets: all, or only those that come into the interface, or leave it. */
export type Direction = 'both' | 'in' | 'out';

export interface FilterOptions {
  readonly link: LinkLayer;
  /** How many bytes of a packet are kept. Default: 262144, which is all. */
  readonly snapLength?: number;
  /**
   * For the kernel, which takes the outermost VLAN tag out of packets that it receives; otherwise for packets as they are in files. Default: false.
   */
  readonly live?: boolean;
  /** Takes `live`. Default: both. */
  readonly direction?: Direction;
}

/** All of any packet. */
export const wholePackets = 262_144;

/** PACKET_OUTGOING, `linux/if_packet.h`. */
const outgoing = 4;

/**
 * Compiles a filter (pcap-filter(7)) to a program of classic BPF. An empty one lets everything through. Throws InvalidArgumentError with the column of
 * what is wrong.
 */
export function compileFilter(text: string, options: FilterOptions): Instruction[] {
  const { link, snapLength = wholePackets, live = false, direction = 'both' } = options;
  const leaves: Question = { load: [beside.packetType], is: '=', value: outgoing };
  const wanted = { both: true, in: { not: leaves }, out: leaves }[direction];
  const program = assemble({ all: [wanted, questionOf(text, link, live)] }, snapLength);
  if (program.length <= maximalLength) return program;
  const reason = `its program has ${program.length} instructions, the kernel takes ${maximalLength}`;
  throw new InvalidArgumentError('filter', text.length > 60 ? `${text.slice(0, 60)}…` : text, reason);
}

/** Of live packets, a tag is beside some and inside others: what a filter says behind `vlan` is asked of other bytes then. */
function questionOf(text: string, link: LinkLayer, live: boolean): Question {
  const inside = new Packets(link, false);
  const question = parseFilter(text, inside);
  if (!live || !inside.asksForTags) return question;
  const hasTag: Question = { not: { load: [beside.hasVlanTag], is: '=', value: 0 } };
  const tagBeside = parseFilter(text, new Packets(link, true));
  return { any: [{ all: [hasTag, tagBeside] }, { all: [{ not: hasTag }, question] }] };
}
