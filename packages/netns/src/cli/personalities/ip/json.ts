/** What can stand in the JSON that `ip` prints. Integers may be bigint; `Literal` is a number in a fixed notation. */
export type Json = string | number | bigint | boolean | null | Literal | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** A number that must keep its notation: `0.00` stays `0.00`. */
export interface Literal {
  readonly literal: string;
}

/** A number with exactly `digits` digits after the point. */
export function fixed(value: number, digits: number): Literal {
  return { literal: value.toFixed(digits) };
}

/**
 * A value as `ip -json` prints it, on one line or, with `pretty`, as `ip -json -pretty` does.
 *
 * The pretty form is ip's own: an array opens and closes on the line of its neighbours, members of an object stand
 * on lines of their own, four blanks per level (arrays count as a level).
 */
export function formatJson(value: Json, pretty: boolean, level = 0): string {
  if (typeof value === 'string') return quote(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (isLiteral(value)) return value.literal;
  if (!pretty) return oneLine(value);
  const newline = (depth: number) => (pretty ? `\n${'    '.repeat(depth)}` : '');
  if (Array.isArray(value)) {
    const items = value.map((item) => formatJson(item, pretty, level + 1)).join(',');
    const open = pretty ? '[ ' : '[';
    return `${open}${items}${pretty && items !== '' ? ' ' : ''}]`;
  }
  const members = Object.entries(value).map(
    ([name, member]) =>
      `${newline(level + 1)}${quote(name)}:${pretty ? ' ' : ''}${formatJson(member, pretty, level + 1)}`,
  );
  return members.length === 0 ? '{}' : `{${members.join(',')}${newline(level)}}`;
}

/** Written out, without arrays of pieces: tables can be large. */
function oneLine(value: readonly Json[] | JsonObject): string {
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += (text === '' ? '' : ',') + formatJson(item, false);
    return `[${text}]`;
  }
  for (const name of Object.keys(value))
    text += `${text === '' ? '' : ','}${keyOf(name)}${formatJson((value as JsonObject)[name] as Json, false)}`;
  return `{${text}}`;
}

/** The objects of a list have the same few names. */
const keys = new Map<string, string>();

function keyOf(name: string): string {
  let key = keys.get(name);
  if (key === undefined) {
    key = `${quote(name)}:`;
    keys.set(name, key);
  }
  return key;
}

function isLiteral(value: object): value is Literal {
  return 'literal' in value && typeof value.literal === 'string';
}

const escapes: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\f': '\\f',
  '\b': '\\b',
  '\\': '\\\\',
  '"': '\\"',
};

/** Nothing in it has to be escaped. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c || code === 0x7f) return false;
  }
  return true;
}

/** Everything from U+0080 on stays as it is: names are bytes to the kernel, and `ip` does not look into them. */
function quote(text: string): string {
  if (isPlain(text)) return `"${text}"`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
  const body = text.replace(/[\u0000-\u001f"\\\u007f]/g, (char) => {
    return escapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${body}"`;
}
