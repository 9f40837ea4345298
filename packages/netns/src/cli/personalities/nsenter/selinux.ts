import { existsSync, readFileSync } from 'node:fs';
import { failure } from '../util-linux/failure.ts';
import type { Request } from './request.ts';

const program = 'nsenter';

/** As libselinux asks: the kernel has it, and this machine is set up for it. selinux(8). */
function isEnabled(): boolean {
  return existsSync('/sys/fs/selinux/enforce') && existsSync('/etc/selinux/config');
}

/** The SELinux context that `-Z` asks for, as the kernel writes it; without SELinux none. Throws Failure. */
export function contextOf({ followContext, target }: Request): string | undefined {
  if (!followContext || !isEnabled()) return undefined;
  if (target === undefined) throw failure(program, 'no target PID specified for --follow-context');
  try {
    return readFileSync(`/proc/${target.pid}/attr/current`, 'utf8').replace(/\0$/, '');
  } catch {
    throw failure(program, `failed to get ${target.pid} SELinux context`);
  }
}
