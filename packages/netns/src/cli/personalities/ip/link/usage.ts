import { misuse } from '../exit.ts';
import { helpLines } from '../grammar.ts';
import { filterRows } from './filter.ts';
import { kindNames } from './kinds/kinds.ts';
import { linkRows } from './options.ts';

/** `ip link help`: the options that this program has, in the words of its tables. */
export function linkUsage(): string {
  return `\
Usage: ip link add [ link DEV ] [ name ] NAME
${helpLines(linkRows, '		    ')}		    type TYPE [ ARGS ]

	ip link set { DEVICE | dev DEVICE | group DEVGROUP }
${helpLines(linkRows, '		')}		[ type TYPE ARGS ]

	ip link delete { DEVICE | dev DEVICE | group DEVGROUP } [ type TYPE ]

	ip link xstats type TYPE [ ARGS ]

	ip link afstats [ dev DEVICE ]

	ip link property { add | del } dev DEVICE [ altname NAME ]

	ip link show [ DEVICE ]
${helpLines(filterRows, '		')}
	ip link help [ TYPE ]

TYPE := { ${kindNames.join(' | ')} }
`;
}

export function linkHelp(): never {
  throw misuse(linkUsage());
}
