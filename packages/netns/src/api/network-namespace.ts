import type { Worker } from 'node:worker_threads';
import type { DescribeOptions } from '../document/describe.ts';
import type { NamespaceDocument } from '../document/document.ts';
import { InvalidArgumentError } from '../errors.ts';
import { type MonitorOptions, monitorNames, type NameEvent } from '../namespaces/monitor.ts';
import type { NamingOptions } from '../namespaces/name-directory.ts';
import { attachName, createNamed, createNamesWith, namedNamespace, openingOwn } from '../namespaces/named.ts';
import { listNames, type NameEntry, type RunDirectoryOptions, removeName } from '../namespaces/names.ts';
import { createNamespace, Namespace } from '../namespaces/namespace.ts';
import { processesOf } from '../namespaces/processes.ts';
import { type NamespaceRef, openNamespace } from '../namespaces/reference.ts';
import type { Fd } from '../native/fd.ts';
import type { NetworkEvent, NetworkMonitorOptions } from '../network/monitor.ts';
import { type Network, networkOver, openingNetwork, openNetwork, openNetworks } from '../network/network.ts';
import { checkOptions } from '../options.ts';
import { etcDirectory } from '../process/exec.ts';
import type { NamespaceDgram } from '../process/sockets/dgram.ts';
import type { NamespaceHttp } from '../process/sockets/http.ts';
import type { NamespaceHttps } from '../process/sockets/https.ts';
import type { NamespaceNet } from '../process/sockets/net.ts';
import { type SocketDomain, type SocketType, socketIn } from '../process/sockets/raw-socket.ts';
import { NamespaceResolver, type NamespaceResolverOptions } from '../process/sockets/resolver/resolver.ts';
import { NamespaceSockets } from '../process/sockets/sockets.ts';
import type { NamespaceTls } from '../process/sockets/tls.ts';
import { type NamespaceWorkerOptions, workerIn } from '../process/sockets/worker.ts';
import {
  type ExecOptions,
  type ExecResult,
  execIn,
  type NamespaceProcess,
  type SpawnOptions,
  spawnIn,
} from '../process/spawn.ts';
import { ResourceStack } from '../resource.ts';

const runDirectoryOptions: readonly (keyof RunDirectoryOptions)[] = ['runDirectory', 'userRuntimeDirectory'];
const namingOptions: readonly (keyof NamingOptions)[] = [...runDirectoryOptions, 'lockPatienceMs', 'onWarning'];

/**
 * A network namespace: a whole network stack of its own (devices, addresses, routes, firewall, sockets), held open.
 *
 *     using ns = NetworkNamespace.create();
 *     await ns.network.links.set('lo', { up: true });
 *     const { stdout } = await ns.exec('ip', ['address']);
 *
 * It stays alive while this object is open, and longer if it has a name or processes. This process never enters it.
 */
export class NetworkNamespace extends Namespace {
  /** The name by which it was made or opened, if any. */
  readonly name: string | undefined;
  #network: Network | undefined;
  #sockets: NamespaceSockets | undefined;

  private constructor(namespace: Namespace, name?: string) {
    super(namespace.fd, namespace.type);
    this.name = name;
  }

  /**
   * Makes a new, nameless one: it holds only a loopback device that is down. `unshare --net`, without a process.
   *
   * For an ordinary user it belongs to a user namespace of their own, as `unshare --map-root-user --net` has it, together with the others that
   * this process has open; `owner` puts it beside one that exists: `create({ owner: web.owner() })`. Throws as `createNamespace` does.
   */
  static create(options: { readonly owner?: Namespace | undefined } = {}): NetworkNamespace {
    checkOptions(options, ['owner']);
    const { owner } = options;
    if (owner !== undefined && owner.type !== 'user')
      throw new InvalidArgumentError('owner', String(owner), 'it is no user namespace');
    return new NetworkNamespace(createNamespace('net', owner?.fd));
  }

  /** Makes a new one and gives it a name. `ip netns add NAME`. Throws as `createNamed` does. */
  static createNamed(name: string, options: NamingOptions = {}): NetworkNamespace {
    checkOptions(options, namingOptions);
    return new NetworkNamespace(createNamed(name, options), name);
  }

  /**
   * Makes many new ones, gives each its name, and opens them with their networks: the quickest way to hundreds. `ip -batch` with a line
   * `netns add NAME` for each. All or none. Throws as `createNames` does; close what you get.
   */
  static createAll(names: readonly string[], options: NamingOptions = {}): NetworkNamespace[] {
    checkOptions(options, namingOptions);
    const opened = createNamesWith([openingOwn, openingNetwork], names, options);
    return opened.map(([namespace = -1, socket = -1], index) => {
      const name = names[index] ?? '';
      const made = new NetworkNamespace(namedNamespace(name, namespace), name);
      made.#network = networkOver(socket, made.fd);
      return made;
    });
  }

  /** Opens one that exists: by name, path, process, descriptor. Throws as `openNamespace` does. */
  static open(ref: NamespaceRef, options: RunDirectoryOptions = {}): NetworkNamespace {
    checkOptions(options, runDirectoryOptions);
    const namespace = openNamespace(ref, 'net', options);
    if (namespace.type !== 'net') {
      namespace.close();
      throw new InvalidArgumentError('namespace', String(namespace), 'it is no network namespace');
    }
    return new NetworkNamespace(namespace, typeof ref === 'string' && !ref.includes('/') ? ref : undefined);
  }

  /**
   * Opens many that exist, with their networks, much faster than one by one. All or none.
   * Throws as `openNamespace` and `openNetwork` do.
   */
  static openAll(refs: readonly NamespaceRef[], options: RunDirectoryOptions = {}): NetworkNamespace[] {
    checkOptions(options, runDirectoryOptions);
    using undo = new ResourceStack();
    const opened = refs.map((ref) => undo.use(NetworkNamespace.open(ref, options)));
    for (const [index, network] of openNetworks(opened).entries()) {
      const namespace = opened[index];
      if (namespace !== undefined) namespace.#network = network;
    }
    undo.commit();
    return opened;
  }

  /** Lists the names. `ip netns list`. Throws as `listNames` does. */
  static names(options: RunDirectoryOptions = {}): NameEntry[] {
    checkOptions(options, runDirectoryOptions);
    return listNames(options);
  }

  /** Gives one that exists a name. `ip netns attach NAME PID`. Throws as `attachName` does. */
  static attachName(name: string, ref: NamespaceRef, options: NamingOptions = {}): void {
    checkOptions(options, namingOptions);
    attachName(name, ref, options);
  }

  /** Takes a name away; the namespace lives on while something holds it. `ip netns delete NAME`. Throws as `removeName` does. */
  static removeName(name: string, options: RunDirectoryOptions = {}): void {
    checkOptions(options, runDirectoryOptions);
    removeName(name, options);
  }

  /** Follows the names as they come and go. `ip netns monitor`. Throws as `monitorNames` does. */
  static monitor(options: MonitorOptions = {}): AsyncIterableIterator<NameEvent> {
    checkOptions(options, [...runDirectoryOptions, 'signal']);
    return monitorNames(options);
  }

  /** Its devices, addresses and ids. Opened at first use, closed with this object. */
  get network(): Network {
    this.#network ??= openNetwork(this);
    return this.#network;
  }

  /** Follows its network: first what is there, then what changes. `ip -n NAME monitor`. See `Network.monitor`. */
  monitor(options: NetworkMonitorOptions = {}): AsyncIterableIterator<NetworkEvent> {
    return this.network.monitor(options);
  }

  /**
   * Describes its network as a document does: what would have to be entered to get the same again. `netns export NAME`.
   *
   *     await apply({ version: 1, namespaces: { copy: await ns.describe() } });
   *
   * `options.sections`: only these. Ends of veths in other namespaces are named as `describe` names them. Throws
   * KernelError EPERM without the right to enter it.
   */
  async describe(options: DescribeOptions = {}): Promise<NamespaceDocument> {
    const { describeNamespace } = await import('../document/describe.ts');
    return await describeNamespace(this, this.name, options);
  }

  /** The processes that are in it, as far as the caller may see them. `ip netns pids NAME`. */
  processes(): number[] {
    return processesOf(this.id);
  }

  /** Runs a command in it and collects the output. `ip netns exec NAME COMMAND`. Rejects as `execIn` does. */
  exec(command: string, args: readonly string[] = [], options: ExecOptions = {}): Promise<ExecResult> {
    return execIn(this, command, args, { etc: this.#etc, ...options });
  }

  /** Starts a command in it: a plain ChildProcess of Node. See `spawnIn`. */
  spawn(command: string, args: readonly string[] = [], options: SpawnOptions = {}): NamespaceProcess {
    return spawnIn(this, command, args, { etc: this.#etc, ...options });
  }

  /** `node:net` for its inside: `ns.net.createServer`, `ns.net.connect` give Node's own servers and sockets. */
  get net(): NamespaceNet {
    return this.#socketsOf.net;
  }

  /** `node:dgram` for its inside. */
  get dgram(): NamespaceDgram {
    return this.#socketsOf.dgram;
  }

  /** `node:http` for its inside: servers, requests, and an Agent of its own. */
  get http(): NamespaceHttp {
    return this.#socketsOf.http;
  }

  /** `node:https` for its inside. */
  get https(): NamespaceHttps {
    return this.#socketsOf.https;
  }

  /** `node:tls` for its inside. */
  get tls(): NamespaceTls {
    return this.#socketsOf.tls;
  }

  /** `fetch` from its inside. See `fetchIn` for certificates of your own. */
  get fetch(): typeof globalThis.fetch {
    return this.#socketsOf.fetch;
  }

  /** Looks up names as it is done inside: its own `/etc/netns/NAME/resolv.conf` and `hosts`, by sockets in there. See `NamespaceResolver`. */
  resolver(options: NamespaceResolverOptions = {}): NamespaceResolver {
    return new NamespaceResolver(this, options);
  }

  /** Starts a thread that lives inside, for code that opens its own sockets. See `workerIn`. */
  worker(module: string | URL, options: NamespaceWorkerOptions = {}): Worker {
    return workerIn(this, module, options);
  }

  /** Makes a socket of any kind inside: raw, packet, netlink, … Throws as `socketIn` does. */
  socket(domain: SocketDomain, type: SocketType, protocol = 0): Fd {
    return socketIn(this, domain, type, protocol);
  }

  get #socketsOf(): NamespaceSockets {
    this.#sockets ??= new NamespaceSockets(this);
    return this.#sockets;
  }

  get #etc(): string | undefined {
    return this.name === undefined ? undefined : `${etcDirectory}/${this.name}`;
  }

  override close(): void {
    this.#network?.close();
    this.#sockets?.[Symbol.dispose]();
    super.close();
  }

  override [Symbol.dispose](): void {
    this.close();
  }
}
