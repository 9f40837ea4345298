import { misuse } from '../exit.ts';
import { helpLines } from '../grammar.ts';
import { filterRows } from '../link/filter.ts';
import { addressRows } from './options.ts';

/** `ip address help`: the options that this program has, in the words of its tables. */
export function addressUsage(): string {
  return `\
Usage: ip address { add | change | replace } IFADDR dev IFNAME
${helpLines(addressRows, '		')}
       ip address del IFADDR dev IFNAME

       ip address [ show ] [ dev IFNAME ]
${helpLines(filterRows, '		')}
IFADDR := PREFIX | ADDR peer PREFIX
SCOPE-ID := { host | link | global | NUMBER }
LFT := { forever | SECONDS }
`;
}

export function addressHelp(): never {
  throw misuse(addressUsage());
}
