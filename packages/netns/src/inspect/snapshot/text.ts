/** Facts as lines of JSON, and back. Pure. */
import { DocumentError } from '../../errors.ts';
import {
  type Fact,
  type FactKind,
  isObject,
  lackOf,
  lackWithin,
  networkObjects,
  required,
  snapshotVersion,
} from './facts.ts';

/** One line, without its end. A bigint is written as a text of digits. */
export function formatFact(fact: Fact): string {
  return JSON.stringify(fact, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

const objects: ReadonlySet<string> = new Set(networkObjects);

/**
 * Reads the lines of a snapshot, one after the other, and refuses what cannot be right: another format or version, a line that is none,
 * what lacks a part, an end too early. Throws DocumentError with the number of the line.
 */
export class FactReader {
  readonly #file: string | undefined;
  readonly #networks = new Set<string>();
  #line = 0;
  #ended = false;

  /** `file` is what it is called in messages. */
  constructor(file?: string) {
    this.#file = file;
  }

  read(line: string): Fact {
    this.#line++;
    if (this.#ended) this.#refuse('there is more behind the end');
    const fact = this.#parse(line);
    if (this.#line === 1) this.#checkHeader(fact);
    else if (fact.fact === 'snapshot') this.#refuse('a snapshot begins in the middle of another');
    if (fact.fact === 'network') this.#networks.add(fact.value.key);
    else if (fact.fact === 'end') this.#checkEnd(fact.value.facts);
    return fact;
  }

  /** Behind the last line. */
  end(): void {
    if (this.#line === 0) this.#refuse('the file is empty', 1);
    if (!this.#ended) this.#refuse('the snapshot is cut off: its end is missing', this.#line);
  }

  #parse(line: string): Fact {
    const value = this.#json(line);
    const kind = isObject(value) ? value.fact : undefined;
    if (!isObject(value) || typeof kind !== 'string' || !Object.hasOwn(required, kind))
      return this.#refuse(this.#line === 1 ? 'this is no snapshot of netns' : 'this is no fact of a snapshot');
    const lack =
      lackOf(value.value, required[kind as FactKind]) ??
      lackWithin(kind as FactKind, value.value as Record<string, unknown>);
    if (lack !== undefined) this.#refuse(`${kind}: ${lack}`);
    if (objects.has(kind) && !(typeof value.in === 'string' && this.#networks.has(value.in)))
      this.#refuse(`${kind}: it is in no network that came before`);
    return revive(value as unknown as Fact);
  }

  #json(line: string): unknown {
    try {
      return JSON.parse(line);
    } catch {
      return this.#refuse(this.#line === 1 ? 'this is no snapshot of netns' : 'this is no JSON');
    }
  }

  #checkHeader(fact: Fact): void {
    if (fact.fact !== 'snapshot' || fact.value.format !== 'netns snapshot')
      this.#refuse('this is no snapshot of netns');
    else if (fact.value.version !== snapshotVersion)
      this.#refuse(`a snapshot of version ${fact.value.version}; this program reads version ${snapshotVersion}`);
  }

  #checkEnd(facts: number): void {
    if (facts !== this.#line) this.#refuse(`the snapshot has had ${facts} lines, and here are ${this.#line}`);
    this.#ended = true;
  }

  #refuse(message: string, line = this.#line): never {
    throw new DocumentError([{ path: [], message, line }], this.#file);
  }
}

/** Numbers that a double does not hold are bigints again. */
function revive(fact: Fact): Fact {
  if (fact.fact === 'namespace') {
    const { namespace } = fact.value;
    return { ...fact, value: { ...fact.value, namespace: { ...namespace, id: big(namespace.id) } } };
  }
  if (fact.fact === 'socket') {
    const { cookie, cgroup } = fact.value;
    const group = cgroup && { cgroup: { ...cgroup, id: big(cgroup.id) ?? 0n } };
    return { ...fact, value: { ...fact.value, ...(cookie === undefined ? {} : { cookie: big(cookie) }), ...group } };
  }
  return fact;
}

function big(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^\d+$/.test(value) ? BigInt(value) : undefined;
}
