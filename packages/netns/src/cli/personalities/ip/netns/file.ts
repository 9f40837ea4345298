import { KernelError } from '../../../../errors.ts';
import { AT_FDCWD, O_CLOEXEC, O_NONBLOCK, O_RDONLY } from '../../../../native/constants.ts';
import { Fd } from '../../../../native/fd.ts';
import { perform } from '../../../../native/syscall.ts';
import { parseInteger } from '../numbers.ts';

/**
 * The file behind a word that means a namespace in `ip`: a name, a path with a slash in it, or else a process id. What
 * it is, is left to the kernel to say. Undefined if there is no such file.
 */
export function openNamespaceFile(word: string, runDirectory: string): Fd | undefined {
  const paths = word.includes('/') ? [word] : [`${runDirectory}/${word}`];
  const pid = parseInteger(word);
  if (pid !== undefined) paths.push(`/proc/${pid}/ns/net`);
  for (const path of paths) {
    try {
      const flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
      return Fd.adopt(perform(`open ${path}`, 'openat', AT_FDCWD, path, flags), path);
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
    }
  }
  return undefined;
}
