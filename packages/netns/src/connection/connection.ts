import { ClosedError, NetlinkError } from '../errors.ts';
import { NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST, type PayloadWriter, writeMessage } from '../netlink/header.ts';
import type { In, Out, Prefixed } from '../wire/shape.ts';
import type { Slice } from '../wire/slice.ts';
import { Writer } from '../wire/writer.ts';
import { type DebugLog, netlinkDebugLog } from './debug.ts';
import { type Cancel, driveAsync, driveSync, Exchange, type RequestDetails, type Task } from './exchange.ts';
import { NetlinkSocket, type SocketOptions, type Transport } from './transport.ts';

/** A message declaration of the catalogue, as much of it as a connection needs. */
export interface Declaration {
  readonly name: string;
  readonly kernelName: string;
  readonly shape: Prefixed;
  readonly types: Readonly<Record<string, number>>;
  decode(payload: Slice): unknown;
  write(writer: Writer, value: never): void;
}

export interface RequestOptions {
  /** What is being done, after "cannot" in an error: `add link veth0`. */
  readonly operation: string;
  /** Flags beside NLM_F_REQUEST and NLM_F_ACK: `NLM_F_CREATE | NLM_F_EXCL`. */
  readonly flags?: number;
}

/** The answer to a dump. */
export interface DumpResult<T> {
  readonly messages: T[];
  /** The table kept changing through every attempt: entries may be missing or there twice. */
  readonly interrupted: boolean;
}

export interface ConnectionOptions extends SocketOptions {
  /** Another transport than a socket: for tests. */
  readonly transport?: Transport | undefined;
}

const dumpAttempts = 10;

/**
 * A conversation with the kernel about one network namespace: requests and dumps, one after the other.
 *
 * Every method exists twice: `…Sync` blocks, the other waits by the event loop. The kernel works while it is being asked, in the
 * caller's own time, so both take equally long; the synchronous one is a little cheaper. Events come by `subscribe`.
 */
export class NetlinkConnection implements Disposable {
  readonly #transport: Transport;
  readonly #log: DebugLog | undefined;
  /** The request under way; used again for the next one. */
  readonly #request = new Writer();
  #sequence = 0;
  #busy: Promise<unknown> | undefined;
  /** Ends the wait of the request that is under way. */
  #cancel: Cancel | undefined;
  #closed = false;

  constructor(options: ConnectionOptions = {}) {
    this.#transport = options.transport ?? new NetlinkSocket(options);
    this.#log = netlinkDebugLog(options.protocol ?? 0);
  }

  /** One request and its answers, decoded (a change usually has none). Rejects with NetlinkError, KernelError, DecodeError. */
  request<D extends Declaration>(
    declaration: D,
    verb: keyof D['types'] & string,
    value: In<D>,
    options: RequestOptions,
  ): Promise<Out<D>[]> {
    return this.#run(this.#question(declaration, verb, value, options)) as Promise<Out<D>[]>;
  }

  requestSync<D extends Declaration>(
    declaration: D,
    verb: keyof D['types'] & string,
    value: In<D>,
    options: RequestOptions,
  ): Out<D>[] {
    return this.#runSync(this.#question(declaration, verb, value, options), options.operation) as Out<D>[];
  }

  /** Everything in a table. A dump that a change interrupted is asked for again, up to ten times. */
  dump<D extends Declaration>(declaration: D, value: In<D>, options: RequestOptions): Promise<DumpResult<Out<D>>> {
    return this.#run(this.#table(declaration, value, options)) as Promise<DumpResult<Out<D>>>;
  }

  dumpSync<D extends Declaration>(declaration: D, value: In<D>, options: RequestOptions): DumpResult<Out<D>> {
    return this.#runSync(this.#table(declaration, value, options), options.operation) as DumpResult<Out<D>>;
  }

  /** Closes the socket. A request that is waiting for its answer rejects with ClosedError. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancel?.(new ClosedError('the netlink connection'));
    this.#transport[Symbol.dispose]();
  }

  close(): void {
    this[Symbol.dispose]();
  }

  #question(declaration: Declaration, verb: string, value: unknown, options: RequestOptions): Task<unknown[]> {
    // A question is answered by its answer: to have that acknowledged as well would be a message more.
    const until = verb === 'get' ? 'answered' : 'acknowledged';
    const flags = (options.flags ?? 0) | (until === 'acknowledged' ? NLM_F_ACK : 0);
    const result: unknown[] = [];
    let exchange: Exchange | undefined;
    const advance = () => {
      exchange ??= this.#begin(declaration, verb, value, flags, options.operation, until, result);
      return exchange.advance();
    };
    return { advance, result };
  }

  #table(declaration: Declaration, value: unknown, options: RequestOptions): Task<DumpResult<unknown>> {
    const flags = NLM_F_DUMP | (options.flags ?? 0);
    const messages: unknown[] = [];
    const result = { messages, interrupted: false };
    let exchange: Exchange | undefined;
    let attempt = 1;
    const advance = () => {
      for (;;) {
        exchange ??= this.#begin(declaration, 'get', value, flags, options.operation, 'acknowledged', messages);
        if (!exchange.advance()) return false;
        result.interrupted = exchange.interrupted;
        if (!exchange.interrupted || attempt++ === dumpAttempts) return true;
        exchange = undefined;
        messages.length = 0;
      }
    };
    return { advance, result };
  }

  /** A task writes its request when its turn has come: there is room for one. */
  #begin(
    declaration: Declaration,
    verb: string,
    value: unknown,
    flags: number,
    operation: string,
    until: RequestDetails['until'],
    answers: unknown[],
  ): Exchange {
    if (this.#closed) throw new ClosedError('the netlink connection');
    this.#sequence = (this.#sequence + 1) >>> 0;
    const sequence = this.#sequence;
    this.#request.reset();
    const header = { type: declaration.types[verb] ?? 0, flags: NLM_F_REQUEST | flags, sequence };
    writeMessage(this.#request, header, declaration as PayloadWriter<unknown>, value);
    const name = `RTM_${verb.toUpperCase()}${declaration.kernelName}`;
    const details = { declaration, sequence, name, operation, until };
    return new Exchange(
      this.#transport,
      this.#request,
      details,
      (message) => answers.push(declaration.decode(message)),
      this.#log,
    );
  }

  /** One task at a time: the next one begins when the one before has ended, well or not. Mostly there is nothing to wait for. */
  #run<T>(task: Task<T>): Promise<T> {
    if (this.#busy) return this.#runLater(task);
    try {
      if (task.advance()) return Promise.resolve(task.result);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#runLater(task);
  }

  async #runLater<T>(task: Task<T>): Promise<T> {
    while (this.#busy) await this.#busy.catch(() => {});
    const running = driveAsync(this.#transport, task, (cancel) => {
      this.#cancel = cancel;
    });
    this.#busy = running;
    try {
      return await running;
    } finally {
      this.#busy = undefined;
    }
  }

  #runSync<T>(task: Task<T>, operation: string): T {
    if (this.#busy)
      throw new NetlinkError({
        errno: 16,
        syscall: 'sendto',
        operation,
        hint: 'an asynchronous request is under way on this connection',
      });
    return driveSync(this.#transport, task, operation);
  }
}
