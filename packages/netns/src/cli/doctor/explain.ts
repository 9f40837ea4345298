import { errnoMessage } from '../../errno.ts';
import { EACCES, EINVAL, ENOSPC, EPERM } from '../../errno-numbers.ts';
import type { NamespaceType } from '../../namespaces/type.ts';
import { type capabilityNames, hasCapability } from './capability-names.ts';
import type { MachineFacts } from './machine-facts.ts';

/** Why a namespace of a type could not be made: the kernel's words, and every rule of the machine that bears on it. */
export function explainRefusal(errno: number, type: NamespaceType, facts: MachineFacts): string {
  return [errnoMessage(errno), ...rulesFor(errno, type, facts)].join('; ');
}

function rulesFor(errno: number, type: NamespaceType, facts: MachineFacts): string[] {
  if (errno === EINVAL) return [`this kernel has no ${type} namespaces`];
  if (errno === ENOSPC) return [limitReached(type, facts.limits[type])];
  if (errno !== EPERM && errno !== EACCES) return [];
  if (type !== 'user') return [...missing(facts, 'CAP_SYS_ADMIN'), ...generalRules(facts)];
  return [
    ...(facts.unprivilegedUserNamespaces === 0 ? ['kernel.unprivileged_userns_clone is 0'] : []),
    ...generalRules(facts),
  ];
}

/** Each user namespace around this one has a limit of its own, which cannot be read from inside. */
function limitReached(type: NamespaceType, limit: number | undefined): string {
  const here = `the limit user.max_${type}_namespaces is ${limit ?? 'not told'}`;
  return limit === 0 ? here : `${here} here, and may be lower in a user namespace around this one`;
}

/** Why the maker of a user namespace may do nothing inside. */
export function explainNoRights(errno: number, facts: MachineFacts): string {
  return [errnoMessage(errno), ...generalRules(facts)].join('; ');
}

function generalRules({ appArmorRestriction, appArmorProfile, seccomp }: MachineFacts): string[] {
  return [
    ...(appArmorRestriction === 1
      ? [`kernel.apparmor_restrict_unprivileged_userns is 1 (profile: ${appArmorProfile ?? 'not told'})`]
      : []),
    ...(seccomp === 2 ? ['a seccomp filter is on this process, as containers have'] : []),
  ];
}

/** `this process lacks …`, if it does. */
export function missing(facts: MachineFacts, ...names: readonly (keyof typeof capabilityNames)[]): string[] {
  const lacking = names.filter((name) => !hasCapability(facts, name));
  return lacking.length === 0 ? [] : [`this process lacks ${lacking.join(', ')}`];
}
