import type { NetlinkConnection } from '../../../connection/connection.ts';
import type { Declaration } from '../../../connection/declaration.ts';
import { NetlinkError } from '../../../errors.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { type Exit, failure } from './exit.ts';
import { refusalText } from './report.ts';

/** A whole table. When the kernel refuses, Exit says why, and that the dump ended so. */
export function dumpOf<D extends Declaration>(
  connection: NetlinkConnection,
  declaration: D,
  request: In<D>,
  operation: string,
  ending = 'Dump terminated',
  code = 2,
): readonly Out<D>[] {
  try {
    return connection.dumpSync(declaration, request, { operation }).messages;
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    throw dumpEnd(error, ending, code);
  }
}

/** That a dump ended early, and why. */
export function dumpEnd(error: NetlinkError, ending = 'Dump terminated', code = 2): Exit {
  if (error.code === 'ENOENT' && error.extack?.message === undefined) return failure(ending, code);
  const tooLong = error.code === 'EMSGSIZE' && error.extack?.message === undefined;
  const reason = tooLong ? 'Error: Buffer too small for object.' : refusalText(error);
  return failure(`${reason}\n${ending}`, code);
}
