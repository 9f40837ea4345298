import { KernelError } from '../../../../errors.ts';
import { AT_FDCWD, O_CLOEXEC, O_NONBLOCK, O_RDONLY } from '../../../../native/constants.ts';
import { Fd } from '../../../../native/fd.ts';
import { perform } from '../../../../native/syscall.ts';
import { parseInteger } from '../numbers.ts';
import { openOwn } from '../own-names.ts';
import type { Session } from '../session.ts';

/**
 * The file behind a word that means a namespace in `ip`: a name (of an ordinary user's own, too), a path with a slash in it, or else
 * a process id. What it is, is left to the kernel to say. Undefined if there is no such file.
 */
export function openNamespaceFile(word: string, { runDirectory, io }: Session): Fd | undefined {
  const named = openFile(word.includes('/') ? word : `${runDirectory}/${word}`);
  if (named !== undefined) return named;
  using own = openOwn(word, io.names);
  if (own !== undefined) return own.fd.dup();
  const pid = parseInteger(word);
  return pid === undefined ? undefined : openFile(`/proc/${pid}/ns/net`);
}

function openFile(path: string): Fd | undefined {
  try {
    const flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
    return Fd.adopt(perform(`open ${path}`, 'openat', AT_FDCWD, path, flags), path);
  } catch (error) {
    if (error instanceof KernelError) return undefined;
    throw error;
  }
}
