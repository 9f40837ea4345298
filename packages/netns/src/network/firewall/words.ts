import { InvalidArgumentError } from '../../errors.ts';
import { type Names, numberOf } from '../../wire/names.ts';
import { oneOf } from '../words.ts';

/** Protocol families of tables: `inet` is IPv4 and IPv6 together, `netdev` what a device gets and sends before and after all else. */
export type FirewallFamily = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';

const families: Readonly<Record<FirewallFamily, number>> = { inet: 1, ip: 2, arp: 3, netdev: 5, bridge: 7, ip6: 10 };
const familyNames = new Map(Object.entries(families).map(([name, number]) => [number, name as FirewallFamily]));

/** NFPROTO_* of a family; 0 for all. Throws InvalidArgumentError. */
export function familyNumberOf(family: FirewallFamily | undefined): number {
  if (family === undefined) return 0;
  // What a newer kernel gives that has no word here yet is its number.
  return /^\d+$/.test(family) ? Number(family) : oneOf(families, family, 'family');
}

export function familyNameOf(number: number): FirewallFamily {
  return familyNames.get(number) ?? (String(number) as FirewallFamily);
}

/** Where a packet passes a chain. */
export type FirewallHook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'ingress' | 'egress';

const ipHooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
const hooks: Readonly<Record<FirewallFamily, readonly FirewallHook[]>> = {
  ip: ipHooks,
  ip6: ipHooks,
  bridge: ipHooks,
  inet: [...ipHooks, 'ingress'],
  arp: ['input', 'output', 'forward'],
  netdev: ['ingress', 'egress'],
};

/** NF_INET_*, NF_ARP_*, NF_NETDEV_*. Throws InvalidArgumentError. */
export function hookNumberOf(family: FirewallFamily, hook: FirewallHook): number {
  const known = hooks[family] ?? [];
  const number = known.indexOf(hook);
  if (number === -1)
    throw new InvalidArgumentError(
      'hook',
      hook,
      `in a table of the family ${family} it must be one of ${known.join(', ')}`,
    );
  return number;
}

export function hookNameOf(family: FirewallFamily, number: number): FirewallHook {
  return hooks[family]?.[number] ?? (String(number) as FirewallHook);
}

/** Priorities that have a name: chains with lower ones see packets first. */
export type FirewallPriority = 'raw' | 'mangle' | 'dstnat' | 'filter' | 'security' | 'srcnat' | 'out';

const usual: Readonly<Record<Exclude<FirewallPriority, 'out'>, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};
const ofBridges = { dstnat: -300, filter: -200, out: 100, srcnat: 300 } as const;

/** A priority as a number. The names mean other numbers for bridges. Throws InvalidArgumentError. */
export function priorityOf(family: FirewallFamily, priority: FirewallPriority | number): number {
  if (typeof priority === 'number') return priority;
  return oneOf<string>(family === 'bridge' ? ofBridges : usual, priority, 'priority');
}

/** Bits of words, the first word being the lowest bit; `0x…` are bits without a word, as they were listed. Throws InvalidArgumentError. */
export function bitsOf(names: Names, words: readonly string[] | undefined, argument: string): number | undefined {
  if (words === undefined) return undefined;
  let bits = 0;
  for (const word of words) {
    // As they were listed: bits that have no word.
    if (/^0x[\da-f]+$/.test(word)) {
      bits |= Number(word);
      continue;
    }
    const bit = numberOf(names, word);
    if (bit === undefined)
      throw new InvalidArgumentError(argument, word, `it must be one of ${Object.values(names).join(', ')}`);
    bits |= 2 ** bit;
  }
  return bits >>> 0;
}
