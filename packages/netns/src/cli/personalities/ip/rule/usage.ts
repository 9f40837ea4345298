import { misuse } from '../exit.ts';
import { helpLines } from '../grammar.ts';
import { ruleFilterRows } from './filter.ts';
import { ruleRows } from './options.ts';

/** `ip rule help`: the options that this program has, in the words of its tables. */
export function ruleUsage(): string {
  return `\
Usage: ip rule { add | del }
${helpLines(ruleRows, '		')}		[ goto NUMBER | nop | TYPE ]

       ip rule { save | restore }
       ip rule [ list | flush ]
${helpLines(ruleFilterRows, '		')}
TYPE := { blackhole | unreachable | prohibit }
TABLE_ID := [ local | main | default | NUMBER ]
PORTS := [ NUMBER[/MASK] | NUMBER-NUMBER ]
`;
}

export function ruleHelp(): never {
  throw misuse(ruleUsage());
}
