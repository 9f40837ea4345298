import type { OutputColumn, OutputLine } from './column.ts';
import { escapeForTable } from './escape.ts';
import { flatten } from './flatten.ts';
import type { TreeSigns } from './tree-signs.ts';

export interface TableStyle {
  readonly signs: TreeSigns;
  readonly utf8: boolean;
  readonly headings: boolean;
  /** Columns of the terminal; undefined where there is none. */
  readonly width?: number | undefined;
}

/** One cell: its lines, and what stands in front of further lines of the row. */
interface Cell {
  readonly texts: readonly string[];
  readonly more: string;
}

/** Aligned columns, one blank apart. The last one is not padded. */
export function tableText(
  columns: readonly OutputColumn[],
  lines: readonly OutputLine[],
  { signs, utf8, headings, width }: TableStyle,
): string {
  if (lines.length === 0) return '';
  const safe = (text: string) => escapeForTable(text, utf8);
  const head = columns.map(({ name }): Cell => ({ texts: [name], more: '' }));
  const rows = flatten(lines, signs).map(({ line, first, more }) =>
    columns.map((column, index): Cell => {
      const text = line.cells[index] ?? '';
      const texts = column.lines ? text.split('\n').map(safe) : [safe(text)];
      return column.tree ? { texts: [first + texts[0], ...texts.slice(1)], more } : { texts, more: '' };
    }),
  );
  const widths = fit(columns, naturalWidths(columns, rows, headings), width);
  const all = headings ? [head, ...rows] : rows;
  return all.flatMap((cells) => physicalLines(columns, cells, widths).map((line) => `${line}\n`)).join('');
}

function naturalWidths(
  columns: readonly OutputColumn[],
  rows: readonly (readonly Cell[])[],
  headings: boolean,
): number[] {
  return columns.map(({ name, hint = 0 }, index) => {
    const least = headings ? name.length : 1;
    const natural = Math.max(...rows.map((row) => Math.max(...(row[index]?.texts ?? []).map(widthOf))));
    if (natural <= least) return least;
    return least < hint ? Math.max(natural, hint) : natural;
  });
}

/** Takes from the columns that may be cut, in turn, until the row fits; never more than their names need. */
function fit(columns: readonly OutputColumn[], natural: readonly number[], available: number | undefined): number[] {
  const widths = [...natural];
  if (available === undefined) return widths;
  let excess = widths.reduce((sum, width) => sum + width + 1, -1) - available;
  for (let before = Number.POSITIVE_INFINITY; excess > 0 && excess < before; ) {
    before = excess;
    for (const [index, { truncate, name }] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (excess <= 0 || !truncate || width <= name.length) continue;
      widths[index] = width - 1;
      excess--;
    }
  }
  return widths;
}

function physicalLines(columns: readonly OutputColumn[], cells: readonly Cell[], widths: readonly number[]): string[] {
  const height = Math.max(...cells.map(({ texts }) => texts.length));
  return Array.from({ length: height }, (_, row) =>
    columns
      .map(({ right, truncate }, index) => {
        const cell = cells[index];
        const text = cell?.texts[row] ?? (row > 0 ? (cell?.more ?? '') : '');
        const width = widths[index] ?? 0;
        const shown = truncate ? cut(text, width) : text;
        const padding = ' '.repeat(Math.max(0, width - widthOf(shown)));
        if (index === columns.length - 1) return right && shown !== '' ? padding + shown : shown;
        return right && shown !== '' ? padding + shown : shown + padding;
      })
      .join(' '),
  );
}

function cut(text: string, width: number): string {
  return widthOf(text) > width ? [...text].slice(0, width).join('') : text;
}

/** In characters; those that take two cells of a terminal are not known here. */
function widthOf(text: string): number {
  return ascii.test(text) ? text.length : [...text].length;
}

const ascii = /^[\0-\x7f]*$/;
