import { readFileSync } from 'node:fs';
import { parseUnsigned } from './numbers.ts';

/** Where iproute2 keeps names for numbers: what the administrator wrote, before what the package brought. */
const directories = ['/etc/iproute2', '/usr/share/iproute2'];

/** Names that iproute2's files give to numbers (`/etc/iproute2/group`), on top of those that it has built in. */
export class NameTable {
  readonly #file: string;
  readonly #builtIn: ReadonlyMap<number, string>;
  #read: ReadonlyMap<number, string> | undefined;

  constructor(file: string, builtIn: Readonly<Record<number, string>>) {
    this.#file = file;
    this.#builtIn = new Map(Object.entries(builtIn).map(([number, name]) => [Number(number), name]));
  }

  nameOf(number: number): string | undefined {
    return this.#builtIn.get(number) ?? this.#fromFile().get(number);
  }

  numberOf(name: string): number | undefined {
    for (const names of [this.#builtIn, this.#fromFile()]) {
      for (const [number, candidate] of names) if (candidate === name) return number;
    }
    return undefined;
  }

  #fromFile(): ReadonlyMap<number, string> {
    this.#read ??= parseNames(readFirst(this.#file));
    return this.#read;
  }
}

function readFirst(file: string): string {
  for (const directory of directories) {
    try {
      return readFileSync(`${directory}/${file}`, 'utf8');
    } catch {
      // the next one
    }
  }
  return '';
}

/** Lines of a number and a name; `#` begins a comment. */
export function parseNames(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [number, name] = line.trim().split(/\s+/);
    if (number === undefined || name === undefined || number.startsWith('#')) continue;
    const value = parseUnsigned(number, 32);
    if (value !== undefined) names.set(value, name);
  }
  return names;
}
