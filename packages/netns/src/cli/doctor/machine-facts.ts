import { readFileSync } from 'node:fs';
import { namespaceTypes } from '../../namespaces/type.ts';

/** What the machine says about its own rules. Undefined where there is no such rule. */
export interface MachineFacts {
  readonly effectiveCapabilities: bigint;
  /** 0: none, 1: strict, 2: a filter. seccomp(2). */
  readonly seccomp: number | undefined;
  readonly noNewPrivileges: boolean;
  /** AppArmor takes the rights out of user namespaces that are made without privilege. Ubuntu, since 23.10. */
  readonly appArmorRestriction: number | undefined;
  /** AppArmor's name for what this process runs under. */
  readonly appArmorProfile: string | undefined;
  /** Debian's older switch. */
  readonly unprivilegedUserNamespaces: number | undefined;
  /** `user.max_*_namespaces`, by type. */
  readonly limits: Readonly<Record<string, number | undefined>>;
}

export function readMachineFacts(): MachineFacts {
  const status = read('/proc/self/status') ?? '';
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];
  return {
    effectiveCapabilities: BigInt(`0x${field('CapEff') ?? '0'}`),
    seccomp: number(field('Seccomp')),
    noNewPrivileges: field('NoNewPrivs') === '1',
    appArmorRestriction: number(read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')),
    appArmorProfile: read('/proc/self/attr/apparmor/current')?.replace(/\0?\n?$/, ''),
    unprivilegedUserNamespaces: number(read('/proc/sys/kernel/unprivileged_userns_clone')),
    limits: Object.fromEntries(
      namespaceTypes.map((type) => [type, number(read(`/proc/sys/user/max_${type}_namespaces`))]),
    ),
  };
}

export function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function number(text: string | undefined): number | undefined {
  return text === undefined || !/^\s*\d+\s*$/.test(text) ? undefined : Number(text);
}
