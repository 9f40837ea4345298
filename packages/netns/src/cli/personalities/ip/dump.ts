import type { NetlinkConnection } from '../../../connection/connection.ts';
import type { Declaration } from '../../../connection/declaration.ts';
import { NetlinkError } from '../../../errors.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { failure } from './exit.ts';
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
    if (error.code === 'ENOENT' && error.extack?.message === undefined) throw failure(ending, code);
    throw failure(`${refusalText(error)}\n${ending}`, code);
  }
}
