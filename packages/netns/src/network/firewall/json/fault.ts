import { closest } from '../../../closest.ts';
import { InvalidArgumentError } from '../../../errors.ts';

/** Where in a document something is: `nftables[3].add.rule.expr[0].match.left`. */
export class Path {
  readonly #above: Path | undefined;
  readonly #step: string | number;

  constructor(step: string | number, above?: Path) {
    this.#step = step;
    this.#above = above;
  }

  at(step: string | number): Path {
    return new Path(step, this);
  }

  toString(): string {
    const steps: (string | number)[] = [];
    for (let path: Path | undefined = this; path !== undefined; path = path.#above) steps.push(path.#step);
    let text = '';
    for (const step of steps.reverse()) {
      if (typeof step === 'number') text += `[${step}]`;
      else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`;
      else text += `[${JSON.stringify(step)}]`;
    }
    return text;
  }
}

/** A place that nobody will ask for: what is read with it is read again, with its path, should it be wrong. */
class Nowhere extends Path {
  override at(): Path {
    return this;
  }
}

export const nowhere: Path = new Nowhere('');

/** How much of a value an error shows. */
const SHOWN = 60;

/** An error about one place of a document. */
export function fault(path: Path, value: unknown, reason: string): InvalidArgumentError {
  return new InvalidArgumentError(path.toString(), shown(value), reason);
}

/** An error about a word that is none of those that can stand there, with the nearest one. */
export function unknownWord(path: Path, value: unknown, what: string, words: Iterable<string>): InvalidArgumentError {
  const known = [...words];
  const near = typeof value === 'string' ? closest(value, known) : undefined;
  const list = known.length <= 12 ? `: it must be one of ${known.join(', ')}` : '';
  return fault(path, value, `there is no such ${what}${near === undefined ? list : `; did you mean ${near}?`}`);
}

function shown(value: unknown): unknown {
  const text = typeof value === 'object' && value !== null ? kindOf(value) : value;
  return typeof text === 'string' && text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function kindOf(value: object): string {
  if (Array.isArray(value)) return `(a list of ${value.length})`;
  const [key] = Object.keys(value);
  return key === undefined ? '(an empty object)' : `(an object with ${key.slice(0, SHOWN)})`;
}
