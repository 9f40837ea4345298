import { addressProtocols, scopes } from '../../../../netlink/families/route/address.ts';
import { NameTable } from '../name-table.ts';
import { parseUnsigned } from '../numbers.ts';

/** Groups of links: `/etc/iproute2/group`. */
export const groupTable = (): NameTable => new NameTable('group', { 0: 'default' });

/** Scopes of addresses: `/etc/iproute2/rt_scopes`. */
export const scopeTable = (): NameTable => new NameTable('rt_scopes', scopes);

/** Why a link is held down, by bit: `/etc/iproute2/protodown_reasons.d/`. */
export const protodownReasons = (): NameTable => new NameTable('protodown_reasons.d', {});

/** Who made an address: `/etc/iproute2/rt_addrprotos`. */
export const addressProtocolTable = (): NameTable => new NameTable('rt_addrprotos', addressProtocols);

/** A group by name or number; undefined if it is neither. */
export function groupNumber(word: string): number | undefined {
  return groupTable().numberOf(word) ?? parseUnsigned(word, 32);
}

/** A scope by name or number; undefined if it is neither. */
export function scopeNumber(word: string): number | undefined {
  return scopeTable().numberOf(word) ?? parseUnsigned(word, 8);
}

/** The kernel's limit for names of links is 15 bytes, for further names 127. */
export function isLinkName(word: string): boolean {
  return !['', '.', '..'].includes(word) && Buffer.byteLength(word) <= 15 && !/[/\s]/.test(word);
}

/** Whether a word is as long as a name of a link may be, further names included; what is in it, the kernel judges. */
export function isDeviceWord(word: string): boolean {
  return word !== '' && Buffer.byteLength(word) <= 127;
}
