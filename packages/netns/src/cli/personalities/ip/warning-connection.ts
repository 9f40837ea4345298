import type { ConnectionOptions, RequestOptions } from '../../../connection/connection.ts';
import { NetlinkConnection } from '../../../connection/connection.ts';
import type { DumpResult } from '../../../connection/conversation.ts';
import type { Declaration } from '../../../connection/declaration.ts';
import type { In, Out } from '../../../wire/shape.ts';

/** A connection that says what `ip` says of a table that changed while it was read, after it was read again in vain. */
export class WarningConnection extends NetlinkConnection {
  readonly #warn: (text: string) => void;

  constructor(options: ConnectionOptions, warn: (text: string) => void) {
    super(options);
    this.#warn = warn;
  }

  override dumpSync<D extends Declaration>(declaration: D, value: In<D>, options: RequestOptions): DumpResult<Out<D>> {
    const result = super.dumpSync(declaration, value, options);
    if (result.interrupted) this.#warn('Dump was interrupted and may be inconsistent.\n');
    return result;
  }
}
