import { ENOENT } from '../errno-numbers.ts';
import { NetlinkError, UnsupportedError } from '../errors.ts';
import {
  CTRL_CMD_GETFAMILY,
  type GenericFamilyMessage,
  genericFamily,
} from '../netlink/families/generic/controller.ts';
import { type GenericFamily, genericParts } from '../netlink/families/generic/families.ts';
import { NETLINK_GENERIC } from '../netlink/protocols.ts';
import type { In, Out } from '../wire/shape.ts';
import { type ConnectionOptions, NetlinkConnection, type RequestOptions } from './connection.ts';
import type { DumpResult } from './conversation.ts';
import type { Declaration } from './declaration.ts';

/** What a request says: the header is put before it. */
type Attributes<D> = In<D> extends { readonly attributes?: infer A } ? A : never;

/**
 * Generic netlink in one network namespace: the many families that the kernel numbers at each start (ethtool, wireguard, …).
 * `genl`. The number of a family is asked for once. Throws as NetlinkConnection does, and UnsupportedError for a family that this kernel has
 * not (and has no module for).
 */
export class GenericConnection implements Disposable {
  readonly #connection: NetlinkConnection;
  readonly #families = new Map<string, Promise<GenericFamilyMessage['attributes']>>();

  constructor(options: ConnectionOptions = {}) {
    this.#connection = new NetlinkConnection({ ...options, protocol: NETLINK_GENERIC });
  }

  /** One request and its answers, decoded. */
  async request<D extends Declaration>(
    declaration: D,
    verb: keyof D['types'] & string,
    attributes: Attributes<D>,
    options: RequestOptions,
  ): Promise<Out<D>[]> {
    const { bound, value } = await this.#bind(declaration, verb, attributes, options);
    return this.#connection.request(bound, verb, value, options);
  }

  /** Everything that is there to tell. */
  async dump<D extends Declaration>(
    declaration: D,
    attributes: Attributes<D>,
    options: RequestOptions,
  ): Promise<DumpResult<Out<D>>> {
    const { bound, value } = await this.#bind(declaration, 'get', attributes, options);
    return this.#connection.dump(bound, value, options);
  }

  /** The numbers of a family's groups of events, by name. */
  async groups(name: string): Promise<ReadonlyMap<string, number>> {
    const { mcastGroups = [] } = await this.#family(name, `find the family ${name}`);
    return new Map(mcastGroups.map((group) => [group.name ?? '', group.id ?? 0]));
  }

  close(): void {
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The same declaration with the number that the family has in this kernel. */
  async #bind<D extends Declaration>(declaration: D, verb: string, attributes: unknown, { operation }: RequestOptions) {
    const { family, command } = genericParts(declaration.types[verb] ?? 0);
    const { name, version } = family as GenericFamily; // each declaration is made for one
    const { familyId = 0 } = await this.#family(name, operation);
    const bound: D = { ...declaration, types: { [verb]: familyId } };
    return { bound, value: { header: { command, version }, attributes } as In<D> };
  }

  #family(name: string, operation: string): Promise<GenericFamilyMessage['attributes']> {
    const known = this.#families.get(name) ?? this.#ask(name, operation);
    this.#families.set(name, known);
    known.catch(() => this.#families.delete(name)); // its module may be there the next time
    return known;
  }

  async #ask(name: string, operation: string): Promise<GenericFamilyMessage['attributes']> {
    const value = { header: { command: CTRL_CMD_GETFAMILY, version: 1 }, attributes: { familyName: name } };
    try {
      const [answer] = await this.#connection.request(genericFamily, 'get', value, { operation });
      return answer?.attributes ?? {};
    } catch (error) {
      if (error instanceof NetlinkError && error.errno === ENOENT)
        throw new UnsupportedError(
          `the family ${name} of generic netlink`,
          `a kernel that has it, or its module`,
          error,
        );
      throw error;
    }
  }
}
