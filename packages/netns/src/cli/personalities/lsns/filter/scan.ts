import type { Comparison, FilterValue } from './node.ts';

/** One word of a filter expression. `name` is what messages call it. */
export type Token =
  | { readonly kind: 'value'; readonly value: FilterValue; readonly name: string }
  | { readonly kind: 'column'; readonly column: string; readonly name: string }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly name: string }
  | { readonly kind: 'join'; readonly operator: 'and' | 'or'; readonly name: string }
  | { readonly kind: 'match'; readonly wanted: boolean; readonly name: string }
  | { readonly kind: 'not' | '(' | ')' | 'end'; readonly name: string }
  | { readonly kind: 'wrong'; readonly name: string; readonly problem?: string };

const comparisons: Readonly<Record<string, Comparison>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};

const pattern =
  /[ \t\n]*(?:(?<float>\d+\.\d+)|(?<size>\d+[KMGTPEZY](?:iB)?)|(?<number>\d+)|(?<word>[A-Za-z][\w.%:/-]*)|(?<text>"[^"\n]*"|'[^'\n]*')|(?<sign>&&|\|\||==|=~|!=|!~|<=|>=|[<>!()]))/y;

/** Cuts an expression into words; the last one is `end`, or the first that is none. */
export function scanFilter(expression: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  for (;;) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(expression)?.groups;
    if (groups === undefined) {
      const rest = expression.slice(at).replace(/^[ \t\n]+/, '');
      tokens.push(rest === '' ? { kind: 'end', name: 'end of file' } : { kind: 'wrong', name: `'${[...rest][0]}'` });
      return tokens;
    }
    const token = tokenOf(groups);
    tokens.push(token);
    if (token.kind === 'wrong') return tokens;
  }
}

function tokenOf({ float, size, number, word, text, sign }: Record<string, string | undefined>): Token {
  if (float !== undefined) return { kind: 'value', value: { type: 'float', value: Number(float) }, name: 'FLOAT' };
  if (size !== undefined) return sizeToken(size);
  if (number !== undefined) return numberToken(BigInt(number));
  if (text !== undefined)
    return { kind: 'value', value: { type: 'string', value: text.slice(1, -1).trim() }, name: 'STRING' };
  return word === undefined ? signToken(sign ?? '') : wordToken(word);
}

const most = 2n ** 64n - 1n;

function numberToken(value: bigint): Token {
  return { kind: 'value', value: { type: 'number', value: value > most ? most : value }, name: 'NUMBER' };
}

function sizeToken(text: string): Token {
  const power = BigInt('KMGTPEZY'.indexOf(text.replace(/^\d+/, '')[0] ?? '') + 1);
  const value = BigInt(text.replace(/\D.*$/, '')) * 1024n ** power;
  if (value <= most) return numberToken(value);
  return { kind: 'wrong', name: text, problem: `"${text}" token error: Numerical result out of range` };
}

/** Operators may be words, in small or in capital letters; anything else is a column. */
function wordToken(word: string): Token {
  const small = word.toLowerCase();
  const isOneCase = word === small || word === word.toUpperCase();
  if (isOneCase) {
    if (small === 'and' || small === 'or') return { kind: 'join', operator: small, name: word.toUpperCase() };
    if (small === 'not') return { kind: 'not', name: 'NEG' };
    if (small === 'true' || small === 'false')
      return { kind: 'value', value: { type: 'boolean', value: small === 'true' }, name: word.toUpperCase() };
    if (Object.values(comparisons).some((operator) => operator === small))
      return { kind: 'compare', operator: small as Comparison, name: word.toUpperCase() };
  }
  return { kind: 'column', column: word, name: 'HOLDER' };
}

function signToken(sign: string): Token {
  const comparison = comparisons[sign];
  if (comparison !== undefined) return { kind: 'compare', operator: comparison, name: comparison.toUpperCase() };
  switch (sign) {
    case '&&':
      return { kind: 'join', operator: 'and', name: 'AND' };
    case '||':
      return { kind: 'join', operator: 'or', name: 'OR' };
    case '=~':
      return { kind: 'match', wanted: true, name: 'REG' };
    case '!~':
      return { kind: 'match', wanted: false, name: 'NREG' };
    case '!':
      return { kind: 'not', name: 'NEG' };
    default:
      return { kind: sign === '(' ? '(' : ')', name: `'${sign}'` };
  }
}
