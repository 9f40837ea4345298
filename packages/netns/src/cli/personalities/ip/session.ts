import type { NetlinkConnection } from '../../../connection/connection.ts';
import type { Namespace } from '../../../namespaces/namespace.ts';
import type { HostNames } from '../../../process/host-names.ts';
import type { Io } from './io.ts';
import { formatJson, type Json } from './json.ts';
import type { Options } from './options.ts';
import type { Output } from './output.ts';

/** A sub-command of `ip`: gets the words behind its own and returns the exit code. */
export type Command = (session: Session, words: readonly string[]) => Promise<number> | number;

export interface SessionStart {
  readonly io: Io;
  readonly options: Options;
  readonly output: Output;
  readonly runDirectory: string;
  readonly namespace: Namespace | undefined;
  readonly entered: readonly string[];
  readonly batch: boolean;
  readonly hosts?: HostNames | undefined;
}

/** What one run of `ip` works with; in a batch all lines share it. */
export class Session implements Disposable {
  readonly io: Io;
  readonly options: Options;
  readonly output: Output;
  /** Where the names of namespaces are. */
  readonly runDirectory: string;
  /** The network namespace of `-netns`, owned by this object; undefined means our own. */
  readonly namespace: Namespace | undefined;
  /** The names of all `-netns`, in their order; the last is `namespace`. */
  readonly entered: readonly string[];
  /** Lines of a batch follow: a program must then run beside us, not in our place. */
  readonly batch: boolean;
  /** With `-resolve`: the names of hosts. */
  readonly hosts: HostNames | undefined;
  /** Links by name, as far as commands that change none have asked for them: as `ip`, a batch asks for each once. */
  readonly deviceIndexes = new Map<string, number>();
  #connection: NetlinkConnection | undefined;

  constructor(start: SessionStart) {
    this.io = start.io;
    this.options = start.options;
    this.output = start.output;
    this.runDirectory = start.runDirectory;
    this.namespace = start.namespace;
    this.entered = start.entered;
    this.batch = start.batch;
    this.hosts = start.hosts;
  }

  /** Netlink in `namespace`; opened, and its code loaded, when first asked for. */
  async connection(): Promise<NetlinkConnection> {
    if (this.#connection === undefined) {
      const { WarningConnection } = await import('./warning-connection.ts');
      const receiveBuffer = this.options.receiveBuffer;
      const options = { namespace: this.namespace?.fd, receiveBuffer };
      this.#connection = new WarningConnection(options, (text) => this.warn(text));
    }
    return this.#connection;
  }

  /** Says something on stderr, after what stdout already has to show. */
  warn(text: string): void {
    this.output.flush();
    this.io.stderr.write(text);
  }

  /** Prints a value the way `-json` and `-pretty` ask for. */
  printJson(value: Json): void {
    this.output.write(`${formatJson(value, this.options.pretty)}\n`);
  }

  [Symbol.dispose](): void {
    this.#connection?.close();
    this.hosts?.[Symbol.dispose]();
    this.namespace?.close();
  }
}
