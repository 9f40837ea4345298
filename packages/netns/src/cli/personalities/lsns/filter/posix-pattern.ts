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

/** What is wrong, in the words of the C library. */
class Problem extends Error {}

/** An extended regular expression of POSIX as one of JavaScript; or the words of the C library for what is wrong with it. regex(7). */
export function posixPattern(source: string): RegExp | string {
  try {
    return new RegExp(translate(source), 's');
  } catch (error) {
    if (error instanceof Problem) return error.message;
    return /out of order/i.test(String(error)) ? 'Invalid range end' : 'Invalid preceding regular expression';
  }
}

function translate(source: string): string {
  const open: number[] = []; // where the groups begin that have not ended
  let groups = 0;
  let text = '';
  let atom: number | undefined; // where that begins which a repetition would repeat
  let repeated = false;
  const add = (piece: string) => {
    atom = text.length;
    repeated = false;
    text += piece;
  };
  for (let at = 0; at < source.length; at++) {
    const char = source[at] ?? '';
    if (char === '[') {
      const bracket = translateBracket(source, at);
      if (bracket === undefined) throw new Problem(unmatchedBracket);
      add(bracket.text);
      at = bracket.end;
    } else if (char === '\\') {
      const next = source[++at];
      if (next === undefined) throw new Problem('Trailing backslash');
      if (/[1-9]/.test(next) && Number(next) > groups) throw new Problem('Invalid back reference');
      add(escapeOf(next));
    } else if (char === '(') {
      open.push(text.length);
      text += '(';
      atom = undefined;
    } else if (char === ')' && open.length > 0) {
      atom = open.pop();
      groups++;
      repeated = false;
      text += ')';
    } else if ('*+?{'.includes(char)) {
      if (atom === undefined) throw new Problem('Invalid preceding regular expression');
      // A second repetition is of the first; in JavaScript it would mean something else.
      if (repeated) text = `${text.slice(0, atom)}(?:${text.slice(atom)})`;
      const [read, repetition] = char === '{' ? intervalAt(source, at) : [char, char];
      text += repetition;
      at += read.length - 1;
      repeated = true;
    } else if ('|^$'.includes(char)) {
      text += char;
      atom = undefined;
    } else add(')]}'.includes(char) ? `\\${char}` : char);
  }
  if (open.length > 0) throw new Problem('Unmatched ( or \\(');
  return text;
}

const mostRepetitions = 0x7fff;

/** As it stands there, and in JavaScript: `{,3}` is from none on. */
function intervalAt(source: string, at: number): readonly [read: string, repetition: string] {
  const rest = source.slice(at);
  const [read, from, comma = '', to = ''] = /^\{(\d*)(?:(,)(\d*))?\}/.exec(rest) ?? [];
  if (
    read === undefined ||
    from === undefined ||
    (from === '' && comma === '') ||
    (to !== '' && Number(from) > Number(to))
  )
    throw new Problem(rest.includes('}') ? 'Invalid content of \\{\\}' : 'Unmatched \\{');
  if (Number(from) > mostRepetitions || Number(to) > mostRepetitions) throw new Problem('Regular expression too big');
  return [read, `{${from === '' ? 0 : from}${comma}${to}}`];
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
    const single = /^\[([.=])(.+?)\1\]/.exec(source.slice(at));
    if (single !== null && single[2]?.length !== 1) throw new Problem('Invalid collation character');
    if (name !== undefined) {
      if (classes[name] === undefined) throw new Problem('Invalid character class name');
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
