import { KernelError, NetlinkError } from '../errors.ts';
import { NLM_F_ACK, NLM_F_DUMP } from '../netlink/header.ts';
import type { In, Out } from '../wire/shape.ts';
import { Writer } from '../wire/writer.ts';
import { Batch } from './batch.ts';
import { Changes, type Refusal } from './changes.ts';
import { type Conversation, Dump, type DumpResult, type Question, Request } from './conversation.ts';
import { netlinkDebugLog } from './debug.ts';
import type { Declaration } from './declaration.ts';
import { Exchange } from './exchange.ts';
import { type Line, writeLine, writeRequest } from './line.ts';
import { MessageList, type Parts, type ViewedDeclaration } from './message-list.ts';
import { type Frame, type Statement, Transaction } from './transaction.ts';
import { NetlinkSocket, type SocketOptions, type Transport } from './transport.ts';

/** What a request is called in an error, and how it travels. */
export interface RequestOptions {
  /** What is being done, after "cannot" in an error: `add link veth0`. */
  readonly operation: string;
  /** Flags beside NLM_F_REQUEST and NLM_F_ACK: `NLM_F_CREATE | NLM_F_EXCL`. */
  readonly flags?: number;
  /** A question that may wait for others that are asked for at once, and travels with them, as changes do. */
  readonly together?: boolean;
  /** What to make of an InvalidArgumentError: for whoever calls the fields of the message otherwise. */
  readonly explain?: ((error: unknown) => unknown) | undefined;
}

/** The same for a change, of which one in thousands is refused: then the words may come later. */
export type ChangeOptions = Omit<RequestOptions, 'operation'> & Pick<Line, 'operation'>;

/** Where a connection is opened, and how. Default: rtnetlink, in this process's own network namespace. */
export interface ConnectionOptions extends SocketOptions {
  /** Another transport than a socket: for tests. */
  readonly transport?: Transport | undefined;
}

/** What a declaration decodes to, as far as it can be looked at piece by piece. */
type Viewed<D> = Extract<Out<D>, { readonly header: unknown; readonly attributes: unknown }>;

const patienceMs = 30_000;
/** Writers that no conversation holds, for all connections of a thread: mostly one conversation follows the other. */
const spareWriters: Writer[] = [];
/** So many are kept, and none that became larger. */
const mostSpare = 16;
const spareBytes = 1 << 20;
/** What one of thousands of routes or addresses takes. */
const usualBytes = 64;
/** What a refusal takes of the room for answers, by the kernel's count. */
const refusalBytes = 1024;
const now = Promise.resolve();

/**
 * Talks with the kernel about one network namespace: requests and dumps, one after the other.
 *
 * Every method exists twice: `…Sync` blocks, the other waits by the event loop. The kernel works while it is being asked, in the
 * caller's own time, so both take equally long; the synchronous one is a little cheaper. Changes that are asked for at once
 * (`Promise.all`) travel together, which is cheaper still. Events come by `subscribe`.
 */
export class NetlinkConnection implements Disposable {
  readonly #transport: Transport;
  readonly #exchange: Exchange;
  /** The first one is under way. */
  readonly #turns: Conversation[] = [];
  /** Ends when all have had their turn. */
  #taking: Promise<void> = now;
  /** Changes that leave when the code that runs now has come to its end, or asks for something else. */
  #batch: Batch | undefined;
  readonly #flushLater = () => this.#flush();
  /** Ends the wait of the conversation that is under way. */
  #wake: (() => void) | undefined;

  constructor(options: ConnectionOptions = {}) {
    this.#transport = options.transport ?? new NetlinkSocket(options);
    this.#exchange = new Exchange(this.#transport, netlinkDebugLog(options.protocol ?? 0));
  }

  /**
   * One request and its answers, decoded (a change usually has none). Rejects with NetlinkError, KernelError, DecodeError.
   *
   * Changes that are asked for before anything is awaited travel together, in this order, and whatever comes of one,
   * the kernel goes on with the next: each has its own result.
   */
  request<D extends Declaration>(
    declaration: D,
    verb: keyof D['types'] & string,
    value: In<D>,
    options: RequestOptions,
  ): Promise<Out<D>[]> {
    try {
      if (verb !== 'get' || options.together)
        return this.#change(declaration, verb, value, options, 'acknowledged') as Promise<Out<D>[]>;
      return this.#run(this.#question(declaration, verb, value, options)) as Promise<Out<D>[]>;
    } catch (error) {
      return Promise.reject(options.explain?.(error) ?? error);
    }
  }

  /** A request without an answer. Otherwise the same. */
  change<D extends Declaration>(
    declaration: D,
    verb: keyof D['types'] & string,
    value: In<D>,
    options: ChangeOptions,
  ): Promise<void> {
    try {
      return this.#change(declaration, verb, value, options, 'done') as Promise<void>;
    } catch (error) {
      return Promise.reject(options.explain?.(error) ?? error);
    }
  }

  /**
   * Many requests without answers, 64 in a datagram, and what the kernel refused of them: it goes on with the next. `valueAt` is asked for
   * all before the first is sent: rejects with InvalidArgumentError, and then nothing has happened. With any other error nobody knows what has.
   */
  changeAll<D extends Declaration>(
    declaration: D,
    verb: keyof D['types'] & string,
    count: number,
    valueAt: (index: number) => In<D>,
    options: Omit<RequestOptions, 'operation'> & { readonly operation: (index: number) => string },
  ): Promise<readonly Refusal[]> {
    const { operation, flags = 0, explain } = options;
    const all = new Writer(Math.max(512, count * usualBytes));
    const starts: number[] = [];
    try {
      for (let index = 0; index < count; index++)
        starts.push(writeRequest(all, declaration, verb, valueAt(index), flags));
      return this.#run(new Changes(this.#emptyWriter(), all, starts, { declaration, verb, operation }));
    } catch (error) {
      return Promise.reject(explain?.(error) ?? error);
    }
  }

  /** As `request`, at once: the thread waits for the kernel. */
  requestSync<D extends Declaration>(
    declaration: D,
    verb: keyof D['types'] & string,
    value: In<D>,
    options: RequestOptions,
  ): Out<D>[] {
    return this.#runSync(this.#question(declaration, verb, value, options), options.operation) as Out<D>[];
  }

  /**
   * The index of a device as it is now, before the changes that were asked for and have not left; undefined where only a request (`RTM_GETLINK`) can
   * tell, or why there is none. It takes a tenth of the time of one.
   */
  deviceIndex(name: string): number | undefined {
    return this.#transport.deviceIndex?.(name);
  }

  /** Everything in a table. A dump that a change interrupted is asked for again, up to ten times. */
  dump<D extends Declaration>(declaration: D, value: In<D>, options: RequestOptions): Promise<DumpResult<Out<D>>> {
    try {
      return this.#run(this.#table(declaration, value, options, dumpResult<Out<D>>));
    } catch (error) {
      return Promise.reject(options.explain?.(error) ?? error);
    }
  }

  /** As `dump`, at once: the thread waits for the kernel. */
  dumpSync<D extends Declaration>(declaration: D, value: In<D>, options: RequestOptions): DumpResult<Out<D>> {
    return this.#runSync(this.#table(declaration, value, options, dumpResult<Out<D>>), options.operation);
  }

  /** What came of a table, also when the kernel then refused to go on: `refusal` says why. For those who show it as it comes. */
  dumpAsFarAsSync<D extends Declaration>(
    declaration: D,
    value: In<D>,
    options: RequestOptions,
  ): { readonly messages: Out<D>[]; readonly refusal: NetlinkError | undefined } {
    const table = this.#table(declaration, value, options, (messages: Out<D>[]) => messages);
    try {
      return { messages: this.#runSync(table, options.operation), refusal: undefined };
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      return { messages: table.result, refusal: error };
    }
  }

  /**
   * The same, but nothing is decoded until it is looked at: for large tables of which little is wanted.
   *
   *     using messages = (await connection.dumpView(route, {}, { operation: 'list routes' })).messages;
   *     const devices = new Set(messages.column('oif'));
   */
  dumpView<D extends ViewedDeclaration>(
    declaration: D,
    value: In<D>,
    options: RequestOptions,
  ): Promise<{ readonly messages: MessageList<Viewed<D>>; readonly interrupted: boolean }> {
    const messages = new MessageList<Viewed<D>>(declaration);
    const finish = (_: unknown[], interrupted: boolean) => ({ messages, interrupted });
    try {
      return this.#run(this.#table(declaration, value, options, finish, undefined, messages));
    } catch (error) {
      return Promise.reject(options.explain?.(error) ?? error);
    }
  }

  /** The same, with what `read` makes of each message while it is at hand (undefined: nothing), and `finish` of all. */
  gather<D extends Declaration, Entry, Result>(
    declaration: D,
    value: In<D>,
    options: RequestOptions,
    read: (message: Out<D>) => Entry | undefined,
    finish: (entries: Entry[], interrupted: boolean) => Result,
  ): Promise<Result> {
    try {
      return this.#run(this.#table(declaration, value, options, finish, read));
    } catch (error) {
      return Promise.reject(options.explain?.(error) ?? error);
    }
  }

  /**
   * Changes that are made all or not at all, in one datagram; with what came back for each message that asked for something.
   * Rejects with TransactionError, which tells of each that was refused; NetlinkError when they were refused as a whole; KernelError.
   */
  transaction(frame: Frame, statements: Iterable<Statement>): Promise<unknown[][]> {
    try {
      const transaction = this.#transaction(frame, statements);
      return transaction.size === 0 ? Promise.resolve([]) : this.#run(transaction);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** As `transaction`, at once: the thread waits for the kernel. */
  transactionSync(frame: Frame, statements: Iterable<Statement>): unknown[][] {
    const transaction = this.#transaction(frame, statements);
    return transaction.size === 0 ? [] : this.#runSync(transaction, frame.operation);
  }

  /**
   * Does `act`, at once when no conversation is under way (mostly), else behind those that are: `…Sync` works in there. For what has to ask
   * something first, and shall yet be asked for in the order of the calls.
   */
  whenIdle<T>(act: () => Promise<T>): Promise<T> {
    if (this.#turns.length > 0) return this.#taking.then(() => this.whenIdle(act));
    try {
      return act();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Closes the socket. A request that is waiting for its answer rejects with ClosedError. */
  [Symbol.dispose](): void {
    this.#flush();
    this.#wake?.();
    this.#transport[Symbol.dispose]();
  }

  close(): void {
    this[Symbol.dispose]();
  }

  #question(
    declaration: Declaration,
    verb: string,
    value: unknown,
    { operation, flags = 0 }: ChangeOptions,
    until: Line['until'] = 'acknowledged',
  ): Question<unknown> {
    const writer = this.#emptyWriter();
    // A question is answered by its answer: to have that acknowledged as well would be a message more. With NLM_F_ACK it is: conntrack marks
    // its one answer as if more were to follow, and only the acknowledgement tells its end.
    if (verb === 'get' && (flags & NLM_F_ACK) === 0)
      return new Request(writer, writeLine(writer, declaration, verb, value, flags, operation, 'answered'));
    const line = writeLine(writer, declaration, verb, value, flags | NLM_F_ACK, operation, until);
    return new Request(writer, line);
  }

  #table<T>(
    declaration: Declaration,
    value: unknown,
    { operation, flags = 0 }: RequestOptions,
    finish: (messages: never[], interrupted: boolean) => T,
    read?: Line['read'],
    list?: MessageList<Parts>,
  ): Question<T> {
    const writer = this.#emptyWriter();
    const line = writeLine(writer, declaration, 'get', value, flags | NLM_F_DUMP, operation, 'acknowledged', read);
    if (list !== undefined) line.list = list;
    return new Dump(writer, line, finish);
  }

  #transaction(frame: Frame, statements: Iterable<Statement>): Transaction {
    const transaction = new Transaction(this.#emptyWriter(), frame, statements);
    this.#transport.makeRoom?.(transaction.writer.length, transaction.size * refusalBytes);
    return transaction;
  }

  /** Changes that are asked for before anything was awaited are gathered. */
  #change(
    declaration: Declaration,
    verb: string,
    value: unknown,
    { operation, flags = 0 }: ChangeOptions,
    until: Line['until'],
  ): Promise<unknown> {
    if (this.#batch === undefined) {
      this.#batch = new Batch(this.#emptyWriter());
      now.then(this.#flushLater);
    }
    const { writer } = this.#batch;
    const answers = this.#batch.add(writeLine(writer, declaration, verb, value, flags, operation, until));
    if (this.#batch.full) this.#flush();
    return answers;
  }

  /** Sends the changes that were asked for until now. */
  #flush(): void {
    const batch = this.#batch;
    this.#batch = undefined;
    if (batch === undefined || batch.empty) return;
    try {
      if (this.#turns.length === 0 && this.#advance(batch)) batch.settle();
      else this.#enqueue(batch);
    } catch (error) {
      batch.fail(error);
    }
  }

  /** For a new conversation. What was asked for before goes out before. */
  #emptyWriter(): Writer {
    this.#flush();
    const writer = spareWriters.pop() ?? new Writer();
    writer.truncate(0);
    return writer;
  }

  /** Mostly there is nothing to wait for, neither the turn nor the answer. */
  #run<T>(question: Question<T>): Promise<T> {
    if (this.#turns.length === 0 && this.#advance(question)) return Promise.resolve(question.result);
    const promise = question.promise();
    this.#enqueue(question);
    return promise;
  }

  #runSync<T>(question: Question<T>, operation: string): T {
    if (this.#turns.length > 0)
      throw new NetlinkError({
        errno: 16,
        syscall: 'sendto',
        operation,
        hint: 'an asynchronous request is under way on this connection',
      });
    while (!this.#advance(question)) {
      if (!this.#transport.wait(patienceMs)) throw new KernelError({ errno: 110, syscall: 'ppoll', operation }); // ETIMEDOUT
    }
    return question.result;
  }

  #advance(conversation: Conversation): boolean {
    let ended = true;
    try {
      ended = conversation.advance(this.#exchange);
      return ended;
    } finally {
      if (ended) leaveSpare(conversation.writer);
    }
  }

  #enqueue(conversation: Conversation): void {
    if (this.#turns.push(conversation) === 1) this.#taking = this.#takeTurns();
  }

  /** The next conversation begins when the one before has ended, well or not. */
  async #takeTurns(): Promise<void> {
    for (let [turn] = this.#turns; turn !== undefined; [turn] = this.#turns) {
      try {
        while (!this.#advance(turn)) await this.#readable();
        turn.settle();
      } catch (error) {
        turn.fail(error);
      }
      this.#turns.shift();
    }
  }

  /** Waits until there may be something to receive, or the connection is closed. */
  #readable(): Promise<void> {
    return new Promise((resolve) => {
      const watch = this.#transport.watch(() => this.#wake?.());
      this.#wake = () => {
        this.#wake = undefined;
        watch.close();
        resolve();
      };
    });
  }
}

function leaveSpare(writer: Writer): void {
  if (writer.bytes.length <= spareBytes && spareWriters.length < mostSpare) spareWriters.push(writer);
}

function dumpResult<T>(messages: T[], interrupted: boolean): DumpResult<T> {
  return { messages, interrupted };
}
