import type { MachineFacts } from './machine-facts.ts';

/** The capabilities that this program can make use of, with their numbers and what for. capabilities(7). */
export const capabilityNames = {
  CAP_SYS_ADMIN: { number: 21, neededFor: 'making, entering and naming namespaces' },
  CAP_NET_ADMIN: { number: 12, neededFor: 'devices, addresses, ids (nsid)' },
  CAP_NET_RAW: { number: 13, neededFor: 'raw and packet sockets, ping' },
  CAP_SYS_PTRACE: { number: 19, neededFor: 'seeing in which namespaces processes of others are' },
  CAP_SETUID: { number: 7, neededFor: 'running as another user, maps of several users' },
  CAP_SETGID: { number: 6, neededFor: 'running with other groups, maps of several groups' },
  CAP_NET_BROADCAST: { number: 11, neededFor: 'events of several namespaces on one socket' },
} as const;

export function hasCapability(facts: Pick<MachineFacts, 'effectiveCapabilities'>, name: keyof typeof capabilityNames) {
  return ((facts.effectiveCapabilities >> BigInt(capabilityNames[name].number)) & 1n) === 1n;
}
