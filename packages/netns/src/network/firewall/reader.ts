import type { NetlinkConnection } from '../../connection/connection.ts';
import type { Declaration } from '../../connection/declaration.ts';
import { EINTR, ENOENT } from '../../errno-numbers.ts';
import { KernelError, NetlinkError } from '../../errors.ts';
import { messageName } from '../../netlink/message-name.ts';
import type { In, Out } from '../../wire/shape.ts';
import { type Snapshot, snapshot } from '../snapshot.ts';

/** How often something is tried that others keep disturbing. */
export const attempts = 10;

/** Reads what the firewall holds, over one connection. */
export class Reader {
  readonly #connection: NetlinkConnection;

  constructor(connection: NetlinkConnection) {
    this.#connection = connection;
  }

  /** All entries that `value` asks for. `interrupted` when they kept changing meanwhile. */
  async all<D extends Declaration, Entry>(
    declaration: D,
    value: In<D>,
    what: string,
    entriesOf: (message: Out<D>) => Entry | readonly Entry[],
  ): Promise<Snapshot<Entry>> {
    try {
      const finish = (parts: (Entry | readonly Entry[])[], interrupted: boolean) =>
        snapshot(parts.flat() as Entry[], interrupted);
      return await this.#connection.gather(declaration, value, { operation: `list ${what}` }, entriesOf, finish);
    } catch (error) {
      // Some of the kernel's tables say in this way that they changed.
      if (error instanceof NetlinkError && error.errno === EINTR) return snapshot<Entry>([], true);
      throw error;
    }
  }

  /** One entry. The kernel refuses with ENOENT when there is none. */
  async one<D extends Declaration>(declaration: D, value: In<D>, what: string): Promise<Out<D>> {
    const operation = `get ${what}`;
    const verb = 'get' as keyof D['types'] & string;
    const [answer] = await this.#connection.request(declaration, verb, value, { operation });
    if (answer === undefined)
      throw new KernelError({ errno: ENOENT, syscall: messageName(declaration, verb), operation });
    return answer;
  }
}
