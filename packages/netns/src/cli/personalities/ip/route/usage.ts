import { misuse } from '../exit.ts';
import { helpLines } from '../grammar.ts';
import { routeFilterRows } from './filter.ts';
import { getRows } from './get-options.ts';
import { routeRows } from './options.ts';

/** `ip route help`: the options that this program has, in the words of its tables. */
export function routeUsage(): string {
  return `\
Usage: ip route { list | flush | save } SELECTOR
       ip route { restore | showdump }
       ip route get [ fibmatch ] ADDRESS
${helpLines(getRows, '		')}
       ip route { add | del | change | append | prepend | replace } [ TYPE ] PREFIX
${helpLines(routeRows, '		')}
SELECTOR := [ root PREFIX ] [ match PREFIX ] [ exact PREFIX ]
${helpLines(routeFilterRows, '		')}
NH := [ encap ENCAP ] [ via [ inet | inet6 ] ADDRESS ] [ dev DEV ]
      [ weight NUMBER ] [ realms REALM ] [ onlink ]
TYPE := { unicast | local | broadcast | multicast | throw |
          unreachable | prohibit | blackhole | nat }
TABLE_ID := [ local | main | default | all | NUMBER ]
SCOPE := [ host | link | global | NUMBER ]
RTPROTO := [ kernel | boot | static | NUMBER ]
TIME := NUMBER[s|ms]
BOOL := [1|0]
`;
}

export function routeHelp(): never {
  throw misuse(routeUsage());
}
