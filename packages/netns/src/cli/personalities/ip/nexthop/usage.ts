import { misuse } from '../exit.ts';
import { helpLines } from '../grammar.ts';
import { nexthopFilterRows } from './filter.ts';
import { nexthopRows } from './options.ts';

/** `ip nexthop help`: the options that this program has, in the words of its tables. */
export function nexthopUsage(): string {
  return `\
Usage: ip nexthop { list | flush } SELECTOR
       ip nexthop { add | replace }
${helpLines(nexthopRows, '		')}
       ip nexthop { get | del } id ID
       ip nexthop bucket list [ SELECTOR | nhid ID ]
       ip nexthop bucket get id ID index INDEX
SELECTOR :=
${helpLines(nexthopFilterRows, '		')}`;
}

export function nexthopHelp(): never {
  throw misuse(nexthopUsage());
}
