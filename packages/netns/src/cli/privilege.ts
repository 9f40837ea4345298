import { readFileSync } from 'node:fs';
import { KernelError } from '../errors.ts';

const CAP_SYS_ADMIN = 21;

/** Refusals that the lack of a capability explains. EBUSY: a name cannot be unlinked while its mount cannot be taken away. */
const refusals = ['EPERM', 'EACCES', 'EBUSY'];

/** Why the kernel refused, where that can be checked: the process lacks the capability that namespaces need. */
export function missingPrivilege(error: unknown): string | undefined {
  if (!(error instanceof KernelError) || !refusals.includes(error.code)) return undefined;
  if (error.hint !== undefined) return undefined; // it says why
  return hasCapability(CAP_SYS_ADMIN) ? undefined : 'this process lacks CAP_SYS_ADMIN; root has it';
}

function hasCapability(number: number): boolean {
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return effective === undefined || ((BigInt(`0x${effective}`) >> BigInt(number)) & 1n) === 1n;
  } catch {
    return true; // not known: no hint
  }
}
