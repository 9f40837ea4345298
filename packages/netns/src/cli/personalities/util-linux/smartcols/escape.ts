import { bytesOfText } from './bytes-text.ts';

/** Each byte of a text as `\xNN`. */
export function hex(text: string): string {
  return bytesOfText(text)
    .map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`)
    .join('');
}

/** Nearly every text: printable ASCII, without a backslash. */
const plain = /^[ -[\]-~]*$/;
const controls = /\p{Cc}|\p{Cs}|\p{Zl}|\p{Zp}/u;

/** For a table: what a terminal would obey or not show, and the beginning of what looks so, becomes `\xNN`. */
export function escapeForTable(text: string, utf8: boolean): string {
  if (plain.test(text)) return text;
  return [...text]
    .map((char, index, all) => {
      if (controls.test(char) || (!utf8 && char > '\x7f')) return hex(char);
      return char === '\\' && all[index + 1] === 'x' ? '\\x5c' : char;
    })
    .join('');
}

/** For raw output, where a blank ends the field. */
export function escapeForRaw(text: string): string {
  return [...text].map((char) => (char > ' ' && char < '\x7f' && char !== '\\' ? char : hex(char))).join('');
}
