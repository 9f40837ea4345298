import { misuse } from '../exit.ts';
import { helpLines } from '../grammar.ts';
import { neighbourFilterRows } from './filter.ts';
import { neighbourRows } from './options.ts';

/** `ip neighbour help`: the options that this program has, in the words of its tables. */
export function neighbourUsage(): string {
  return `\
Usage: ip neigh { add | del | change | replace } ADDR
${helpLines(neighbourRows, '		')}
       ip neigh { show | flush }
${helpLines(neighbourFilterRows, '		')}
       ip neigh get { ADDR | proxy ADDR } dev DEV

STATE := { delay | failed | incomplete | noarp | none |
           permanent | probe | reachable | stale }
`;
}

export function neighbourHelp(): never {
  throw misuse(neighbourUsage());
}
