import { describe, expect, it } from 'vitest';
import { fakeIo } from './fake-io.ts';
import { type Column, writeTable } from './table.ts';

interface Row {
  readonly name: string;
  readonly size: number;
  readonly note?: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', cell: ({ name }) => name, look: ({ size }, style) => (size > 9 ? style.warn : style.bold) },
  { title: 'SIZE', alignRight: true, cell: ({ size }) => String(size) },
  { title: 'NOTE', cell: ({ note }) => note ?? '' },
];
const rows: readonly Row[] = [
  { name: 'a', size: 1 },
  { name: 'long\nname', size: 100, note: 'big' },
];

function render(options: Parameters<typeof fakeIo>[0], some: readonly Row[] = rows): string {
  const { io, text } = fakeIo(options);
  writeTable(io, columns, some);
  return text.stdout;
}

describe('writeTable', () => {
  it('aligns, escapes, and leaves no blanks at the ends of lines', () => {
    expect(render({})).toBe('a             1\nlong\\nname  100  big\n');
  });

  it('has a head only for people', () => {
    expect(render({ terminal: true, env: { NO_COLOR: '1' } })).toBe(
      'NAME        SIZE  NOTE\na              1\nlong\\nname   100  big\n',
    );
  });

  it('has colours only on a terminal that has them', () => {
    const coloured = render({ terminal: true });
    expect(coloured).toContain('\x1b[33mlong\\nname\x1b[0m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours
    expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(render({ terminal: true, env: { NO_COLOR: '1' } }));
    expect(render({ terminal: true, env: { NO_COLOR: '' } })).toBe(coloured);
    expect(render({ terminal: true, env: { TERM: 'dumb' } })).not.toContain('\x1b');
  });

  it('says nothing of nothing', () => {
    expect(render({ terminal: true }, [])).toBe('');
  });
});
