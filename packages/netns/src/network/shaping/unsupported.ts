import { NetlinkError, UnsupportedError } from '../../errors.ts';

/** The kernel's own words for a kind that no part of it registered, after it has looked for a module, by what it is a kind of. */
const unknownKind = {
  qdisc: /^Specified qdisc kind is unknown/,
  filter: /^TC classifier not found/,
  action: /^Failed to load TC action module/,
} as const;

/** The beginning of the names of the options that have them in a kernel's configuration. */
const prefixes = { qdisc: 'NET_SCH_', filter: 'NET_CLS_', action: 'NET_ACT_' } as const;

/** Those that are not called like the kind. */
const options: Readonly<Record<string, string>> = {
  'qdisc bfifo': 'NET_SCHED',
  'qdisc pfifo': 'NET_SCHED',
  'qdisc clsact': 'NET_SCH_INGRESS',
  'filter route': 'NET_CLS_ROUTE4',
  'action simple': 'NET_ACT_SIMP',
};

/** An error that says that this kernel has no such kind, and which option would bring it; any other error as it is. */
export function explainKind<E>(error: E, what: keyof typeof unknownKind, kind: string): E | UnsupportedError {
  if (!(error instanceof NetlinkError) || !unknownKind[what].test(error.extack?.message ?? '')) return error;
  const option = options[`${what} ${kind}`] ?? `${prefixes[what]}${kind.toUpperCase()}`;
  return new UnsupportedError(`the ${what} ${kind}`, `a kernel with CONFIG_${option}`, error);
}
