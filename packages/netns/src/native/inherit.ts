import { F_SETFD, O_NONBLOCK } from './constants.ts';
import { syscall } from './syscall.ts';

const F_GETFL = 3;
const F_SETFL = 4;

/** Node closes what it was started with, standard streams included, when it becomes another program: not these. */
export function inheritDescriptors(descriptors: readonly number[]): void {
  for (const fd of descriptors) syscall('fcntl', fd, F_SETFD, 0); // one that is closed stays so
}

/** Node makes pipes and sockets that it reads or writes non-blocking, for all who have them; programs do not expect that. */
export function makeBlocking(fd: number): void {
  const flags = syscall('fcntl', fd, F_GETFL);
  if (flags >= 0 && flags & O_NONBLOCK) syscall('fcntl', fd, F_SETFL, flags & ~O_NONBLOCK);
}
