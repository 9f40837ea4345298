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
  const widths = fit(columns, naturalWidths(columns, rows, headings), width, headings);
  const all = headings ? [head, ...rows] : rows;
  return all.flatMap((cells) => physicalLines(columns, cells, widths).map((line) => `${line}\n`)).join('');
}

function naturalWidths(
  columns: readonly OutputColumn[],
  rows: readonly (readonly Cell[])[],
  headings: boolean,
): number[] {
  return columns.map((column, index) => {
    const { hint = 0 } = column;
    const least = leastWidth(column, headings);
    const natural = Math.max(...rows.map((row) => Math.max(...(row[index]?.texts ?? []).map(widthOf))));
    if (natural <= least) return least;
    return least < hint ? Math.max(natural, hint) : natural;
  });
}

/** Never less than their names need. */
function leastWidth({ name }: OutputColumn, headings: boolean): number {
  return headings ? name.length : 1;
}

/**
 * In a terminal: takes from the columns that may be cut, in turn, until the row fits; or, if there is room, gives them what they would
 * like to have.
 */
function fit(
  columns: readonly OutputColumn[],
  natural: readonly number[],
  available: number | undefined,
  headings: boolean,
): number[] {
  const widths = [...natural];
  if (available === undefined) return widths;
  let room = available - widths.reduce((sum, width) => sum + width + 1, -1);
  const byOne = room < 0 ? -1 : 1;
  for (let changed = true; changed && room !== 0; ) {
    changed = false;
    for (const [index, column] of [...columns.entries()].reverse()) {
      const width = widths[index] ?? 0;
      const may = room < 0 ? column.truncate && width > leastWidth(column, headings) : width < (column.hint ?? 0);
      if (room === 0 || !may) continue;
      widths[index] = width + byOne;
      room -= byOne;
      changed = true;
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
  if (widthOf(text) <= width) return text;
  let shown = '';
  let room = width;
  for (const char of text) {
    room -= widthOf(char);
    if (room < 0) break;
    shown += char;
  }
  return shown;
}

/** In cells of a terminal, as wcwidth(3) has it: most characters take one, those of East Asia and pictures two, accents none. */
function widthOf(text: string): number {
  if (ascii.test(text)) return text.length;
  return [...text].reduce((sum, char) => sum + (wide.test(char) ? 2 : none.test(char) ? 0 : 1), 0);
}

const ascii = /^[\0-\x7f]*$/;
const none = /[\p{Mn}\p{Me}\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;
