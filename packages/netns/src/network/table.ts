import type { Refusal } from '../connection/changes.ts';
import type { NetlinkConnection } from '../connection/connection.ts';
import type { Declaration } from '../connection/declaration.ts';
import { ENOENT } from '../errno-numbers.ts';
import { KernelError, NetlinkError } from '../errors.ts';
import { NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE } from '../netlink/header.ts';
import { messageName } from '../netlink/message-name.ts';
import type { In, Out } from '../wire/shape.ts';
import type { Links } from './links.ts';
import { inOptions, type OptionNames } from './options.ts';
import { type Snapshot, snapshot } from './snapshot.ts';
import type { WordCheck } from './words.ts';

/** What to ask of a table, and which of the answers are meant: old kernels give all whatever is asked. */
export interface Question<D, Entry> {
  readonly value: In<D>;
  readonly keep?: ((entry: Entry) => boolean) | undefined;
}

type Verb<D extends Declaration> = keyof D['types'] & string;

/** Gone already, or never there: ENOENT, ESRCH, ENODEV, EADDRNOTAVAIL. */
const absent: readonly number[] = [2, 3, 19, 99];

/**
 * One of the kernel's tables over one connection: what all have in common. A table adds how its entries are written and read.
 *
 * Every method throws NetlinkError when the kernel refuses, with its own words in `extack`; InvalidArgumentError for a value that cannot
 * be right.
 */
export abstract class Table<D extends Declaration, Spec, Entry extends Spec, Filter> {
  protected readonly connection: NetlinkConnection;
  protected readonly links: Links;
  protected abstract readonly declaration: D;
  /** What an entry is called in errors, and several of them: `['route', 'routes']`. */
  protected abstract readonly nouns: readonly [one: string, many: string];
  /** Options that the message calls otherwise. */
  protected abstract readonly optionNames: OptionNames;
  /** The words that an entry may have, and a filter. */
  protected abstract readonly checkSpec: WordCheck;
  protected abstract readonly checkFilter: WordCheck;

  constructor(connection: NetlinkConnection, links: Links) {
    this.connection = connection;
    this.links = links;
  }

  /** The message that makes, changes or deletes an entry. Neither this nor `question` waits: changes are made in the order of the calls. */
  protected abstract encode(spec: Spec, verb: 'new' | 'del'): In<D>;
  /** An entry as the kernel gives it; undefined for what is no entry of this table. */
  protected abstract decode(message: Out<D>): Entry | undefined;
  protected abstract question(filter: Filter): Question<D, Entry>;
  /** An entry in errors: `192.0.2.0/24`. */
  protected abstract describe(spec: Spec): string;

  /** The entries, all or those that the filter means; `interrupted` when the table kept changing meanwhile. */
  list(filter: Filter = {} as Filter): Promise<Snapshot<Entry>> {
    return this.connection.whenIdle(() => this.#list(filter));
  }

  #list(filter: Filter): Promise<Snapshot<Entry>> {
    this.checkFilter(filter);
    const { value, keep } = this.question(filter);
    const read = (message: Out<D>) => {
      const entry = this.decode(message);
      return entry === undefined || keep === undefined || keep(entry) ? entry : undefined;
    };
    const options = { operation: `list ${this.nouns[1]}`, explain: this.#explain };
    return this.connection.gather(this.declaration, value, options, read, snapshot);
  }

  /** Makes an entry. Throws NetlinkError EEXIST if it is there. */
  add(spec: Spec): Promise<void> {
    return this.change('new', spec, NLM_F_CREATE | NLM_F_EXCL, 'add');
  }

  /** Deletes an entry. What was listed can be deleted as it is. Throws NetlinkError if there is none (ENOENT or ESRCH). */
  delete(spec: Spec): Promise<void> {
    return this.change('del', spec, 0, 'delete');
  }

  /**
   * Makes many entries: the quickest way to thousands. Each is made or refused by itself, and the kernel goes on with the next; rejects with an
   * AggregateError that has a NetlinkError for each that was refused. With an InvalidArgumentError none has been made.
   */
  addAll(specs: Iterable<Spec>): Promise<void> {
    return this.changeAll('new', specs, NLM_F_CREATE | NLM_F_EXCL, 'add');
  }

  /** Deletes many entries, as `addAll` makes them. */
  deleteAll(specs: Iterable<Spec>): Promise<void> {
    return this.changeAll('del', specs, 0, 'delete');
  }

  /** Deletes all entries that the filter means, and says how many there were. One that is gone in the meantime is no error. */
  async flush(filter: Filter = {} as Filter): Promise<number> {
    const entries = await this.list(filter);
    const refused = await this.#refused('del', entries, 0, 'delete');
    const real = refused.find(({ error }) => !(error instanceof NetlinkError && absent.includes(error.errno)));
    if (real !== undefined) throw real.error;
    return entries.length - refused.length;
  }

  protected async changeAll(verb: 'new' | 'del', specs: Iterable<Spec>, flags: number, doing: string): Promise<void> {
    const all = [...specs];
    for (const spec of all) this.checkSpec(spec);
    const errors = (await this.#refused(verb, all, flags, doing)).map(({ error }) => error);
    if (errors.length === 0) return;
    const many = `${doing} ${errors.length} of ${all.length} ${this.nouns[1]}`;
    throw new AggregateError(errors, `cannot ${many}; the first: ${errors[0]?.message}`);
  }

  async #refused(
    verb: 'new' | 'del',
    specs: readonly Spec[],
    flags: number,
    doing: string,
  ): Promise<readonly Refusal[]> {
    const refused = await this.connection.whenIdle(() =>
      this.connection.changeAll(
        this.declaration,
        verb as Verb<D>,
        specs.length,
        (index) => this.encode(specs[index] as Spec, verb),
        {
          operation: (index) => this.#inWords(doing, specs[index] as Spec),
          flags,
          explain: this.#explain,
        },
      ),
    );
    return refused.map(({ index, error }) => ({ index, error: this.#explained(error, specs[index] as Spec) }));
  }

  /** `doing` is what errors call it: `append`. */
  protected change(verb: 'new' | 'del', spec: Spec, flags: number, doing: string): Promise<void> {
    const done = this.connection.whenIdle(() => {
      this.checkSpec(spec);
      return this.connection.change(this.declaration, verb as Verb<D>, this.encode(spec, verb), {
        operation: () => this.#inWords(doing, spec),
        flags,
        explain: this.#explain,
      });
    });
    if (this.explainRefusal === undefined) return done;
    return done.catch((error: Error) => {
      throw this.#explained(error, spec);
    });
  }

  #inWords(doing: string, spec: Spec): string {
    return `${doing} ${this.nouns[0]} ${this.describe(spec)}`;
  }

  /** Asks for one entry. The kernel refuses with its own reason when there is none; an answer that is no entry is none, either. */
  protected async ask(value: () => In<D>, operation: string, flags = 0): Promise<Entry> {
    const answers = this.connection.whenIdle(() =>
      this.connection.request(this.declaration, 'get' as Verb<D>, value(), { operation, flags }),
    );
    const [answer] = await answers.catch((error: unknown) => this.#fail(error));
    const entry = answer === undefined ? undefined : this.decode(answer);
    if (entry === undefined)
      throw new KernelError({ errno: ENOENT, syscall: messageName(this.declaration, 'get'), operation });
    return entry;
  }

  /** Says better why the kernel refused an entry, alone or among many; what it has nothing to say of it gives back. */
  protected explainRefusal?(error: Error, spec: Spec): Error;

  #explained(error: Error, spec: Spec): Error {
    return this.explainRefusal?.(error, spec) ?? error;
  }

  readonly #explain = (error: unknown) => inOptions(error, this.declaration.name, this.optionNames);

  #fail(error: unknown): never {
    throw this.#explain(error);
  }
}

/** A table whose entries can be replaced. */
export abstract class ReplaceableTable<D extends Declaration, Spec, Entry extends Spec, Filter> extends Table<
  D,
  Spec,
  Entry,
  Filter
> {
  /** Makes an entry, or changes the one that is there. */
  replace(spec: Spec): Promise<void> {
    return this.change('new', spec, NLM_F_CREATE | NLM_F_REPLACE, 'set');
  }

  /** Makes or changes many entries, as `addAll` makes them. */
  replaceAll(specs: Iterable<Spec>): Promise<void> {
    return this.changeAll('new', specs, NLM_F_CREATE | NLM_F_REPLACE, 'set');
  }
}
