import { misuse } from '../exit.ts';
import { helpLines } from '../grammar.ts';
import { tunnelRows4, tunnelRows6 } from './options.ts';

/** `ip tunnel help`: the options that this program has, in the words of its tables. */
export function tunnelUsage(version: 4 | 6): string {
  if (version === 6) {
    return `\
Usage: ip -f inet6 tunnel { add | change | del | show } [ NAME ]
${helpLines(tunnelRows6, '          ')}
KEY := { DOTTED_QUAD | NUMBER }
`;
  }
  return `\
Usage: ip tunnel { add | change | del | show | prl | 6rd } [ NAME ]
${helpLines(tunnelRows4, '        ')}
       ip tunnel prl dev DEV { prl-default | prl-nodefault | prl-delete } ADDR
       ip tunnel 6rd dev DEV { [ 6rd-prefix PREFIX ] [ 6rd-relay_prefix PREFIX ] | 6rd-reset }
TOS := { STRING | 00..ff | inherit | inherit/STRING | inherit/00..ff }
TTL := { 1..255 | inherit }
KEY := { DOTTED_QUAD | NUMBER }
`;
}

export function tunnelHelp(version: 4 | 6): never {
  throw misuse(tunnelUsage(version));
}
