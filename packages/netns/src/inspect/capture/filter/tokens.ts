import { InvalidArgumentError } from '../../../errors.ts';

export interface Token {
  readonly kind: 'word' | 'number' | 'ipv4' | 'ipv6' | 'mac' | 'sign' | 'end';
  readonly text: string;
  /** Where it begins, from 0. */
  readonly at: number;
}

/** In this order: what looks like two is the first. */
const kinds: readonly (readonly [kind: Token['kind'] | undefined, pattern: RegExp])[] = [
  [undefined, /\s+/y],
  ['mac', /(?:[0-9a-f]{1,2}:){5}[0-9a-f]{1,2}(?![:0-9a-z])/iy],
  ['mac', /(?:[0-9a-f]{1,2}-){5}[0-9a-f]{1,2}(?![-0-9a-z])/iy],
  ['ipv6', /(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?::[0-9a-f:.]*/iy],
  ['ipv4', /\d+(?:\.\d+){1,3}(?![.\w])/y],
  ['number', /(?:0x[0-9a-f]+|\d+)(?![.\w])/iy],
  ['word', /\\?[a-z_][\w.]*(?:-[a-z][\w.]*)*/iy],
  ['sign', /&&|\|\||<<|>>|[<>!=]=|[-!()[\]:/&|+*%^<>=]/y],
];

/** Something in a filter is wrong: `column` counts from 1. */
export function faultAt(text: string, at: number, reason: string): InvalidArgumentError {
  return new InvalidArgumentError('filter', text, `column ${at + 1}: ${reason}`);
}

/** The words of a filter, with `end` behind the last. Throws InvalidArgumentError. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const found = kinds.find(([, pattern]) => {
      pattern.lastIndex = at;
      return pattern.test(text);
    });
    if (found === undefined) throw faultAt(text, at, `${JSON.stringify(text[at])} is nothing that a filter has`);
    const [kind, { lastIndex: end }] = found;
    if (kind !== undefined) tokens.push({ kind, text: text.slice(at, end), at });
    at = end;
  }
  return [...tokens, { kind: 'end', text: '', at }];
}
