import { inChild } from '../../native/child.ts';
import type { SyscallStep } from '../../native/syscall.ts';

/** Makes system calls in a child that then ends, with all that it has made. Gives the one that was refused. */
export function attempt(steps: readonly SyscallStep[], cloneFlags = 0): { step: number; errno: number } | undefined {
  try {
    const { failed } = inChild('try what is allowed here', [...steps, ['getpid']], cloneFlags);
    return failed;
  } catch (error) {
    if (error instanceof Error && 'errno' in error && typeof error.errno === 'number')
      return { step: 0, errno: error.errno };
    throw error;
  }
}
