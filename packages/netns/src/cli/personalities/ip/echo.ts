import type { RequestOptions } from '../../../connection/connection.ts';
import type { Declaration } from '../../../connection/declaration.ts';
import { NLM_F_ECHO } from '../../../netlink/header.ts';
import type { In, Out } from '../../../wire/shape.ts';
import type { JsonObject } from './json.ts';
import type { Session } from './session.ts';

/** What was changed, in the words of its object. */
export interface Echo {
  text(): string;
  json(): JsonObject;
  /** What stands behind the text. Default: a newline. */
  readonly end?: string;
}

/**
 * Asks the kernel for a change. With `-echo` it answers with what it made of it, where it can (NLM_F_ECHO), and that is printed as `describe`
 * has it; in JSON there is an empty object where it does not.
 */
export async function requestChange<D extends Declaration>(
  session: Session,
  declaration: D,
  verb: 'new' | 'del',
  value: In<D>,
  options: RequestOptions & { readonly flags: number },
  describe: (found: Out<D>) => Promise<Echo>,
): Promise<void> {
  const connection = await session.connection();
  if (!session.options.echo) {
    connection.requestSync(declaration, verb, value, options);
    return;
  }
  const [found] = connection.requestSync(declaration, verb, value, { ...options, flags: options.flags | NLM_F_ECHO });
  const echo = found && (await describe(found));
  if (session.options.json) session.printJson([{ ...(echo && verb === 'del' && { deleted: true }), ...echo?.json() }]);
  else if (echo !== undefined)
    session.output.write(`${verb === 'del' ? 'Deleted ' : ''}${echo.text()}${echo.end ?? '\n'}`);
}
