import { describe, expect, it } from 'vitest';
import { textOfBytes } from './bytes-text.ts';
import type { OutputColumn, OutputLine } from './column.ts';
import { jsonFormOf, jsonText } from './json.ts';
import { rawText } from './raw.ts';
import { tableText } from './table.ts';
import { asciiSigns, isUtf8, utf8Signs } from './tree-signs.ts';

const columns: readonly OutputColumn[] = [
  { name: 'ID', json: 'number', right: true, hint: 4 },
  { name: 'PLACE', json: 'string', lines: true },
  { name: 'TEXT', json: 'string', tree: true, truncate: true },
];
const leaf = (...cells: (string | undefined)[]): OutputLine => ({ cells, children: [] });
const tree: readonly OutputLine[] = [
  {
    cells: ['1', '/a\n/b', 'top'],
    children: [{ cells: ['22', '/c\n/d', 'one'], children: [leaf('3', undefined, 'below')] }, leaf('444', '', 'two')],
  },
];
const style = { signs: utf8Signs, utf8: true, headings: true };

describe('tableText', () => {
  it('aligns columns, draws the tree beside further lines, and does not pad the last column', () => {
    expect(tableText(columns, tree, style)).toBe(
      [
        '  ID PLACE TEXT',
        '   1 /a    top',
        '     /b    │ ',
        '  22 /c    ├─one',
        '     /d    │ │ ',
        '   3       │ └─below',
        ' 444       └─two',
        '',
      ].join('\n'),
    );
  });

  it('uses the hint only for what is wider than the name', () => {
    const lines = (id: string) => [leaf(id, 'x', 'y')];
    expect(tableText(columns, lines('1'), style)).toBe('ID PLACE TEXT\n 1 x     y\n');
    expect(tableText(columns, lines('12'), style)).toBe('ID PLACE TEXT\n12 x     y\n');
    expect(tableText(columns, lines('123'), style)).toBe('  ID PLACE TEXT\n 123 x     y\n');
    expect(tableText(columns, lines('1'), { ...style, headings: false })).toBe('1 x y\n');
    expect(tableText(columns, lines('12'), { ...style, headings: false })).toBe('  12 x y\n');
  });

  it('cuts to the width of the terminal, but no shorter than the name', () => {
    const lines = [leaf('1', 'x', 'a long text'), leaf('2', 'x', 'short')];
    expect(tableText(columns, lines, { ...style, width: 15 })).toBe('ID PLACE TEXT\n 1 x     a long\n 2 x     short\n');
    expect(tableText(columns, lines, { ...style, width: 3 })).toContain(' 1 x     a lo\n');
    expect(tableText(columns, lines, { ...style, headings: false, width: 3 })).toBe('1 x a\n2 x s\n');
  });

  it('gives columns what they would like to have where the terminal has room, from the last one on', () => {
    const two = [
      { name: 'A', json: 'number', right: true, hint: 3 } as const,
      { name: 'B', json: 'number', hint: 3 } as const,
    ];
    const lines = [leaf('1', '2')];
    const shown = (width?: number) =>
      tableText([...two, { name: 'C', json: 'string' }], lines, { ...style, headings: false, width });
    expect(shown()).toBe('1 2 \n');
    expect(shown(5)).toBe('1 2 \n');
    expect(shown(6)).toBe('1 2  \n');
    expect(shown(7)).toBe(' 1 2  \n');
    expect(shown(80)).toBe('  1 2   \n');
  });

  it('knows how many cells a character takes', () => {
    const lines = [leaf('日本', 'x'), leaf('e\u0301', 'y'), leaf('🦀', 'z')];
    const wide = [{ name: 'A', json: 'string', truncate: true } as const, { name: 'B', json: 'string' } as const];
    expect(tableText(wide, lines, style)).toBe('A    B\n日本 x\ne\u0301    y\n🦀   z\n');
    expect(tableText(wide, lines, { ...style, width: 5 })).toBe('A   B\n日  x\ne\u0301   y\n🦀  z\n');
  });

  it('shows what a terminal would obey, and wrong bytes, as escapes', () => {
    const text = textOfBytes(Buffer.from('a\tb\x7f\\x\\y é \xff', 'latin1'));
    const shown = (utf8: boolean) => tableText([{ name: 'X', json: 'string' }], [leaf(text)], { ...style, utf8 });
    expect(shown(true)).toBe('X\na\\x09b\\x7f\\x5cx\\y \\xe9 \\xff\n');
    const good = textOfBytes(Buffer.from('é€😀'));
    expect(tableText([{ name: 'X', json: 'string' }], [leaf(good)], style)).toBe('X\né€😀\n');
    expect(tableText([{ name: 'X', json: 'string' }], [leaf('é')], { ...style, utf8: false })).toBe('X\n\\xc3\\xa9\n');
  });

  it('is nothing without rows', () => {
    expect(tableText(columns, [], style)).toBe('');
  });
});

describe('rawText', () => {
  it('has one blank between fields and escapes all others', () => {
    expect(rawText(columns, tree.slice(0, 1), { signs: asciiSigns, headings: true })).toBe(
      ['ID PLACE TEXT', '1 /a\\x0a/b top', '22 /c\\x0a/d |-one', '3  |\\x20`-below', '444  `-two', ''].join('\n'),
    );
  });
});

describe('jsonText', () => {
  it('nests what is below', () => {
    const text = jsonText('things', columns, tree);
    expect(JSON.parse(text)).toEqual({
      things: [
        {
          id: 1,
          place: '/a\n/b',
          text: 'top',
          children: [
            { id: 22, place: '/c\n/d', text: 'one', children: [{ id: 3, place: null, text: 'below' }] },
            { id: 444, place: null, text: 'two' },
          ],
        },
      ],
    });
    expect(text).toContain('            },{\n');
  });

  it.each([
    ['compact', '{"things":[\n{"id":1,"text":"a\\nb","children":[{"id":2,"text":null}]},\n{"id":3,"text":"c"}\n]}\n'],
    ['lines', '{"id":1,"text":"a\\nb","children":[{"id":2,"text":null}]}\n{"id":3,"text":"c"}\n'],
  ] as const)('%s: a row on a line', (form, expected) => {
    const two: readonly OutputColumn[] = [
      { name: 'ID', json: 'number' },
      { name: 'TEXT', json: 'string' },
    ];
    const lines = [{ cells: ['1', 'a\nb'], children: [leaf('2', '')] }, leaf('3', 'c')];
    expect(jsonText('things', two, lines, form)).toBe(expected);
    expect(jsonText('things', two, [], form)).toBe(form === 'lines' ? '' : '{"things":[\n]}\n');
  });

  it('is laid out as the environment says', () => {
    const form = (value?: string) => jsonFormOf(value === undefined ? {} : { LIBSMARTCOLS_JSON: value });
    expect([form('compact'), form('lines'), form('COMPACT'), form(''), form()]).toEqual([
      'compact',
      'lines',
      'pretty',
      'pretty',
      'pretty',
    ]);
  });

  it('has an empty line where there is nothing, and no wrong bytes', () => {
    expect(jsonText('things', columns, [])).toBe('{\n   "things": [\n\n   ]\n}\n');
    const wrong = textOfBytes(Buffer.from([0x61, 0xff, 0xc3]));
    expect(JSON.parse(jsonText('x', [{ name: 'A', json: 'string' }], [leaf(wrong)]))).toEqual({
      x: [{ a: 'a\ufffd\ufffd' }],
    });
  });
});

describe('isUtf8', () => {
  it('goes by the first variable that says something', () => {
    expect(isUtf8({ LANG: 'C.UTF-8' })).toBe(true);
    expect(isUtf8({ LANG: 'de_DE.utf8', LC_ALL: '' })).toBe(true);
    expect(isUtf8({ LANG: 'C.UTF-8', LC_ALL: 'C' })).toBe(false);
    expect(isUtf8({})).toBe(false);
  });
});
