/** What a class of POSIX brackets is in those of JavaScript. */
const classes: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: ' \\t\\n\\r\\f\\v',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
};

/** Escapes that mean more than the character, in the C library as in JavaScript. */
const kept = 'wWsSbB123456789';

const unmatchedBracket = 'Unmatched [, [^, [:, [., or [=';

/** An extended regular expression of POSIX as one of JavaScript; or the words of the C library for what is wrong with it. regex(7). */
export function posixPattern(source: string): RegExp | string {
  let translated = '';
  let open = 0;
  for (let at = 0; at < source.length; at++) {
    const char = source[at] ?? '';
    if (char === '[') {
      const bracket = translateBracket(source, at);
      if (bracket === undefined) return unmatchedBracket;
      translated += bracket.text;
      at = bracket.end;
    } else if (char === '\\') {
      const next = source[++at];
      if (next === undefined) return 'Trailing backslash';
      translated += escapeOf(next);
    } else if (char === '(') {
      open++;
      translated += '(';
      if (source[at + 1] === '?') return 'Invalid preceding regular expression';
    } else if (char === ')') {
      if (open-- === 0) return 'Unmatched ) or \\)';
      translated += ')';
    } else {
      translated += char === ']' || char === '}' ? `\\${char}` : char === '{' ? braceOf(source, at) : char;
      if (char === '{' && interval.test(source.slice(at))) {
        const length = interval.exec(source.slice(at))?.[0].length ?? 1;
        at += length - 1;
      }
    }
  }
  if (open > 0) return 'Unmatched ( or \\(';
  try {
    return new RegExp(translated, 's');
  } catch {
    return 'Invalid preceding regular expression';
  }
}

const interval = /^\{(\d*)(,?)(\d*)\}/;

/** `{,3}` is from none on; a brace that begins no interval is itself. */
function braceOf(source: string, at: number): string {
  const [, from, comma, to] = interval.exec(source.slice(at)) ?? [];
  return from === undefined || (from === '' && comma === '') ? '\\{' : `{${from === '' ? 0 : from}${comma}${to}}`;
}

function escapeOf(char: string): string {
  if (kept.includes(char)) return `\\${char}`;
  if (char === '<' || char === '>') return '\\b';
  if (char === '`') return '^';
  if (char === "'") return '$';
  return /[a-zA-Z0]/.test(char) ? char : `\\${char}`;
}

/** A bracket from its `[` on; a backslash in it is itself. Undefined if it does not end. */
function translateBracket(source: string, start: number): { readonly text: string; readonly end: number } | undefined {
  const negated = source[start + 1] === '^';
  const first = start + (negated ? 2 : 1);
  let text = negated ? '[^' : '[';
  for (let at = first; at < source.length; at++) {
    const char = source[at] ?? '';
    if (char === ']' && at > first) return { text: `${text}]`, end: at };
    const name = /^\[:([a-z]+):\]/.exec(source.slice(at))?.[1];
    const single = /^\[([.=])(.)\1\]/.exec(source.slice(at));
    if (name !== undefined && classes[name] !== undefined) {
      text += classes[name];
      at += name.length + 3;
    } else if (single !== null) {
      text += `\\${single[2]}`;
      at += 4;
    } else {
      text += '\\]['.includes(char) || (char === '^' && at === first) ? `\\${char}` : char;
    }
  }
  return undefined;
}
