import { describe, expect, it } from 'vitest';
import { escapeControls } from './escape.ts';

describe('escapeControls', () => {
  it('leaves what is harmless alone', () => {
    for (const text of ['', 'blue', 'a b', 'back\\slash', 'größe', '名前', '👩‍💻', '"quoted"'])
      expect(escapeControls(text)).toBe(text);
  });

  it('shows what a terminal would obey', () => {
    expect(escapeControls('a\nb')).toBe('a\\nb');
    expect(escapeControls('\x1b[31mred\x7f')).toBe('\\x1b[31mred\\x7f');
    expect(escapeControls('\u009b31m')).toBe('\\x9b31m');
    expect(escapeControls('abc\u202edcba')).toBe('abc\\u202edcba');
  });

  it('keeps what is shown apart from what is there', () => {
    expect(escapeControls('\n\\n')).toBe('\\n\\\\n');
    expect(escapeControls('😀\t')).toBe('😀\\t');
  });
});
