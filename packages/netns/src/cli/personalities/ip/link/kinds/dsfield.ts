import { invalidArgument } from '../../exit.ts';
import { NameTable } from '../../name-table.ts';
import { parseUnsigned } from '../../numbers.ts';

/** A name of `/etc/iproute2/rt_dsfield`, or a number, which is hexadecimal here as in that file. */
export function dsfield(word: string): number {
  const number = new NameTable('rt_dsfield', {}).numberOf(word) ?? parseHexadecimal(word);
  if (number === undefined || number > 0xff) throw invalidArgument(word, 'bad TOS value');
  return number;
}

/** A number that is hexadecimal with or without `0x` in front. */
export function parseHexadecimal(word: string): number | undefined {
  return parseUnsigned(/^0x/i.test(word) ? word : `0x${word}`, 32);
}
