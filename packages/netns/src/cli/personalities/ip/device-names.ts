import type { NetlinkConnection } from '../../../connection/connection.ts';
import { NetlinkError } from '../../../errors.ts';
import {
  type LinkNameMessage,
  type LinkNameMessageInput,
  linkName,
} from '../../../netlink/families/route/link-name.ts';
import { noSuchDevice } from './exit.ts';

const maximumName = 15;
/** No such link; a name that is longer than any. */
const absent = ['ENODEV', 'ERANGE'];

/** Names of links and their numbers, asked for one by one and remembered: what most objects need to know of links. */
export class DeviceNames {
  readonly #connection: NetlinkConnection;
  readonly #names = new Map<number, string>();
  readonly #indexes: Map<string, number>;

  /** `indexes`: what the lines of a batch before this one have asked for. */
  constructor(connection: NetlinkConnection, indexes = new Map<string, number>()) {
    this.#connection = connection;
    this.#indexes = indexes;
  }

  /** The name of a link, or `if5` when there is none with this index. */
  nameOf(index: number): string {
    if (index === 0) return '*';
    let name = this.#names.get(index);
    if (name === undefined) {
      name = this.#ask({ header: { index } })?.attributes.ifname ?? `if${index}`;
      this.#names.set(index, name);
    }
    return name;
  }

  /** What a link is called, as others told. */
  remember(index: number, name: string): void {
    this.#names.set(index, name);
  }

  /** The link with a name, or further name. */
  named(name: string): LinkNameMessage | undefined {
    if (name === '') return undefined;
    return this.#ask({
      attributes: Buffer.byteLength(name) > maximumName ? { altIfname: name } : { ifname: name },
    });
  }

  /** The index of the link with a name; `if5` also means index 5 when nothing has that name. Zero: there is none. */
  indexOf(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const found = this.named(name);
    if (found !== undefined) {
      const { index } = found.header;
      this.#names.set(index, found.attributes.ifname ?? name);
      this.#indexes.set(name, index);
      return index;
    }
    return Number(/^if([0-9]+)$/.exec(name)?.[1] ?? 0);
  }

  /** The index of a link that the command needs. Throws Exit (1). */
  needed(name: string): number {
    const index = this.indexOf(name);
    if (index === 0) throw noSuchDevice(name);
    return index;
  }

  #ask(request: LinkNameMessageInput) {
    try {
      return this.#connection.requestSync(linkName, 'get', request, { operation: 'look up a link' })[0];
    } catch (error) {
      if (error instanceof NetlinkError && absent.includes(error.code)) return undefined;
      throw error;
    }
  }
}
