import { incompleteCommand, invalidArgument } from '../exit.ts';
import type { OptionRow } from '../grammar.ts';
import { parseInteger } from '../numbers.ts';
import { oneOfOnOff } from '../values.ts';
import type { Words } from '../words.ts';
import type { LinkDraft } from './draft.ts';

/** The settings of IPv4 that a link takes (IPV4_DEVCONF_*, `linux/ip.h`), by number from 1; what is not in the list the kernel does not let a link set. */
const settings = [
  'forwarding',
  undefined,
  'proxy_arp',
  'accept_redirects',
  'secure_redirects',
  'send_redirects',
  'shared_media',
  'rp_filter',
  'accept_source_route',
  'bootp_relay',
  'log_martians',
  'tag',
  'arp_filter',
  'medium_id',
  'disable_xfrm',
  'disable_policy',
  'force_igmp_version',
  'arp_announce',
  'arp_ignore',
  'promote_secondaries',
  'arp_accept',
  'arp_notify',
  'accept_local',
  'src_vmark',
  'proxy_arp_pvlan',
  'route_localnet',
  'igmpv2_unsolicited_report_interval',
  'igmpv3_unsolicited_report_interval',
  'ignore_routes_with_linkdown',
  'drop_unicast_in_l2_multicast',
  'drop_gratuitous_arp',
  'bc_forwarding',
  'arp_evict_nocarrier',
] as const;

/** Those that are a number; all others are on or off. */
const numbers: readonly (string | undefined)[] = [
  'rp_filter',
  'arp_announce',
  'arp_ignore',
  'arp_accept',
  'force_igmp_version',
  'tag',
  'medium_id',
  'igmpv2_unsolicited_report_interval',
  'igmpv3_unsolicited_report_interval',
];

type Row = OptionRow<number[], undefined>;

const rows: readonly Row[] = settings.flatMap((name, index): Row[] => {
  if (name === undefined) return [];
  return [
    {
      words: name,
      apply: (conf, take) => {
        const word = take();
        const value = numbers.includes(name) ? parseInteger(word) : Number(oneOfOnOff(word, name, 1));
        if (value === undefined) throw invalidArgument(word, `Invalid "${name}" value\n`);
        // the kernel tells a list, and takes attributes: each has its length and number in front
        conf.push(8 | ((index + 1) << 16), value);
      },
    },
  ];
});

export const inetHelp = `\
[ inet { ${settings.filter((name) => name !== undefined && !numbers.includes(name)).join(' | ')} } { on | off } ]
		[ inet { ${numbers.join(' | ')} } NUMBER ]`;

const rowOf = (word: string | undefined) => rows.find((row) => row.words === word);

/** Reads `inet SETTING VALUE …`, until a word that is none of them. Throws Exit. */
export function readInet({ attributes }: LinkDraft, words: Words): void {
  if (rowOf(words.peek()) === undefined) throw incompleteCommand();
  const conf = [...(attributes.afSpec?.inet?.conf ?? [])];
  for (let row = rowOf(words.peek()); row !== undefined; row = rowOf(words.peek())) {
    const given = words.value();
    row.apply(conf, () => words.value(), undefined, given, words);
  }
  attributes.afSpec = { ...attributes.afSpec, inet: { conf } };
}
