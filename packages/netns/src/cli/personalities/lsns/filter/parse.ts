import type { FilterNode } from './node.ts';
import { posixPattern } from './posix-pattern.ts';
import { scanFilter, type Token } from './scan.ts';

const mostBytes = 1024;
const mostNodes = 256;

class Problem extends Error {}

/**
 * Reads a filter expression. `and` and `or` bind alike, from left to right; comparisons bind closer; `not` takes the next
 * word or bracket alone.
 */
export function parseFilter(expression: string): { readonly node: FilterNode } | { readonly problem: string } {
  if (Buffer.byteLength(expression) > mostBytes) return { problem: `expression longer than ${mostBytes} bytes` };
  try {
    return { node: new Parser(scanFilter(expression)).whole() };
  } catch (error) {
    if (error instanceof Problem) return { problem: error.message };
    throw error;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #nodes = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): FilterNode {
    const node = this.#joined();
    if (this.#token.kind !== 'end') throw this.#unexpected('end of file');
    return node;
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', name: 'end of file' };
  }

  #unexpected(expected?: string): Problem {
    const token = this.#token;
    if (token.kind === 'wrong' && token.problem !== undefined) return new Problem(token.problem);
    const instead = expected === undefined ? '' : `, expecting ${expected}`;
    return new Problem(`syntax error, unexpected ${token.name}${instead}`);
  }

  #count(node: FilterNode): FilterNode {
    if (++this.#nodes > mostNodes) throw new Problem(`more than ${mostNodes} parts`);
    return node;
  }

  #joined(): FilterNode {
    let left = this.#compared();
    for (let token = this.#token; token.kind === 'join'; token = this.#token) {
      this.#at++;
      left = this.#count({ kind: 'join', operator: token.operator, left, right: this.#compared() });
    }
    return left;
  }

  #compared(): FilterNode {
    let left = this.#single();
    for (let token = this.#token; token.kind === 'compare' || token.kind === 'match'; token = this.#token) {
      this.#at++;
      const right = this.#single();
      left = this.#count(
        token.kind === 'compare'
          ? { kind: 'compare', operator: token.operator, left, right }
          : { kind: 'match', wanted: token.wanted, left, pattern: patternOf(right) },
      );
    }
    return left;
  }

  #single(): FilterNode {
    const token = this.#token;
    if (token.kind === 'not') {
      this.#at++;
      return this.#count({ kind: 'not', operand: this.#single() });
    }
    if (token.kind === '(') {
      this.#at++;
      const node = this.#joined();
      if (this.#token.kind !== ')') throw this.#unexpected();
      this.#at++;
      return node;
    }
    if (token.kind === 'value') {
      this.#at++;
      return this.#count({ kind: 'value', value: token.value });
    }
    if (token.kind !== 'column') throw this.#unexpected();
    this.#at++;
    return this.#count({ kind: 'column', name: token.column });
  }
}

function patternOf(node: FilterNode): RegExp {
  if (node.kind !== 'value' || node.value.type !== 'string')
    throw new Problem('the right side of a match must be a string');
  const pattern = posixPattern(node.value.value ?? '');
  if (typeof pattern === 'string') throw new Problem(pattern);
  return pattern;
}
