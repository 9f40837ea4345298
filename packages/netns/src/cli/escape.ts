/**
 * Makes text safe to show in one line of a terminal: control characters (a name may hold any) become `\n`, `\x1b`, … A backslash
 * is doubled only then, so that what is shown can be told from what is there.
 */
export function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const controls = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
  if (!controls.test(text)) return text;
  return [...text].map((each) => (each === '\\' ? '\\\\' : controls.test(each) ? escapeOne(each) : each)).join('');
}

const letters: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escapeOne(character: string): string {
  const code = character.charCodeAt(0);
  return letters[character] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
