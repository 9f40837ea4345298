import { ClosedError, NetlinkError } from '../errors.ts';
import { encodeMessage, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../netlink/header.ts';
import type { In, Out, Prefixed } from '../wire/shape.ts';
import type { Slice } from '../wire/slice.ts';
import type { Writer } from '../wire/writer.ts';
import { type DebugLog, netlinkDebugLog } from './debug.ts';
import { type Cancel, driveAsync, driveSync, exchange, type Request } from './exchange.ts';
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
  async request<D extends Declaration>(
    declaration: D,
    verb: keyof D['types'] & string,
    value: In<D>,
    options: RequestOptions,
  ): Promise<Out<D>[]> {
    return (await this.#run(this.#request(declaration, verb, value, options))) as Out<D>[];
  }

  requestSync<D extends Declaration>(
    declaration: D,
    verb: keyof D['types'] & string,
    value: In<D>,
    options: RequestOptions,
  ): Out<D>[] {
    return this.#runSync(this.#request(declaration, verb, value, options), options.operation) as Out<D>[];
  }

  /** Everything in a table. A dump that a change interrupted is asked for again, up to ten times. */
  async dump<D extends Declaration>(
    declaration: D,
    value: In<D>,
    options: RequestOptions,
  ): Promise<DumpResult<Out<D>>> {
    return (await this.#run(this.#dump(declaration, value, options))) as DumpResult<Out<D>>;
  }

  dumpSync<D extends Declaration>(declaration: D, value: In<D>, options: RequestOptions): DumpResult<Out<D>> {
    return this.#runSync(this.#dump(declaration, value, options), options.operation) as DumpResult<Out<D>>;
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

  *#request(
    declaration: Declaration,
    verb: string,
    value: unknown,
    options: RequestOptions,
  ): Generator<void, unknown[]> {
    // A question is answered by its answer: to have that acknowledged as well would be a message more.
    const until = verb === 'get' ? 'answered' : 'acknowledged';
    const flags = (options.flags ?? 0) | (until === 'acknowledged' ? NLM_F_ACK : 0);
    const request = this.#encode(declaration, verb, value, { ...options, flags }, until);
    const answers: unknown[] = [];
    yield* exchange(this.#transport, request, (message) => answers.push(declaration.decode(message)), this.#log);
    return answers;
  }

  *#dump(declaration: Declaration, value: unknown, options: RequestOptions): Generator<void, DumpResult<unknown>> {
    for (let attempt = 1; ; attempt++) {
      const request = this.#encode(
        declaration,
        'get',
        value,
        { ...options, flags: NLM_F_DUMP | (options.flags ?? 0) },
        'acknowledged',
      );
      const messages: unknown[] = [];
      const { interrupted } = yield* exchange(
        this.#transport,
        request,
        (message) => messages.push(declaration.decode(message)),
        this.#log,
      );
      if (!interrupted || attempt === dumpAttempts) return { messages, interrupted };
    }
  }

  #encode(
    declaration: Declaration,
    verb: string,
    value: unknown,
    options: RequestOptions,
    until: Request['until'],
  ): Request {
    if (this.#closed) throw new ClosedError('the netlink connection');
    this.#sequence = (this.#sequence + 1) >>> 0;
    const sequence = this.#sequence;
    const type = declaration.types[verb] ?? 0;
    const bytes = encodeMessage(
      { type, flags: NLM_F_REQUEST | (options.flags ?? 0), sequence },
      declaration as { write(writer: Writer, value: unknown): void },
      value,
    );
    return {
      bytes,
      declaration,
      sequence,
      until,
      name: `RTM_${verb.toUpperCase()}${declaration.kernelName}`,
      operation: options.operation,
    };
  }

  /** One exchange at a time: the next one starts when the one before has ended, well or not. */
  async #run<T>(work: Generator<void, T>): Promise<T> {
    while (this.#busy) await this.#busy.catch(() => {});
    const running = driveAsync(this.#transport, work, (cancel) => {
      this.#cancel = cancel;
    });
    this.#busy = running;
    try {
      return await running;
    } finally {
      this.#busy = undefined;
    }
  }

  #runSync<T>(work: Generator<void, T>, operation: string): T {
    if (this.#busy)
      throw new NetlinkError({
        errno: 16,
        syscall: 'sendto',
        operation,
        hint: 'an asynchronous request is under way on this connection',
      });
    return driveSync(this.#transport, work, operation);
  }
}
