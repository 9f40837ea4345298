import { errnoMessage } from '../../../errno.ts';
import { inChild } from '../../../native/child.ts';
import { AF_INET, CLONE_NEWNET, SOCK_CLOEXEC, SOCK_DGRAM } from '../../../native/constants.ts';
import { inNamespace } from '../../../native/passage.ts';
import { type SyscallStep, syscall } from '../../../native/syscall.ts';
import { failure } from './exit.ts';
import type { Session } from './session.ts';

/** Asks the kernel by ioctl(2) on a socket in the namespace, for the few things that netlink does not have. Throws Exit with `title` and the reason. */
export function socketIoctl({ namespace }: Session, number: number, argument: Uint8Array, title = 'ioctl'): void {
  const steps: readonly SyscallStep[] = [
    ['socket', AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0],
    ['ioctl', { result: 0 }, number, argument],
    ['close', { result: 0 }],
  ];
  const operation = 'change a device';
  const { results, failed } =
    namespace === undefined ? inChild(operation, steps) : inNamespace(namespace.fd, CLONE_NEWNET, operation, steps);
  const [socket] = results;
  if (failed === undefined) return;
  if (socket !== undefined) syscall('close', socket);
  throw failure(`${failed.step < 0 ? 'setns' : failed.step === 0 ? 'socket' : title}: ${errnoMessage(failed.errno)}`);
}
