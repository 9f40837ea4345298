import { escapeControls } from './escape.ts';
import type { Io } from './io.ts';
import { type Style, styleFor } from './style.ts';

export interface Column<Row> {
  readonly title: string;
  readonly alignRight?: boolean;
  cell(row: Row): string;
  /** How the cell looks on a terminal. */
  look?(row: Row, style: Style): (text: string) => string;
}

/**
 * Writes rows as aligned columns. The head is for people: it is left out where nobody looks, so that every line of a pipe is a
 * row.
 */
export function writeTable<Row>(io: Io, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  if (rows.length === 0) return;
  const style = styleFor(io);
  const head = io.stdout.isTerminal ? [columns.map((column) => column.title)] : [];
  const cells = rows.map((row) => columns.map((column) => escapeControls(column.cell(row))));
  const widths = columns.map(() => 0);
  for (const line of [...head, ...cells])
    for (const [index, cell] of line.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell));
  const lines = [
    ...head.map((line) => render(line, columns, widths, () => style.bold)),
    ...cells.map((line, index) => {
      const row = rows[index] as Row;
      return render(line, columns, widths, (column) => column.look?.(row, style) ?? ((text) => text));
    }),
  ];
  io.stdout.write(`${lines.join('\n')}\n`);
}

function render<Row>(
  line: readonly string[],
  columns: readonly Column<Row>[],
  widths: readonly number[],
  look: (column: Column<Row>) => (text: string) => string,
): string {
  const last = line.findLastIndex((cell) => cell !== '');
  return columns
    .slice(0, last + 1)
    .map((column, index) => {
      const text = line[index] ?? '';
      const padding = ' '.repeat((widths[index] ?? 0) - width(text));
      const shown = look(column)(text);
      if (column.alignRight) return padding + shown;
      return index === last ? shown : shown + padding;
    })
    .join('  ');
}

/** In characters; those that take two cells of a terminal are not known here. */
function width(text: string): number {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) >= firstOfPair) return [...text].length;
  return text.length;
}

/** From here on, a character may take two places in a string. */
const firstOfPair = 0xd800;
