import type { Declaration } from '../../../connection/declaration.ts';
import { NetlinkError } from '../../../errors.ts';
import type { In, Out } from '../../../wire/shape.ts';
import { dumpEnd } from '../ip/dump.ts';
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

/** A table, as far as it came: when the kernel refuses to go on, what came is shown, in JSON without its end, and then Exit says why. */
export function list<D extends Declaration>(
  session: TcSession,
  declaration: D,
  request: In<D>,
  operation: string,
  code: number,
  show: (messages: readonly Out<D>[], whole: boolean) => void,
): void {
  const { messages, refusal } = session.connection.dumpAsFarAsSync(declaration, request, { operation });
  show(messages, refusal === undefined);
  if (refusal !== undefined) throw dumpEnd(refusal, 'Dump terminated', code);
}
