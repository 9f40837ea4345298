import { NetlinkConnection } from '../../connection/connection.ts';
import type { DumpResult } from '../../connection/conversation.ts';
import { EINVAL, ENOENT, EOPNOTSUPP } from '../../errno-numbers.ts';
import { KernelError, NetlinkError } from '../../errors.ts';
import type { Fd } from '../../native/fd.ts';
import {
  type ConntrackMessage,
  type ConntrackMessageInput,
  conntrack,
  conntrackCpuStatistics,
  conntrackExpectation,
  conntrackReset,
  conntrackStatistics,
} from '../../netlink/families/netfilter/conntrack.ts';
import { NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL } from '../../netlink/header.ts';
import { NETLINK_NETFILTER } from '../../netlink/protocols.ts';
import { inOptions } from '../options.ts';
import { type Snapshot, snapshot } from '../snapshot.ts';
import type { Connection, ConnectionChanges, ConnectionKey, ConnectionSpec, ExpectedConnection } from './connection.ts';
import { type ConnectionEvent, type ConnectionMonitorOptions, monitorConnections } from './events.ts';
import { type ConnectionFilter, readyConnectionFilter } from './filter.ts';
import { connectionOf, expectedConnectionOf } from './read.ts';
import { changesMessage, keyMessage, newMessage } from './write.ts';

/** How many connections there are, and how many there can be. */
export interface ConnectionCount {
  readonly entries: number;
  readonly most: number | undefined;
}

/** What one processor has counted; what newer kernels do not count any more is absent. */
export interface ConnectionStatistics {
  readonly cpu: number;
  readonly counters: Readonly<Record<string, number>>;
}

/** What the encoder calls otherwise than we do. */
const optionNames = {
  tupleOrig: '',
  tupleReply: 'reply',
  ip: '',
  proto: '',
  v4Src: 'source',
  v4Dst: 'destination',
  v6Src: 'source',
  v6Dst: 'destination',
  srcPort: 'sourcePort',
  dstPort: 'destinationPort',
  num: 'protocol',
  help: '',
  name: 'helper',
} as const;

/**
 * The connections that the firewall of one network namespace keeps track of: nf_conntrack. `conntrack -L`, `-G`, `-D`, `-U`, `-I`, `-F`, `-C`, `-E`.
 *
 * The kernel begins to keep track when a rule asks for it (`ct state`, NAT). Needs CAP_NET_ADMIN in the namespace. Every method throws NetlinkError
 * when the kernel refuses, and InvalidArgumentError for what cannot be right. conntrack(8).
 */
export class Connections implements Disposable {
  readonly #namespace: Fd | undefined;
  readonly #connection: NetlinkConnection;
  readonly #monitors = new Set<{ end(): void }>();

  /** `namespace` undefined: this process's own. Throws KernelError. */
  constructor(namespace?: Fd, connection = new NetlinkConnection({ protocol: NETLINK_NETFILTER, namespace })) {
    this.#namespace = namespace;
    this.#connection = connection;
  }

  /**
   * The connections, all or those that the filter means. The kernel looks for family, mark, zone and status, and for whole addresses, protocol
   * and ports (Linux 5.8), as far as it can. `conntrack -L`.
   */
  list(filter: ConnectionFilter = {}): Promise<Snapshot<Connection>> {
    return this.#list(filter, false);
  }

  /** The same, and sets their counters to zero. `conntrack -L -z`. */
  listAndReset(filter: ConnectionFilter = {}): Promise<Snapshot<Connection>> {
    return this.#list(filter, true);
  }

  /** One connection. `conntrack -G`. Throws NetlinkError ENOENT if there is none. */
  async get(key: ConnectionKey): Promise<Connection> {
    const operation = `find ${describeConnection(key)}`;
    const [answer] = await this.#request('get', () => keyMessage(key), operation, NLM_F_ACK);
    if (answer === undefined) throw new KernelError({ errno: ENOENT, syscall: 'IPCTNL_MSG_CT_GET', operation });
    return connectionOf(answer);
  }

  /** Makes one by hand. `conntrack -I`. Throws NetlinkError EEXIST if it is there. */
  async add(spec: ConnectionSpec): Promise<void> {
    const operation = `add ${describeConnection(spec)}`;
    await this.#request('new', () => newMessage(spec), operation, NLM_F_CREATE | NLM_F_EXCL);
  }

  /** Changes one. `conntrack -U`. Throws NetlinkError ENOENT; EOPNOTSUPP (a helper, labels that no rule asked for). */
  async update(key: ConnectionKey, changes: ConnectionChanges): Promise<void> {
    const operation = `change ${describeConnection(key)}`;
    const present = changes.status === undefined ? undefined : (await this.get(key)).message.attributes.status;
    await this.#request('new', () => withChanges(key, changes, present), operation);
  }

  /** Makes the kernel forget one; its packets begin a new one. `conntrack -D`. Throws NetlinkError ENOENT if there is none. */
  async delete(key: ConnectionKey): Promise<void> {
    await this.#request('del', () => keyMessage(key), `delete ${describeConnection(key)}`);
  }

  /** Makes the kernel forget all that the filter means, and says how many. One that ends meanwhile is no error. `conntrack -D`, `conntrack -F`. */
  async flush(filter: ConnectionFilter = {}): Promise<number> {
    const meant = await this.list(filter);
    if (Object.values(filter).every((value) => value === undefined)) {
      await this.#request('del', () => ({}), 'flush connections');
      return meant.length;
    }
    return this.#each(meant, (connection) => this.delete(connection));
  }

  /** Changes all that the filter means, and says how many. One that ends meanwhile is no error. `conntrack -U`. */
  async updateAll(filter: ConnectionFilter, changes: ConnectionChanges): Promise<number> {
    return this.#each(await this.list(filter), (connection) => this.update(connection, changes));
  }

  /** How many there are, without listing them. `conntrack -C`. */
  async count(): Promise<ConnectionCount> {
    const [answer] = await this.#connection.request(
      conntrackStatistics,
      'get',
      {},
      { operation: 'count connections', flags: NLM_F_ACK },
    );
    return { entries: answer?.attributes.entries ?? 0, most: answer?.attributes.maxEntries };
  }

  /** What each processor has counted. `conntrack -S`. */
  async statistics(): Promise<ConnectionStatistics[]> {
    const { messages } = await this.#connection.dump(conntrackCpuStatistics, {}, { operation: 'count connections' });
    return messages.map(({ header, attributes }) => {
      const { unknown: _, ...counters } = attributes;
      return { cpu: header.resId, counters };
    });
  }

  /** Connections that are expected because another one said so. `conntrack -L expect`. */
  async expected(): Promise<ExpectedConnection[]> {
    const { messages } = await this.#connection.dump(
      conntrackExpectation,
      {},
      { operation: 'list expected connections' },
    );
    return messages.map(expectedConnectionOf);
  }

  /** Makes the kernel expect none any more. `conntrack -F expect`. */
  async flushExpected(): Promise<void> {
    await this.#connection.request(conntrackExpectation, 'del', {}, { operation: 'flush expected connections' });
  }

  /**
   * Follows the connections: first those that are there, then what comes, changes and ends. `conntrack -E`.
   *
   *     for await (const { kind, connection } of ns.network.connections.monitor()) …
   *
   * It listens from the moment of the call until `break`, `options.signal`, or `close()`. When the kernel had to drop events for want of room it
   * tells so (`resync`), and then anew what is there: what is not told again has ended.
   */
  monitor(options: ConnectionMonitorOptions = {}): AsyncIterableIterator<ConnectionEvent> {
    const own = new Connections(this.#namespace);
    return monitorConnections(own, this.#namespace, options, this.#monitors);
  }

  close(): void {
    for (const monitor of this.#monitors) monitor.end();
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #list(filter: ConnectionFilter, reset: boolean): Promise<Snapshot<Connection>> {
    const { question, plain, demanding, keep } = readyConnectionFilter(filter);
    let listed: DumpResult<ConntrackMessage>;
    try {
      listed = await this.#dump(question, reset);
    } catch (error) {
      // An older kernel: what it cannot look for is looked for here.
      if (!(demanding && error instanceof NetlinkError && [EINVAL, EOPNOTSUPP].includes(error.errno))) throw error;
      listed = await this.#dump(plain, reset);
    }
    return snapshot(listed.messages.map(connectionOf).filter(keep), listed.interrupted);
  }

  #dump(question: ConntrackMessageInput, reset: boolean): Promise<DumpResult<ConntrackMessage>> {
    const declaration = reset ? conntrackReset : conntrack;
    return this.#connection.dump(declaration as typeof conntrack, question, { operation: 'list connections' });
  }

  async #request(
    verb: 'new' | 'get' | 'del',
    value: () => ConntrackMessageInput,
    operation: string,
    flags = 0,
  ): Promise<ConntrackMessage[]> {
    try {
      return await this.#connection.request(conntrack, verb, value(), { operation, flags });
    } catch (error) {
      throw inOptions(error, 'conntrack', optionNames);
    }
  }

  async #each(connections: readonly Connection[], change: (connection: Connection) => Promise<void>): Promise<number> {
    const ends = await Promise.allSettled(connections.map(change));
    const failed = ends.filter((end) => end.status === 'rejected');
    const real = failed.find(({ reason }) => !(reason instanceof NetlinkError && reason.errno === ENOENT));
    if (real !== undefined) throw real.reason;
    return ends.length - failed.length;
  }
}

function withChanges(
  key: ConnectionKey,
  changes: ConnectionChanges,
  present: number | undefined,
): ConntrackMessageInput {
  const { header, attributes } = keyMessage(key);
  return { header, attributes: { ...attributes, ...changesMessage(changes, present) } };
}

/** A connection in one line: `connection tcp 10.0.0.1:1000 - 10.0.0.2:80`. */
export function describeConnection(key: ConnectionKey): string {
  const end = (address: string, port: number | undefined) => {
    const host = String(address).includes(':') && port !== undefined ? `[${address}]` : address;
    return port === undefined ? host : `${host}:${port}`;
  };
  const { protocol, source, destination, sourcePort, destinationPort } = key;
  return `connection ${protocol} ${end(source, sourcePort)} - ${end(destination, destinationPort)}`;
}
