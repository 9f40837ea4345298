import { errnoMessage } from '../../../errno.ts';
import { KernelError, NetlinkError } from '../../../errors.ts';
import { Exit, failure } from './exit.ts';

/** The way `ip` words what the kernel answered to a netlink request: exit code 2. */
export function refused(error: NetlinkError): Exit {
  return failure(refusalText(error), 2);
}

/** The kernel's own sentence if there is one, with a full stop; else the text of the error number. */
export function refusalText(error: NetlinkError): string {
  const message = error.extack?.message;
  if (message === undefined) return `RTNETLINK answers: ${errnoMessage(error.errno)}`;
  return `Error: ${message}${message.endsWith('.') ? '' : '.'}`;
}

/** Any error as the end of a command: what is no error of the kernel or of the words is a fault, and passed on. */
export function exitOf(error: unknown): Exit {
  if (error instanceof Exit) return error;
  if (error instanceof NetlinkError) return refused(error);
  if (error instanceof KernelError) return failure(error.message);
  throw error;
}
