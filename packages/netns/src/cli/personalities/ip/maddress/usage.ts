import { misuse } from '../exit.ts';

export function maddressHelp(): never {
  throw misuse(`\
Usage: ip maddr [ add | del ] MULTIADDR dev STRING
       ip maddr show [ dev STRING ]
`);
}
