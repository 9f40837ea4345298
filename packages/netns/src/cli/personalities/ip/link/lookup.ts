import type { NetlinkConnection } from '../../../../connection/connection.ts';
import { NetlinkError } from '../../../../errors.ts';
import { type LinkMessage, type LinkMessageInput, link } from '../../../../netlink/families/route/link.ts';

const maximumName = 15;
/** No such link; a name that is longer than any. */
const absent = ['ENODEV', 'ERANGE'];

/** Finds links by what commands call them. */
export class Lookup {
  readonly #connection: NetlinkConnection;
  readonly #targetNetnsid: number | undefined;

  /** With `targetNetnsid`, the links of another namespace, by its id in that of the connection. */
  constructor(connection: NetlinkConnection, targetNetnsid?: number) {
    this.#connection = connection;
    this.#targetNetnsid = targetNetnsid;
  }

  /** By name or further name. */
  named(name: string, extMask?: number): LinkMessage | undefined {
    if (name === '') return undefined;
    const own = Buffer.byteLength(name) > maximumName ? { altIfname: name } : { ifname: name };
    return this.#get({ attributes: { ...own, extMask } });
  }

  byIndex(index: number, extMask?: number): LinkMessage | undefined {
    return this.#get({ header: { index }, attributes: { extMask } });
  }

  /** The index of the link with a name; `if5` also means index 5 when nothing has that name. Zero: there is none. */
  indexOf(name: string): number {
    return this.named(name)?.header.index ?? indexIn(name);
  }

  /** The link with a name, or with the index that `if5` means, with what `extMask` asks for. */
  find(name: string, extMask: number): LinkMessage | undefined {
    const index = indexIn(name);
    return this.named(name, extMask) ?? (index === 0 ? undefined : this.byIndex(index, extMask));
  }

  #get({ header = {}, attributes }: LinkMessageInput): LinkMessage | undefined {
    const request = { header, attributes: { ...attributes, targetNetnsid: this.#targetNetnsid } };
    try {
      return this.#connection.requestSync(link, 'get', request, { operation: 'look up a link' })[0];
    } catch (error) {
      if (error instanceof NetlinkError && absent.includes(error.code)) return undefined;
      throw error;
    }
  }
}

function indexIn(name: string): number {
  return Number(/^if([0-9]+)$/.exec(name)?.[1] ?? 0);
}
