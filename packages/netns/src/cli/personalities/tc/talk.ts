import type { Declaration } from '../../../connection/declaration.ts';
import { NetlinkError } from '../../../errors.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { failure } from '../ip/exit.ts';
import { refusalText } from '../ip/report.ts';
import type { TcSession } from './session.ts';

/** One request. Throws Exit (2) with the kernel's reason, and in `tc`'s words that there was one. */
export function talk<D extends Declaration>(
  session: TcSession,
  declaration: D,
  verb: keyof D['types'] & string,
  message: In<D>,
  flags: number,
  code = 2,
  ending = 'We have an error talking to the kernel',
): readonly Out<D>[] {
  try {
    const operation = `change ${declaration.name}`;
    return session.connection.requestSync(declaration, verb, message, { operation, flags });
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    throw failure(`${refusalText(error)}\n${ending}`, code);
  }
}
