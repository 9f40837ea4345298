import { incompleteCommand } from './exit.ts';

/** Whether `word` is `keyword` or the beginning of it. The empty word is the beginning of nothing. */
export function isPrefix(word: string, keyword: string): boolean {
  return word !== '' && keyword.startsWith(word);
}

/** The words of a command, read one after the other. */
export class Words {
  readonly #words: readonly string[];
  #next = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** The next word, without taking it; `undefined` at the end. */
  peek(): string | undefined {
    return this.#words[this.#next];
  }

  /** How many words are left. */
  get left(): number {
    return this.#words.length - this.#next;
  }

  /** Takes the next word; `undefined` at the end. */
  take(): string | undefined {
    const word = this.#words[this.#next];
    if (word !== undefined) this.#next += 1;
    return word;
  }

  /** Gives back the word that was taken last. */
  putBack(): void {
    this.#next -= 1;
  }

  /** Takes all words that are left. */
  rest(): readonly string[] {
    const words = this.#words.slice(this.#next);
    this.#next = this.#words.length;
    return words;
  }

  /** Takes the value that the last word asks for. Throws Exit (255) when the command ends there. */
  value(): string {
    const word = this.take();
    if (word === undefined) throw incompleteCommand();
    return word;
  }
}
