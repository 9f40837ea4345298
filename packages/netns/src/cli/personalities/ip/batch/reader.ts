import { Exit } from '../exit.ts';

/** One command of a batch file, with the number of the last line that it was read from. */
export interface BatchLine {
  readonly number: number;
  readonly words: readonly string[];
}

const maximumWords = 511;
/** A comment, or a NUL byte, at which C's strings end. */
const endOfText = /[#\0]/;

/**
 * Reads a batch file as `ip -batch` does, blank lines left out.
 *
 * `#` cuts a line off, also inside a word or quotes, and so does a NUL byte. A backslash at the end of a line joins it with the next one as
 * it stands. A file that ends there says so through `warn` and simply ends.
 */
export function* readBatch(lines: Iterable<string>, warn: (text: string) => void): Generator<BatchLine> {
  let number = 0;
  const source = lines[Symbol.iterator]();
  const nextLine = (): string | undefined => {
    const next = source.next();
    if (next.done === true) return undefined;
    number += 1;
    const end = next.value.search(endOfText);
    return end < 0 ? next.value : next.value.slice(0, end);
  };
  for (let line = nextLine(); line !== undefined; line = nextLine()) {
    for (let joint = line.indexOf('\\\n'); joint >= 0; joint = line.indexOf('\\\n')) {
      const more = nextLine();
      if (more === undefined) {
        warn('Missing continuation line\n');
        return;
      }
      line = line.slice(0, joint) + more;
    }
    const words = splitWords(line);
    if (words.length > 0) yield { number, words };
  }
}

/**
 * Splits a line into words. A word that begins with a quote runs to the same quote, and what follows it at once is a
 * new word; quotes in the middle of a word are part of it. Throws Exit (1), which ends the whole batch.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && isBlank(line.charCodeAt(at))) at += 1;
    if (at >= line.length) return words;
    if (words.length === maximumWords) throw new Exit('Too many arguments to command\n', 1, true);
    const quote = line.charAt(at);
    if (quote === '"' || quote === "'") {
      const end = line.indexOf(quote, at + 1);
      if (end < 0) throw new Exit('Unterminated quoted string\n', 1, true);
      words.push(line.slice(at + 1, end));
      at = end + 1;
    } else {
      const start = at;
      while (at < line.length && !isBlank(line.charCodeAt(at))) at += 1;
      words.push(line.slice(start, at));
    }
  }
}

/** A blank, a tab, or the end of a line. */
function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 13 || code === 10;
}
