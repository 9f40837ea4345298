import { GenericConnection } from '../../../connection/generic.ts';
import { errnoMessage } from '../../../errno.ts';
import { ENOENT } from '../../../errno-numbers.ts';
import { NetlinkError, UnsupportedError } from '../../../errors.ts';
import { failure } from './exit.ts';
import { refusalText } from './report.ts';
import type { Session } from './session.ts';

/** Does something by generic netlink. A family that this kernel has not is what `ip` says of it: Exit (1); `code` is that of a refusal. */
export async function withGeneric<T>(
  { namespace }: Session,
  work: (connection: GenericConnection) => Promise<T>,
  code = 1,
): Promise<T> {
  using connection = new GenericConnection({ namespace: namespace?.fd });
  try {
    return await work(connection);
  } catch (error) {
    if (error instanceof NetlinkError) throw failure(refusalText(error), code);
    if (!(error instanceof UnsupportedError)) throw error;
    throw failure(`RTNETLINK answers: ${errnoMessage(ENOENT)}\nError talking to the kernel`);
  }
}

/** A whole table. When the kernel refuses, Exit (1) says why, and that the dump ended so. */
export async function wholeDump<T>(asked: Promise<{ readonly messages: readonly T[] }>): Promise<readonly T[]> {
  try {
    return (await asked).messages;
  } catch (error) {
    if (error instanceof NetlinkError) throw failure(`${refusalText(error)}\nDump terminated`);
    throw error;
  }
}
